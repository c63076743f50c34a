-- Chaque formule, évaluée sur chaque territoire à la géographie de son fichier.
-- Un niveau dont des membres ne sont pas diffusés (« partiel » dans fait) n'a pas de valeur : c'est une borne basse.
-- Entrées : fait, terme (indicateur, role, n, coefficient, variable1, decalage1, variable2, decalage2), fiche,
-- pas_publie (source, variable, niveau, pas). L'arrondi d'un fait est une erreur d'au plus un demi-pas ; la marge
-- d'une formule est la plus grande erreur que ces demi-pas permettent ensemble (arithmétique d'intervalles).

-- Les textes de fait ne sont lus qu'ici : tout ce qui suit lit leurs codes.
CREATE TEMP TABLE fait_retenu AS
SELECT f.territoire::code_territoire AS territoire, f.variable::code_variable AS variable, f.annee, f.valeur,
    f.statut::code_statut AS statut, f.source::code_source AS source,
    CASE WHEN f.statut = 'publie' THEN p.pas END AS pas
FROM fait AS f
LEFT JOIN place AS t ON t.code = f.territoire
LEFT JOIN pas_publie AS p ON p.source = f.source AND p.variable = f.variable AND p.niveau = t.niveau;

-- Deux sources donnent rarement la même variable la même année : seules ces lignes-là sont à départager.
DELETE FROM fait_retenu WHERE rowid IN (
    SELECT f.rowid
    FROM fait_retenu AS f
    JOIN rang_source AS r USING (source)
    SEMI JOIN (
        SELECT variable, annee FROM fait_retenu GROUP BY ALL HAVING min(source) < max(source)
    ) AS partagee USING (variable, annee)
    QUALIFY row_number() OVER (
        PARTITION BY f.territoire, f.variable, f.annee
        ORDER BY f.valeur IS NULL, r.rang
    ) > 1
);

CREATE TEMP TABLE taille AS
SELECT indicateur, role, count(*) AS attendus,
    count(*) = 1 AND any_value(coefficient) = 1 AND any_value(variable2) IS NULL AS simple
FROM terme GROUP BY ALL;

-- L'année que chaque expression tire d'une année lue : la fiche n'en veut pas toujours.
CREATE TEMP TABLE annee_lue AS
SELECT t.indicateur, t.role, t.n, t.variable1 AS variable, lues.annee AS annee_lue, lues.annee - t.decalage1 AS annee,
    taille.simple, fiche.agregation, fiche.poids IS NOT NULL AS pesee
FROM terme AS t
JOIN taille USING (indicateur, role)
JOIN fiche ON fiche.code = t.indicateur
JOIN (SELECT DISTINCT variable, annee FROM fait_retenu) AS lues ON lues.variable = t.variable1
WHERE t.role <> 'num' OR ((fiche.annees = [] OR list_contains(fiche.annees, lues.annee - t.decalage1))
    AND (fiche.annee_min IS NULL OR lues.annee - t.decalage1 >= fiche.annee_min));

-- Neuf expressions sur dix sont une variable prise telle quelle : elles n'ont rien à réunir, ni rien à écrire. Les
-- autres sont calculées ici.
CREATE TEMP TABLE expression_composee AS
WITH valeur_de_terme AS (
    SELECT t.indicateur, t.role, t.n, a.territoire, lue.annee, a.annee AS annee_lue,
        t.coefficient * a.valeur * CASE WHEN t.variable2 IS NULL THEN 1 ELSE b.valeur END AS valeur,
        abs(t.coefficient) * CASE WHEN t.variable2 IS NULL THEN coalesce(a.pas, 0) / 2
            ELSE abs(a.valeur) * coalesce(b.pas, 0) / 2 + abs(b.valeur) * coalesce(a.pas, 0) / 2
                + coalesce(a.pas, 0) * coalesce(b.pas, 0) / 4 END AS marge,
        greatest(a.statut, b.statut) AS statut, a.source, s.geographie
    FROM terme AS t
    JOIN annee_lue AS lue ON lue.indicateur = t.indicateur AND lue.role = t.role AND lue.n = t.n AND NOT lue.simple
    JOIN fait_retenu AS a ON a.variable = lue.variable AND a.annee = lue.annee_lue
    LEFT JOIN geographie_source AS s ON s.source = a.source
    LEFT JOIN fait_retenu AS b
        ON b.variable = t.variable2 AND b.territoire = a.territoire
        AND b.annee = lue.annee + t.decalage2
    WHERE t.variable2 IS NULL OR b.territoire IS NOT NULL
), reunis AS (
    SELECT indicateur, role, territoire, annee, count(valeur) AS valeurs,
        list_sort(list({n: n, valeur: valeur, marge: marge})) AS termes,
        max(statut) AS statut,
        arg_max(source, (annee_lue, source)) AS source, min(geographie) AS geographie
    FROM valeur_de_terme GROUP BY ALL
)
SELECT r.indicateur, r.role, r.territoire, r.annee,
    CASE WHEN r.valeurs = len(r.termes) THEN list_sum([x.valeur FOR x IN r.termes]) END AS valeur,
    list_sum([x.marge FOR x IN r.termes]) AS marge,
    r.statut, r.source, r.geographie, fiche.agregation, fiche.poids IS NOT NULL AS pesee
FROM reunis AS r
JOIN taille USING (indicateur, role)
JOIN fiche ON fiche.code = r.indicateur
WHERE len(r.termes) = taille.attendus;

CREATE TEMP VIEW expression AS
WITH toutes AS (
    SELECT lue.indicateur, lue.role, f.territoire, lue.annee, f.valeur, coalesce(f.pas, 0) / 2 AS marge, f.statut,
        f.source, NULL::INTEGER AS geographie, f.pas, TRUE AS simple, lue.agregation, lue.pesee
    FROM annee_lue AS lue
    JOIN fait_retenu AS f ON f.variable = lue.variable AND f.annee = lue.annee_lue
    WHERE lue.simple
    UNION ALL
    -- Le pas d'un calcul sur plusieurs variables n'est pas publié.
    SELECT indicateur, role, territoire, annee, valeur, marge, statut, source, geographie, NULL::DOUBLE, FALSE,
        agregation, pesee
    FROM expression_composee
)
SELECT * REPLACE (CASE WHEN statut = 'partiel'::code_statut THEN 'non_calculable'::code_statut ELSE statut END
        AS statut),
    CASE WHEN statut = 'partiel'::code_statut THEN 'niveau_partiel' END AS motif
FROM toutes;

-- Les communes que le recensement sonde (voir 40_incertitude.sql).
CREATE TEMP TABLE commune_sondee AS
SELECT territoire FROM fait_retenu
WHERE variable = try_cast('PMUN' AS code_variable) AND valeur IS NOT NULL
QUALIFY row_number() OVER (PARTITION BY territoire ORDER BY annee DESC) = 1 AND valeur >= 10000;
