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

-- Arrondi d'un chiffre tiré de chiffres arrondis : le plus petit rang (puissance de dix) que sa marge laisse lire.
-- Un rang est gardé tant que la marge reste inférieure à cinq de ses unités : au-delà elle atteint la demi-unité du
-- rang au-dessus, c'est-à-dire ce que l'arrondi à ce rang aurait perdu, et le chiffre écrit là ne dit plus rien.
-- ± 0,5 se lit à l'unité, ± 0,05 au dixième, ± 0,13 au dixième encore, ± 1 300 au millier.
-- Le millionième ajouté au logarithme rend à ± 0,5 le demi-point qu'une somme en binaire écrit 0,4999999.
CREATE MACRO rang_lisible(marge) AS CASE WHEN marge > 0 THEN 10.0 ** (floor(log10(marge / 5) + 1e-6) + 1) END;
-- Un chiffre tel qu'il se lit à son arrondi ; tel quel quand on ne lui en connaît pas. Deux chiffres qui se lisent
-- pareil ont le même rang. Le dernier arrondi réunit 0,30000000000000004 et 0,3.
CREATE MACRO lire(valeur, arrondi) AS
    CASE WHEN arrondi IS NULL THEN valeur ELSE round(round(valeur / arrondi + 1e-9 * sign(valeur)) * arrondi, 9) END;
