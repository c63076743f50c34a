-- La table des observations : les résultats des années utiles, puis ce qui y manque, avec la raison.
-- Ses lignes sont rangées par type de territoire, département, indicateur et année : une page, qui ne regarde qu'un
-- département, n'en lit qu'une petite part, quelle que soit l'étendue de l'entrepôt (voir benchmarks/national.md).

INSERT INTO observation
SELECT r.territoire, r.indicateur, r.annee, r.valeur, r.numerateur, r.denominateur,
    v.basse, CASE WHEN r.statut = 'censure'::code_statut THEN r.valeur ELSE v.haute END, r.statut, r.source,
    r.annee_denominateur, r.source_denominateur, r.valeur_membres, r.motif,
    CASE WHEN fiche.forme = 'evolution' THEN r.annee - fiche.duree END,
    -- Un chiffre publié se lit à son pas ; une somme de chiffres publiés, au pas de ses membres.
    CASE WHEN r.valeur IS NOT NULL AND r.statut <> 'censure'::code_statut THEN coalesce(r.pas, rang_lisible(r.marge)) END,
    CASE WHEN r.valeur IS NOT NULL AND r.statut <> 'censure'::code_statut AND r.marge > 0 THEN r.marge END
FROM resultat AS r
JOIN annee_utile AS a USING (indicateur, annee)
JOIN fiche ON fiche.code = r.indicateur
JOIN place USING (territoire)
LEFT JOIN intervalle AS v USING (territoire, indicateur, annee)
WHERE (place.dedans AND place.type <> 'commune_historique')
   OR r.valeur IS NOT NULL OR r.statut = 'secret'::code_statut OR r.motif = 'niveau_partiel'
ORDER BY place.bloc, r.indicateur, r.annee, r.territoire;

-- Aucun trou : chaque territoire du périmètre a sa ligne, avec la raison quand la valeur n'y est pas.
INSERT INTO observation
SELECT t.territoire, a.indicateur, a.annee, NULL, NULL, NULL, NULL, NULL,
    CASE WHEN fusion.successeur IS NOT NULL OR t.type IN ('ept', 'departement') THEN 'non_calculable' ELSE 'manquant' END,
    a.source, NULL, NULL, NULL,
    CASE
        WHEN fusion.successeur IS NOT NULL THEN 'fusion'
        WHEN t.type IN ('ept', 'departement') THEN 'non_agregeable'
        ELSE 'absent_du_fichier'
    END,
    CASE WHEN fiche.forme = 'evolution' THEN a.annee - fiche.duree END, NULL, NULL
FROM annee_utile AS a
JOIN fiche ON fiche.code = a.indicateur
JOIN (
    SELECT niveau, unnest(CASE WHEN niveau = 'commune' THEN ['commune', 'ept', 'departement'] ELSE [niveau] END) AS type
    FROM fiche GROUP BY niveau
) AS montre USING (niveau)
JOIN place AS t ON t.type = montre.type AND t.dedans
LEFT JOIN (
    SELECT DISTINCT h.successeur, r.indicateur, r.annee
    FROM resultat AS r
    JOIN fiche ON fiche.code = r.indicateur AND fiche.agregation = 'aucune'
    JOIN place AS h ON h.territoire = r.territoire AND h.successeur IS NOT NULL
) AS fusion ON fusion.successeur = t.territoire AND fusion.indicateur = a.indicateur AND fusion.annee = a.annee
ANTI JOIN resultat AS o
    ON o.territoire = t.territoire AND o.indicateur = a.indicateur AND o.annee = a.annee
WHERE (t.type <> 'qpv' OR a.annee BETWEEN year(t.valide_du) AND coalesce(year(t.valide_au), 9999))
ORDER BY t.bloc, a.indicateur, a.annee, t.territoire;

DROP TABLE resultat;
DROP TABLE intervalle;
