-- Intervalles « indicatifs » à 95 %, en fonctions que chacun peut rappeler dans son SQL.
-- z est le quantile 0,975 de la loi normale.
CREATE MACRO quantile_95() AS 1.959963984540054;

-- Wilson (1927), Probable inference, the law of succession, and statistical inference, JASA 22, p. 209-212 :
-- (p + z²/2n ± z √(p(1-p)/n + z²/4n²)) / (1 + z²/n), pour une proportion p observée sur n tirages.
CREATE MACRO wilson_basse(p, n) AS CASE WHEN p = 0 THEN 0.0 ELSE greatest(0, (p + quantile_95() ** 2 / (2 * n)
    - quantile_95() * sqrt(p * (1 - p) / n + quantile_95() ** 2 / (4 * n ** 2))) / (1 + quantile_95() ** 2 / n)) END;
CREATE MACRO wilson_haute(p, n) AS CASE WHEN p = 1 THEN 1.0 ELSE least(1, (p + quantile_95() ** 2 / (2 * n)
    + quantile_95() * sqrt(p * (1 - p) / n + quantile_95() ** 2 / (4 * n ** 2))) / (1 + quantile_95() ** 2 / n)) END;

-- Recensement, communes de 10 000 habitants ou plus : 8 % des logements enquêtés par an, 40 % en cinq ans.
-- Échantillon 0,4 × effectif ; il est tiré sans remise, ce qui multiplie l'écart-type par √(1 - 0,4), soit divise
-- l'échantillon par 0,6 ; l'effet de plan le divise : 2 au moins, pour les logements (enquêtés par adresses entières)
-- comme pour les personnes, enquêtées avec leur logement (docs/methodes.md, « L'incertitude »).
CREATE MACRO echantillon_rp(effectif, effet_plan) AS 0.4 * effectif / (1 - 0.4) / effet_plan;

-- Byar, dans Breslow et Day (1987), Statistical Methods in Cancer Research II, IARC, p. 69 : bornes d'un nombre x
-- de faits d'une année comptés tous, dont on regarde le hasard d'une année à l'autre (loi de Poisson). Jamais d'un
-- stock : des bénéficiaires présents d'une année à l'autre ne sont pas des faits indépendants.
-- Basse : x (1 - 1/9x - z/3√x)³ ; haute : (x+1) (1 - 1/9(x+1) + z/3√(x+1))³.
CREATE MACRO byar_basse(x) AS CASE WHEN x = 0 THEN 0.0
    ELSE greatest(0, x * (1 - 1 / (9 * x) - quantile_95() / (3 * sqrt(x))) ** 3) END;
CREATE MACRO byar_haute(x) AS
    (x + 1) * (1 - 1 / (9 * (x + 1)) + quantile_95() / (3 * sqrt(x + 1))) ** 3;
