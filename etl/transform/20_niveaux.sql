-- Des communes de chaque fichier aux communes d'aujourd'hui, aux EPT et au département : Σ, ou refus.
-- Une somme dont un membre manque, est secret ou censuré n'est pas faite : elle est « non_calculable ».
-- Là où le producteur publie un total, c'est lui qui vaut ; la somme des membres est gardée à côté.

CREATE TEMP TABLE membre AS
SELECT h.code::code_territoire AS enfant, h.successeur::code_territoire AS parent, 'fusion' AS lien
FROM territoire AS h WHERE h.type = 'commune_historique'
UNION ALL
SELECT c.code::code_territoire, c.code_ept::code_territoire, 'ept' FROM territoire AS c WHERE c.type = 'commune' AND c.code_ept IS NOT NULL
UNION ALL
SELECT c.code::code_territoire, c.code_departement::code_territoire, 'departement'
FROM territoire AS c JOIN perimetre AS p ON p.departement = c.code_departement
WHERE c.type = 'commune';

-- Une ligne par composante (numérateur ou dénominateur) : valeur, et poids quand il est porté avec elle.
CREATE MACRO reunir(origine, liens) AS TABLE
WITH attendu AS (
    SELECT parent, count(*) AS nombre FROM membre WHERE list_contains(liens, lien) AND lien <> 'fusion' GROUP BY ALL
), enfants AS (
    SELECT o.indicateur, o.role, m.parent AS territoire, o.annee, m.lien,
        list_sort(list({place: o.territoire, valeur: o.valeur, poids: o.poids, marge: o.marge})) AS membres,
        max(o.pas) AS pas, count(o.valeur) AS valeurs, count(*) AS presents,
        min(o.annee_poids) AS annee_poids, max(o.annee_poids) AS annee_poids_max,
        bool_or(o.statut = 'secret'::code_statut) AS secret, bool_or(o.statut = 'censure'::code_statut) AS censure,
        bool_or(o.statut = 'non_calculable'::code_statut) AS refuse,
        min(o.source) AS source, min(coalesce(o.geographie, s.geographie)) AS geographie
    FROM query_table(origine) AS o
    JOIN membre AS m ON m.enfant = o.territoire
    LEFT JOIN geographie_source AS s ON s.source = o.source
    WHERE list_contains(liens, m.lien)
    GROUP BY ALL
)
SELECT e.indicateur, e.role, e.territoire, e.annee,
    CASE WHEN s.entier THEN list_sum([x.valeur FOR x IN e.membres]) END AS valeur,
    CASE WHEN s.entier THEN list_sum([x.poids FOR x IN e.membres]) END AS poids,
    list_sum([x.marge FOR x IN e.membres]) AS marge, e.pas, e.annee_poids,
    CASE
        WHEN e.presents < n.nombre THEN 'membre_absent'
        WHEN e.secret THEN 'membre_secret'
        WHEN e.censure THEN 'membre_censure'
        WHEN e.refuse OR e.valeurs < e.presents THEN 'membre_manquant'
        WHEN e.annee_poids < e.annee_poids_max THEN 'poids_de_plusieurs_annees'
    END AS motif,
    e.source, e.geographie
FROM enfants AS e
LEFT JOIN attendu AS a ON a.parent = e.territoire
CROSS JOIN LATERAL (
    SELECT CASE WHEN e.lien = 'fusion' THEN (
        SELECT count(*) FROM place AS h
        WHERE h.successeur = e.territoire AND year(h.valide_au) >= e.geographie
          AND (h.valide_du IS NULL OR year(h.valide_du) <= e.geographie)
    ) ELSE a.nombre END AS nombre
) AS n
CROSS JOIN LATERAL (
    SELECT e.presents = n.nombre AND e.valeurs = e.presents AND NOT e.censure
        AND coalesce(e.annee_poids = e.annee_poids_max, TRUE) AS entier
) AS s;

-- Le direct l'emporte quand il a une valeur ; la somme des membres le complète ou se range à côté.
CREATE MACRO completer(origine, sommes) AS TABLE
SELECT
    coalesce(d.indicateur, r.indicateur) AS indicateur, coalesce(d.role, r.role) AS role,
    coalesce(d.territoire, r.territoire) AS territoire, coalesce(d.annee, r.annee) AS annee,
    coalesce(d.valeur, r.valeur) AS valeur,
    CASE WHEN d.valeur IS NOT NULL THEN d.poids ELSE coalesce(r.poids, d.poids) END AS poids,
    CASE WHEN d.valeur IS NOT NULL THEN d.marge ELSE r.marge END AS marge,
    CASE WHEN d.valeur IS NOT NULL THEN d.pas ELSE r.pas END AS pas,
    CASE WHEN d.valeur IS NOT NULL THEN d.annee_poids ELSE coalesce(r.annee_poids, d.annee_poids) END AS annee_poids,
    CASE
        WHEN d.valeur IS NOT NULL THEN d.statut
        WHEN r.valeur IS NOT NULL THEN 'somme'::code_statut
        WHEN d.statut IS NOT NULL THEN d.statut
        ELSE 'non_calculable'::code_statut
    END AS statut,
    CASE WHEN d.valeur IS NULL AND r.valeur IS NULL THEN coalesce(d.motif, r.motif) END AS motif,
    CASE WHEN d.valeur IS NOT NULL AND r.valeur IS NOT NULL THEN r.valeur ELSE d.valeur_membres END AS valeur_membres,
    coalesce(d.direct, FALSE) AND d.valeur IS NOT NULL AS direct,
    coalesce(d.simple, FALSE) AND d.valeur IS NOT NULL AS simple,
    coalesce(d.source, r.source) AS source,
    CASE WHEN d.source IS NULL THEN r.geographie ELSE d.geographie END AS geographie
