-- Chaque formule, évaluée sur chaque territoire à la géographie de son fichier.
-- Un niveau dont des membres ne sont pas diffusés (« partiel » dans fait) n'a pas de valeur : c'est une borne basse.
-- Entrées : fait, terme (indicateur, role, n, coefficient, variable1, decalage1, variable2, decalage2), fiche,
-- pas_publie (source, variable, niveau, pas). L'arrondi d'un fait est une erreur d'au plus un demi-pas ; la marge
-- d'une formule est la plus grande erreur que ces demi-pas permettent ensemble (arithmétique d'intervalles).

-- Deux sources donnent rarement la même variable la même année : seules ces lignes-là sont à départager.
CREATE TEMP TABLE fait_ecarte AS
SELECT f.source, f.territoire, f.annee, f.variable
FROM fait AS f
JOIN rang_source AS r USING (source)
SEMI JOIN (
    SELECT variable, annee FROM fait GROUP BY ALL HAVING min(source) < max(source)
) AS partagee USING (variable, annee)
QUALIFY row_number() OVER (
    PARTITION BY f.territoire, f.variable, f.annee
    ORDER BY f.valeur IS NULL, r.rang
) > 1;

CREATE TEMP TABLE fait_retenu AS
SELECT f.territoire::code_territoire AS territoire, f.variable::code_variable AS variable, f.annee, f.valeur,
    f.statut::statut_fait AS statut, f.source::code_source AS source, s.geographie,
    CASE WHEN f.statut = 'publie' THEN p.pas END AS pas
FROM fait AS f
ANTI JOIN fait_ecarte USING (source, territoire, annee, variable)
JOIN source AS s ON s.code = f.source
LEFT JOIN territoire AS t ON t.code = f.territoire
LEFT JOIN pas_publie AS p
    ON p.source = f.source AND p.variable = f.variable AND p.niveau = replace(t.type, '_historique', '');
DROP TABLE fait_ecarte;

-- Neuf expressions sur dix sont une variable prise telle quelle : elles n'ont rien à réunir, et passent à côté du
-- regroupement, qui coûtait les trois quarts du calcul des indicateurs.
CREATE TEMP TABLE expression AS
WITH taille AS (
    SELECT indicateur, role, count(*) AS attendus,
        count(*) = 1 AND any_value(coefficient) = 1 AND any_value(variable2) IS NULL AS simple
    FROM terme GROUP BY ALL
), telle_quelle AS (
    SELECT t.indicateur, t.role, a.territoire, a.annee - t.decalage1 AS annee, a.valeur, coalesce(a.pas, 0) / 2 AS marge,
        a.statut,
        a.source, a.geographie, a.pas, TRUE AS simple
    FROM terme AS t
    JOIN taille ON taille.indicateur = t.indicateur AND taille.role = t.role AND taille.simple
    JOIN fait_retenu AS a ON a.variable = t.variable1
), valeur_de_terme AS (
    SELECT t.indicateur, t.role, t.n, a.territoire, a.annee - t.decalage1 AS annee, a.annee AS annee_lue,
        t.coefficient * a.valeur * CASE WHEN t.variable2 IS NULL THEN 1 ELSE b.valeur END AS valeur,
        abs(t.coefficient) * CASE WHEN t.variable2 IS NULL THEN coalesce(a.pas, 0) / 2
            ELSE abs(a.valeur) * coalesce(b.pas, 0) / 2 + abs(b.valeur) * coalesce(a.pas, 0) / 2
                + coalesce(a.pas, 0) * coalesce(b.pas, 0) / 4 END AS marge,
        greatest(a.statut, b.statut) AS statut, a.source, a.geographie
    FROM terme AS t
    JOIN taille ON taille.indicateur = t.indicateur AND taille.role = t.role AND NOT taille.simple
    JOIN fait_retenu AS a ON a.variable = t.variable1
    LEFT JOIN fait_retenu AS b
        ON b.variable = t.variable2 AND b.territoire = a.territoire
        AND b.annee = a.annee - t.decalage1 + t.decalage2
    WHERE t.variable2 IS NULL OR b.territoire IS NOT NULL
), reunis AS (
    SELECT indicateur, role, territoire, annee, count(valeur) AS valeurs,
        list_sort(list({n: n, valeur: valeur, marge: marge})) AS termes,
        max(statut) AS statut,
        arg_max(source, (annee_lue, source)) AS source, min(geographie) AS geographie
    FROM valeur_de_terme GROUP BY ALL
), final AS (
    SELECT * EXCLUDE (valeurs, termes), len(termes) AS presents,
        CASE WHEN valeurs = len(termes) THEN list_sum([x.valeur FOR x IN termes]) END AS valeur,
        list_sum([x.marge FOR x IN termes]) AS marge
    FROM reunis
), toutes AS (
    FROM telle_quelle
    UNION ALL BY NAME
    -- Le pas d'un calcul sur plusieurs variables n'est pas publié.
    SELECT f.* EXCLUDE (presents), NULL::DOUBLE AS pas, FALSE AS simple
    FROM final AS f
    JOIN taille USING (indicateur, role)
    WHERE f.presents = taille.attendus
)
SELECT f.* REPLACE (replace(f.statut, 'partiel', 'non_calculable') AS statut),
    CASE WHEN f.statut = 'partiel' THEN 'niveau_partiel' END AS motif
FROM toutes AS f
JOIN fiche ON fiche.code = f.indicateur
WHERE f.role <> 'num' OR ((fiche.annees = [] OR list_contains(fiche.annees, f.annee))
    AND (fiche.annee_min IS NULL OR f.annee >= fiche.annee_min));

-- Les communes que le recensement sonde (voir 40_incertitude.sql).
CREATE TEMP TABLE commune_sondee AS
SELECT territoire AS code FROM fait_retenu
WHERE variable = 'PMUN' AND valeur IS NOT NULL
QUALIFY row_number() OVER (PARTITION BY territoire ORDER BY annee DESC) = 1 AND valeur >= 10000;

DROP TABLE fait_retenu;
