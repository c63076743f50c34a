-- Who was expected, an exercice, and what they have given: a row a CCAS, its deposit beside it.
WITH attendu AS (
    SELECT DISTINCT territoire, population FROM perimetre WHERE exercice = $exercice
), rendu AS (
    SELECT d.territoire, d.code AS depot, d.version, d.recu_le,
        count(r.rubrique) AS reponses,
        count(r.rubrique) FILTER (r.statut = 'renseigne') AS renseignees,
        count(r.rubrique) FILTER (r.statut = 'secret') AS secretes,
        count(r.rubrique) FILTER (r.statut = 'non_concerne') AS non_concernees,
        count(r.rubrique) FILTER (r.statut = 'non_suivi') AS non_suivies,
        count(r.rubrique) FILTER (r.statut = 'a_venir') AS a_venir
    FROM depot AS d LEFT JOIN reponse AS r ON r.depot = d.code
    WHERE d.modele = $modele AND d.exercice = $exercice AND d.demonstration = $demonstration
    GROUP BY ALL
)
SELECT coalesce(a.territoire, r.territoire) AS territoire, a.population, r.* EXCLUDE (territoire)
FROM attendu AS a FULL JOIN rendu AS r ON r.territoire = a.territoire
ORDER BY 1
