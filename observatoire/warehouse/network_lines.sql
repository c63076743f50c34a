-- The lines that can be drawn: one by unit, as the last version says it, the exercices that have a number, and the
-- exercices from which a definition is another.
WITH chiffre AS (
    SELECT r.rubrique AS code, r.unite, r.exercice, d.version
    FROM reponse AS r JOIN depot AS d ON d.code = r.depot
    WHERE r.modele = $modele AND r.demonstration = $demonstration AND r.valeur IS NOT NULL
), annees AS (
    SELECT code, unite, list(DISTINCT exercice ORDER BY exercice) AS annees FROM chiffre GROUP BY ALL
), suite AS (
    SELECT code, version, definition IS DISTINCT FROM lag(definition) OVER (PARTITION BY code ORDER BY version) AS autre,
        lag(version) OVER (PARTITION BY code ORDER BY version) AS precedente
    FROM rubrique WHERE modele = $modele
), rupture AS (
    SELECT code, list(annee ORDER BY annee) AS ruptures FROM (
        SELECT s.code, min(c.exercice) AS annee
        FROM suite AS s JOIN chiffre AS c ON c.code = s.code AND c.version >= s.version
        WHERE s.autre AND s.precedente IS NOT NULL GROUP BY s.code, s.version
    ) GROUP BY ALL
), derniere AS (
    FROM rubrique WHERE modele = $modele
    QUALIFY row_number() OVER (PARTITION BY code ORDER BY version DESC) = 1
)
SELECT l.*, a.unite AS unite_choisie, coalesce(a.annees, []) AS annees, coalesce(r.ruptures, []) AS ruptures
FROM derniere AS l LEFT JOIN annees AS a USING (code) LEFT JOIN rupture AS r USING (code)
WHERE l.genre IN ('entier', 'decimal', 'montant', 'pourcentage')
ORDER BY l.ordre, a.unite
