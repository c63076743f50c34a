-- Confirmed numbers of some communes, per inhabitant: those of the year and of the one before, real ones only.
WITH habitants AS (
    SELECT territoire, any_value(population) AS population FROM perimetre
    WHERE exercice = $exercice OR exercice = $exercice - 1 GROUP BY territoire
)
SELECT r.rubrique, r.unite, r.territoire, r.exercice, r.valeur / h.population AS valeur, l.definition
FROM reponse AS r JOIN depot AS d ON d.code = r.depot
JOIN rubrique AS l ON l.modele = r.modele AND l.version = d.version AND l.code = r.rubrique
JOIN habitants AS h ON h.territoire = r.territoire
WHERE r.modele = $modele AND r.exercice BETWEEN $exercice - 1 AND $exercice AND NOT r.demonstration AND r.rang = 0
  AND r.valeur IS NOT NULL AND h.population > 0 AND list_contains($communes, r.territoire)
