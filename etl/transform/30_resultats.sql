-- Les résultats : une valeur ou la raison de son absence, sa source, ses composantes.

CREATE TEMP TABLE resultat AS
WITH rapport AS (
    SELECT n.indicateur, n.territoire, n.annee, n.valeur AS num, n.statut AS statut_num, n.motif,
        n.valeur_membres AS num_membres, n.direct, n.simple, n.source,
        n.marge AS marge_num, n.pas, coalesce(d.marge, 0) AS marge_den,
        d.valeur AS den, d.statut AS statut_den, d.motif AS motif_den, d.valeur_membres AS den_membres,
        d.annee_den, d.source AS source_den
    FROM composante_niveau AS n
    LEFT JOIN dessous AS d USING (indicateur, territoire, annee)
    WHERE n.role = 'num'
), comptes AS (
    SELECT r.*, fiche.agregation, fiche.facteur, fiche.denominateur IS NOT NULL AS a_denominateur,
        CASE
            WHEN fiche.forme = 'evolution' THEN
                CASE WHEN den > 0 THEN (pow(num / den, 1.0 / fiche.duree) - 1) * fiche.facteur END
            WHEN fiche.denominateur IS NULL THEN num * fiche.facteur
            WHEN den <> 0 THEN num / den * fiche.facteur
        END AS valeur,
        -- Le plus grand écart de (num ± a) ÷ (den ± b) à num ÷ den ; un dénominateur qui pourrait être nul ne borne
        -- rien : le chiffre entier est alors dans sa marge.
        CASE
            WHEN fiche.denominateur IS NULL THEN marge_num * abs(fiche.facteur)
            WHEN den <= marge_den THEN abs(num / nullif(den, 0) * fiche.facteur)
            WHEN fiche.forme = 'evolution' THEN
                (pow((num + marge_num) / (den - marge_den), 1.0 / fiche.duree) - pow(num / den, 1.0 / fiche.duree))
                * fiche.facteur
            ELSE ((abs(num) + marge_num) / (den - marge_den) - abs(num) / den) * abs(fiche.facteur)
        END AS marge,
        CASE WHEN fiche.denominateur IS NULL THEN pas * abs(fiche.facteur) END AS pas_lu,
        CASE
            WHEN num_membres IS NULL AND den_membres IS NULL THEN NULL
            WHEN fiche.forme = 'evolution' THEN NULL
            WHEN fiche.denominateur IS NULL THEN num_membres * fiche.facteur
            WHEN coalesce(den_membres, den) <> 0
                THEN coalesce(num_membres, num) / coalesce(den_membres, den) * fiche.facteur
        END AS valeur_membres
    FROM rapport AS r JOIN fiche ON fiche.code = r.indicateur
)
SELECT indicateur, territoire, annee, valeur, num AS numerateur,
    CASE WHEN a_denominateur THEN den END AS denominateur,
    CASE
        WHEN valeur IS NOT NULL AND 'censure'::code_statut IN (statut_num, statut_den) THEN 'censure'::code_statut
        WHEN valeur IS NOT NULL AND agregation = 'approchee' THEN 'approche'::code_statut
        WHEN valeur IS NOT NULL AND simple AND direct AND NOT a_denominateur AND facteur = 1
            AND statut_num = 'publie'::code_statut THEN 'publie'::code_statut
        WHEN valeur IS NOT NULL THEN 'calcule'::code_statut
        WHEN num IS NULL AND statut_num = 'somme'::code_statut THEN 'non_calculable'::code_statut
        WHEN num IS NULL THEN statut_num
        WHEN den = 0 THEN 'non_calculable'::code_statut
        WHEN statut_den = 'somme'::code_statut THEN 'non_calculable'::code_statut
        ELSE coalesce(statut_den, 'manquant'::code_statut)
    END AS statut,
    source, annee_den AS annee_denominateur, CASE WHEN a_denominateur THEN source_den END AS source_denominateur,
    CASE WHEN abs(valeur_membres - valeur) > 1e-9 * abs(valeur) THEN valeur_membres END AS valeur_membres,
    CASE
        WHEN valeur IS NOT NULL THEN NULL
        WHEN num IS NULL THEN coalesce(motif, statut_num)
        WHEN den = 0 THEN 'denominateur_nul'
        ELSE coalesce(motif_den, 'denominateur_absent')
    END AS motif,
    marge, pas_lu AS pas
