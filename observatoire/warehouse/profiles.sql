-- Les derniers chiffres de chaque territoire que l’on peut choisir, à côté de ses repères et des communes de son
-- département (voir Figures.profile). Les chiffres sont lus seuls, avant toute jointure : DuckDB passe alors d’un coup
-- les lignes des autres territoires et des autres années.
WITH choix AS MATERIALIZED (
    SELECT c.indicateur, c.annee, c.debut, IF(i.sens = 'defavorable', 1, -1) AS signe, i.ordre
    FROM (SELECT unnest($indicateurs) AS indicateur, unnest($annees) AS annee, unnest($debuts) AS debut) AS c
    JOIN indicateur AS i ON i.code = c.indicateur
), lieu AS (
    SELECT unnest($territoires) AS territoire, unnest($epts) AS ept, unnest($departements) AS departement
), commune_lue AS MATERIALIZED (
    SELECT territoire, indicateur, annee, valeur, statut, motif, source, borne_basse, borne_haute, arrondi, marge
    FROM observation WHERE territoire IN (SELECT unnest($communes)) AND annee IN (SELECT unnest($annees))
), autre AS MATERIALIZED (
    SELECT territoire, indicateur, annee, valeur, statut, motif, source, borne_basse, borne_haute, arrondi, marge
    FROM observation WHERE territoire IN (SELECT unnest($autres))
), commune AS MATERIALIZED (
    SELECT o.*, IF(o.valeur IS NULL, NULL,
        rank() OVER (PARTITION BY o.indicateur ORDER BY c.signe * lire(o.valeur, o.arrondi) NULLS LAST)) AS rang
    FROM commune_lue AS o JOIN choix AS c USING (indicateur, annee)
), soi AS (
    FROM commune UNION ALL SELECT o.*, NULL FROM autre AS o JOIN choix USING (indicateur, annee)
), bande AS (
    SELECT indicateur, count(*) AS communes, min(valeur) AS minimum, quantile_cont(valeur, 0.25) AS q1,
        median(valeur) AS mediane, quantile_cont(valeur, 0.75) AS q3, max(valeur) AS maximum,
        stddev_pop(valeur) AS ecart_type, quantile_disc(coalesce(arrondi, 0), 0.9) AS arrondi_bande,
        bool_or(statut = 'censure') AS borne
    FROM commune WHERE valeur IS NOT NULL GROUP BY ALL
), repere AS MATERIALIZED (
    SELECT IF(o.territoire = $metropole, $france, o.territoire) AS code, indicateur, arg_max(
        struct_pack(
            o.valeur, o.statut, o.arrondi, o.marge, annee := IF(o.valeur IS NULL, NULL, o.annee), o.territoire,
            o.borne_basse, o.borne_haute
        ),
        IF(o.valeur IS NULL, 0, 100_000) + 10 * o.annee + IF(o.territoire = $metropole, 0, 1)
    ) AS lue
    FROM autre AS o JOIN choix AS c USING (indicateur) WHERE o.annee BETWEEN c.debut AND c.annee GROUP BY ALL
)
SELECT t.territoire, c.indicateur, c.annee, s.valeur, coalesce(s.statut, 'manquant') AS statut, s.motif, s.source,
    s.borne_basse, s.borne_haute, s.arrondi, s.marge,
    ept.lue.valeur AS valeur_ept, ept.lue.statut AS statut_ept, ept.lue.annee AS annee_ept,
    ept.lue.arrondi AS arrondi_ept, ept.lue.marge AS marge_ept,
    dep.lue.valeur AS valeur_dep, dep.lue.statut AS statut_dep, dep.lue.annee AS annee_dep,
    dep.lue.arrondi AS arrondi_dep, dep.lue.marge AS marge_dep,
    dep.lue.borne_basse AS borne_basse_dep, dep.lue.borne_haute AS borne_haute_dep,
    reg.lue.valeur AS valeur_reg, reg.lue.statut AS statut_reg, reg.lue.annee AS annee_reg,
    reg.lue.arrondi AS arrondi_reg, reg.lue.marge AS marge_reg,
    fra.lue.valeur AS valeur_fra, fra.lue.statut AS statut_fra, fra.lue.annee AS annee_fra,
    fra.lue.arrondi AS arrondi_fra, fra.lue.marge AS marge_fra,
    fra.lue.territoire AS code_fra, s.rang, b.* EXCLUDE (indicateur)
FROM lieu AS t CROSS JOIN choix AS c
LEFT JOIN soi AS s ON (s.territoire, s.indicateur) = (t.territoire, c.indicateur)
LEFT JOIN repere AS ept ON (ept.code, ept.indicateur) = (t.ept, c.indicateur)
LEFT JOIN repere AS dep ON (dep.code, dep.indicateur) = (t.departement, c.indicateur)
LEFT JOIN repere AS reg ON (reg.code, reg.indicateur) = ($region, c.indicateur)
LEFT JOIN repere AS fra ON (fra.code, fra.indicateur) = ($france, c.indicateur)
LEFT JOIN bande AS b ON b.indicateur = c.indicateur
ORDER BY c.ordre