FROM query_table(origine) AS d
FULL JOIN query_table(sommes) AS r USING (indicateur, role, territoire, annee);

-- 1. Dénominateurs et poids, puis numérateurs des sommes et des ratios.
CREATE TEMP VIEW composante AS
SELECT indicateur, role, territoire, annee, valeur, NULL::DOUBLE AS poids, marge, pas, NULL::INTEGER AS annee_poids,
    statut, motif, NULL::DOUBLE AS valeur_membres, TRUE AS direct, simple, source, geographie
FROM expression
WHERE agregation <> 'aucune' AND (role = 'den' OR (role = 'num' AND NOT pesee));

-- Les communes d'abord, qui ont à leur tour à être additionnées. Seules les lignes des territoires additionnés sont
-- écrites : les autres sont relues telles quelles.
CREATE TEMP TABLE composante_membre AS FROM composante SEMI JOIN membre ON enfant = territoire;
CREATE TEMP TABLE somme AS FROM reunir('composante_membre', ['fusion']);
CREATE TEMP VIEW composante_commune AS FROM completer('composante_membre', 'somme');
CREATE TEMP TABLE somme_niveau AS FROM reunir('composante_commune', ['ept', 'departement']);
DROP VIEW composante_commune;
DROP TABLE composante_membre;
INSERT INTO somme FROM somme_niveau;
DROP TABLE somme_niveau;
CREATE TEMP VIEW composante_parent AS FROM composante SEMI JOIN somme USING (territoire);
CREATE TEMP TABLE composante_somme AS FROM completer('composante_parent', 'somme');
CREATE TEMP VIEW composante_niveau AS
SELECT * REPLACE (CASE WHEN valeur IS NOT NULL THEN marge END AS marge,
    CASE WHEN valeur IS NOT NULL THEN pas END AS pas, CASE WHEN valeur IS NULL THEN motif END AS motif,
    valeur IS NOT NULL AS direct, simple AND valeur IS NOT NULL AS simple)
FROM composante ANTI JOIN somme USING (territoire)
UNION ALL
FROM composante_somme;

-- Le dénominateur ou le poids de l'année la plus proche, dans la limite que dit la fiche.
-- Neuf fois sur dix, celui de l'année même : il n'a pas à être cherché parmi les autres.
CREATE TEMP TABLE den AS
SELECT indicateur, territoire, annee, valeur, statut, motif, valeur_membres, marge, source
FROM composante_niveau WHERE role = 'den';

CREATE TEMP VIEW meme_annee AS
SELECT den.* FROM den JOIN fiche ON fiche.code = den.indicateur
WHERE den.valeur IS NOT NULL OR fiche.ecart_annees = 0;

CREATE TEMP TABLE autre_annee AS
WITH num AS (
    SELECT indicateur, territoire, annee FROM composante_niveau WHERE role = 'num'
    UNION ALL
    -- Une moyenne pondérée n'est pas encore additionnée.
    SELECT indicateur, territoire, annee FROM expression WHERE role = 'num' AND pesee
)
SELECT num.annee, den.* RENAME (annee AS annee_den)
FROM num
JOIN fiche ON fiche.code = num.indicateur AND fiche.ecart_annees > 0
ANTI JOIN meme_annee USING (indicateur, territoire, annee)
JOIN den ON den.indicateur = num.indicateur AND den.territoire = num.territoire
    AND den.annee BETWEEN num.annee - fiche.ecart_annees AND num.annee + fiche.ecart_annees
QUALIFY row_number() OVER (
    PARTITION BY num.indicateur, num.territoire, num.annee
    ORDER BY den.valeur IS NULL, abs(den.annee - num.annee), den.annee
) = 1;

CREATE TEMP VIEW dessous AS
SELECT *, annee AS annee_den FROM meme_annee
UNION ALL BY NAME
FROM autre_annee;

-- 2. Moyennes pondérées : la valeur publiée, pesée là où elle est publiée, par le poids de l'année la plus proche.
-- Leur marge est Σ poids × demi-pas ÷ Σ poids ; les poids y sont pris pour exacts.
CREATE TEMP TABLE pesee AS
SELECT e.indicateur, e.role, e.territoire, e.annee, e.valeur * d.valeur AS valeur, d.valeur AS poids,
    e.marge * abs(d.valeur) AS marge, e.pas, d.annee_den AS annee_poids,
    CASE WHEN e.valeur IS NULL OR d.valeur IS NOT NULL THEN e.statut ELSE 'manquant'::code_statut END AS statut,
    CASE WHEN e.valeur IS NULL THEN e.motif WHEN d.valeur IS NULL THEN 'poids_absent' END AS motif,
    NULL::DOUBLE AS valeur_membres, TRUE AS direct, e.simple, e.source, e.geographie
FROM expression AS e
LEFT JOIN dessous AS d USING (indicateur, territoire, annee)
WHERE e.role = 'num' AND e.pesee;

CREATE TEMP TABLE somme_pesee AS FROM reunir('pesee', ['fusion']);
CREATE TEMP TABLE pesee_commune AS FROM completer('pesee', 'somme_pesee');
CREATE OR REPLACE TEMP TABLE somme_pesee AS FROM reunir('pesee_commune', ['ept', 'departement']);
CREATE TEMP VIEW pesee_niveau AS FROM completer('pesee_commune', 'somme_pesee');
