-- Bornes des chiffres dont la fiche dit la méthode. Entrées : resultat, fiche, place, commune_sondee.
-- Recensement : seules les communes de 10 000 habitants ou plus sont sondées. Les autres sont recensées en entier une
-- année sur cinq, et leur chiffre est vieilli par calage : il n'est pas exact, mais son erreur n'est pas évaluée (ni
-- publiée, ni un sondage) : pas de bornes, et aucun test ne les prend pour exactes. EPT et département : comme si tout y était sondé,
-- ce qui élargit un peu l'intervalle. Au-dessus, trop de petites communes : pas de bornes.

CREATE TEMP TABLE intervalle AS
WITH compte AS (
    SELECT o.territoire, o.indicateur, o.annee, i.incertitude, i.facteur, o.valeur,
        o.numerateur AS x, coalesce(o.denominateur, 1) AS den, o.numerateur / o.denominateur AS p,
        echantillon_rp(o.denominateur, i.effet_plan) AS n
    FROM resultat AS o
    JOIN fiche AS i ON i.code = o.indicateur AND i.incertitude <> ''
    JOIN place AS t USING (territoire)
    WHERE o.statut IN ('publie'::code_statut, 'calcule'::code_statut) AND o.numerateur >= 0
      AND (o.denominateur > 0 OR (o.denominateur IS NULL AND i.denominateur IS NULL))
      AND (i.incertitude = 'byar' OR t.type IN ('ept', 'departement')
          OR t.territoire IN (SELECT territoire FROM commune_sondee))
)
SELECT territoire, indicateur, annee,
    facteur * CASE incertitude WHEN 'byar' THEN byar_basse(x) / den ELSE wilson_basse(p, n) END AS basse,
    facteur * CASE incertitude WHEN 'byar' THEN byar_haute(x) / den ELSE wilson_haute(p, n) END AS haute
FROM compte
WHERE incertitude = 'byar' OR p <= 1;