FROM comptes
UNION ALL
-- Moyennes pondérées : publiées là où le producteur publie, approchées ailleurs.
SELECT p.indicateur, p.territoire, p.annee,
    CASE WHEN e.valeur IS NOT NULL THEN e.valeur ELSE p.valeur / nullif(p.poids, 0) END * fiche.facteur,
    CASE WHEN e.valeur IS NULL THEN p.valeur END,
    CASE WHEN e.valeur IS NULL THEN p.poids END,
    CASE
        WHEN e.valeur IS NOT NULL AND e.statut = 'censure'::code_statut THEN 'censure'::code_statut
        WHEN e.valeur IS NOT NULL AND e.simple AND e.statut = 'publie'::code_statut THEN 'publie'::code_statut
        WHEN e.valeur IS NOT NULL THEN 'calcule'::code_statut
        WHEN p.valeur IS NOT NULL THEN 'approche'::code_statut
        WHEN p.statut = 'somme'::code_statut THEN 'non_calculable'::code_statut
        ELSE p.statut
    END,
    p.source, CASE WHEN e.valeur IS NULL THEN p.annee_poids END, NULL,
    NULL,
    CASE WHEN p.valeur IS NULL AND e.valeur IS NULL THEN coalesce(p.motif, p.statut) END,
    CASE WHEN e.valeur IS NOT NULL THEN e.marge ELSE p.marge / nullif(p.poids, 0) END * abs(fiche.facteur),
    CASE WHEN e.valeur IS NOT NULL THEN e.pas * abs(fiche.facteur) END
FROM pesee_niveau AS p
JOIN fiche ON fiche.code = p.indicateur
LEFT JOIN (FROM expression WHERE role = 'num' AND pesee) AS e USING (indicateur, territoire, annee)
UNION ALL
-- Médianes, déciles, indices : jamais agrégés.
SELECT e.indicateur, e.territoire, e.annee, e.valeur * fiche.facteur, NULL, NULL,
    CASE WHEN e.valeur IS NOT NULL AND e.statut = 'publie'::code_statut AND NOT e.simple THEN 'calcule'::code_statut
        WHEN e.statut = 'somme'::code_statut THEN 'calcule'::code_statut ELSE e.statut END,
    e.source, NULL, NULL, NULL, CASE WHEN e.valeur IS NULL THEN coalesce(e.motif, e.statut) END,
    e.marge * abs(fiche.facteur), e.pas * abs(fiche.facteur)
FROM expression AS e
JOIN fiche ON fiche.code = e.indicateur
WHERE e.agregation = 'aucune' AND e.role = 'num';

-- Pas de taux sur trop peu de logements, de ménages ou d'allocataires : sous le seuil de la fiche, ou si
-- l'effectif n'est pas connu, il n'y a pas de valeur.
UPDATE resultat SET valeur = NULL, numerateur = NULL, denominateur = NULL, valeur_membres = NULL,
    statut = 'non_calculable', motif = CASE WHEN mesure.valeur IS NULL THEN 'base_inconnue' ELSE 'base_trop_petite' END
FROM (
    SELECT r.indicateur, r.territoire, r.annee, e.valeur, fiche.base_min
    FROM resultat AS r
    JOIN fiche ON fiche.code = r.indicateur AND fiche.base_min > 0
    LEFT JOIN (FROM expression WHERE role = 'base') AS e USING (indicateur, territoire, annee)
) AS mesure
WHERE resultat.indicateur = mesure.indicateur AND resultat.territoire = mesure.territoire
  AND resultat.annee = mesure.annee AND resultat.valeur IS NOT NULL
  AND (mesure.valeur IS NULL OR mesure.valeur < mesure.base_min);

-- Un chiffre secret n'est accompagné de rien qui aide à le retrouver.
UPDATE resultat SET numerateur = NULL, denominateur = NULL, valeur_membres = NULL
WHERE statut = 'secret'::code_statut;

-- Une année compte pour un indicateur dès qu'un territoire de son niveau, dans le périmètre, y a une valeur.
CREATE TEMP TABLE annee_utile AS
SELECT r.indicateur, r.annee, min(r.source) AS source
FROM resultat AS r
JOIN place AS t ON t.territoire = r.territoire AND t.dedans
JOIN fiche ON fiche.code = r.indicateur
WHERE r.valeur IS NOT NULL
  AND (t.type = fiche.niveau OR (fiche.niveau = 'commune' AND t.type IN ('ept', 'departement')))
GROUP BY ALL;

-- Ce qui ne sert plus rend sa mémoire.
DROP VIEW pesee_niveau;
DROP VIEW dessous;
DROP VIEW meme_annee;
DROP VIEW composante_niveau;
DROP VIEW composante_parent;
DROP VIEW composante;
DROP VIEW expression;
DROP TABLE pesee;
DROP TABLE pesee_commune;
DROP TABLE somme_pesee;
DROP TABLE autre_annee;
DROP TABLE den;
DROP TABLE composante_somme;
DROP TABLE somme;
DROP TABLE expression_composee;
DROP TABLE fait_retenu;
