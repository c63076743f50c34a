-- Ce que veut dire chaque table et chaque colonne publiques : écrit ici une fois, lu dans l’entrepôt par l’API, les
-- exports et la documentation (duckdb_tables().comment, duckdb_columns().comment).

-- En une fois : chacune, seule, serait écrite et attendue sur le disque.
BEGIN;

COMMENT ON TABLE territoire IS 'Un territoire à une géographie, de l’IRIS à la France ; anciennes communes comprises.';
COMMENT ON COLUMN territoire.code IS
    'Code du territoire, unique tous types confondus : 93066 (commune), 200057867 (EPT, son SIREN), 93 (département), R11 (région), FR (France), FM (France métropolitaine).';
COMMENT ON COLUMN territoire.type IS
    'commune, ept, departement, region, pays, commune_historique, iris, iris_historique ou qpv.';
COMMENT ON COLUMN territoire.nom IS 'Nom du territoire.';
COMMENT ON COLUMN territoire.code_court IS 'Code court d’un EPT : T6 à T9.';
COMMENT ON COLUMN territoire.code_ept IS 'Code de l’EPT auquel la commune appartient.';
COMMENT ON COLUMN territoire.code_departement IS 'Code du département.';
COMMENT ON COLUMN territoire.code_region IS 'Code de la région.';
COMMENT ON COLUMN territoire.valide_du IS
    'Premier jour où ce territoire existe sous cette forme ; vide : depuis l’origine.';
COMMENT ON COLUMN territoire.valide_au IS 'Dernier jour ; vide : il existe toujours.';
COMMENT ON COLUMN territoire.code_commune IS 'Commune d’un IRIS, ou d’un QPV qui n’en touche qu’une.';
COMMENT ON COLUMN territoire.communes IS 'Communes sur lesquelles s’étend un IRIS ou un QPV.';
COMMENT ON COLUMN territoire.successeur IS 'Code de la commune qui a remplacé une ancienne commune.';

COMMENT ON TABLE geometrie IS 'Le contour d’un territoire.';
COMMENT ON COLUMN geometrie.code IS 'Code du territoire.';
COMMENT ON COLUMN geometrie.geojson IS 'Contour, en GeoJSON (WGS 84).';
COMMENT ON COLUMN geometrie.lon IS 'Longitude d’un point intérieur, en degrés.';
COMMENT ON COLUMN geometrie.lat IS 'Latitude d’un point intérieur, en degrés.';
COMMENT ON COLUMN geometrie.surface_km2 IS 'Superficie en kilomètres carrés.';

COMMENT ON TABLE lieu IS 'Un lieu d’accueil : mairie (à défaut de l’adresse du CCAS), France services.';
COMMENT ON COLUMN lieu.code IS 'Type et identifiant du producteur : mairie-93010, france_services-549.';
COMMENT ON COLUMN lieu.type IS 'mairie ou france_services.';
COMMENT ON COLUMN lieu.nom IS 'Nom du lieu ; pour une mairie, celui de la commune.';
COMMENT ON COLUMN lieu.adresse IS 'Adresse.';
COMMENT ON COLUMN lieu.code_commune IS 'Commune d’aujourd’hui où il se trouve.';
COMMENT ON COLUMN lieu.lon IS 'Longitude, en degrés ; vide : voir motif.';
COMMENT ON COLUMN lieu.lat IS 'Latitude, en degrés ; vide : voir motif.';
COMMENT ON COLUMN lieu.motif IS
    'Pourquoi il n’est pas placé : itinerant, ou hors_commune (le point du producteur est ailleurs).';
COMMENT ON COLUMN lieu.source IS 'Code de la source.';

COMMENT ON TABLE source IS 'Un jeu de données à un millésime : d’où viennent les chiffres.';
COMMENT ON COLUMN source.code IS 'Code de la source : un jeu à un millésime.';
COMMENT ON COLUMN source.jeu IS 'Code du jeu de données, tous millésimes confondus.';
COMMENT ON COLUMN source.producteur IS 'Qui publie.';
COMMENT ON COLUMN source.nom IS 'Nom du jeu de données.';
COMMENT ON COLUMN source.millesime IS 'Année que décrivent les chiffres.';
COMMENT ON COLUMN source.geographie IS 'Année de la géographie communale du fichier.';
COMMENT ON COLUMN source.fichier IS 'Fichier lu.';
COMMENT ON COLUMN source.url IS 'Page du producteur.';
COMMENT ON COLUMN source.licence IS 'Licence de réutilisation.';
COMMENT ON COLUMN source.publie_le IS 'Date de publication par le producteur ; vide : non connue.';
COMMENT ON COLUMN source.obtenu_le IS 'Date à laquelle le fichier a été obtenu.';
COMMENT ON COLUMN source.sha256 IS 'Empreinte SHA-256 du fichier lu.';

COMMENT ON TABLE theme IS 'Un chapitre du catalogue.';
COMMENT ON COLUMN theme.code IS 'Code du thème.';
COMMENT ON COLUMN theme.libelle IS 'Nom du thème.';
COMMENT ON COLUMN theme.ordre IS 'Ordre de présentation.';

COMMENT ON TABLE indicateur IS 'La fiche d’un indicateur.';
COMMENT ON COLUMN indicateur.code IS 'Code de l’indicateur.';
COMMENT ON COLUMN indicateur.theme IS 'Code du thème.';
COMMENT ON COLUMN indicateur.publics IS 'Publics concernés.';
COMMENT ON COLUMN indicateur.libelle IS 'Nom de l’indicateur.';
COMMENT ON COLUMN indicateur.definition IS 'Ce que le chiffre compte, en clair.';
COMMENT ON COLUMN indicateur.unite IS 'Unité de la valeur.';
COMMENT ON COLUMN indicateur.decimales IS 'Nombre de décimales montrées.';
COMMENT ON COLUMN indicateur.sens IS 'favorable, defavorable ou neutre : ce que dit une valeur plus élevée.';
COMMENT ON COLUMN indicateur.sens_pourquoi IS 'Pourquoi ce sens.';
COMMENT ON COLUMN indicateur.agregation IS
    'somme, ratio (Σ numérateurs / Σ dénominateurs), approchee (moyenne pondérée) ou aucune.';
COMMENT ON COLUMN indicateur.forme IS 'simple, ou evolution (croissance moyenne par an).';
COMMENT ON COLUMN indicateur.numerateur IS
    'Formule du numérateur, dans les noms de colonnes du producteur ; {aa} est le millésime.';
COMMENT ON COLUMN indicateur.numerateur_libelle IS 'Numérateur en clair.';
COMMENT ON COLUMN indicateur.denominateur IS 'Formule du dénominateur.';
COMMENT ON COLUMN indicateur.denominateur_libelle IS 'Dénominateur en clair.';
COMMENT ON COLUMN indicateur.poids IS 'Formule du poids d’une moyenne pondérée.';
COMMENT ON COLUMN indicateur.poids_libelle IS 'Poids en clair.';
COMMENT ON COLUMN indicateur.facteur IS 'Ce par quoi le résultat est multiplié : 100 pour un pourcentage.';
COMMENT ON COLUMN indicateur.duree IS 'Durée en années, pour une évolution.';
COMMENT ON COLUMN indicateur.ecart_annees IS 'Écart permis, en années, entre numérateur et dénominateur.';
COMMENT ON COLUMN indicateur.etendue IS 'Plus petite et plus grande valeurs possibles.';
COMMENT ON COLUMN indicateur.niveau IS 'Type des territoires qui ont une ligne : commune (et au-dessus), iris ou qpv.';
COMMENT ON COLUMN indicateur.equivalent IS 'Indicateur des communes qui dit la même chose.';
COMMENT ON COLUMN indicateur.base IS 'Effectif sans lequel il n’y a pas de valeur, dans les colonnes du producteur.';
COMMENT ON COLUMN indicateur.base_libelle IS 'Ce même effectif, en mots.';
COMMENT ON COLUMN indicateur.base_min IS 'Effectif minimum pour qu’une valeur soit calculée.';
COMMENT ON COLUMN indicateur.phare IS 'Vrai pour un indicateur clé.';
COMMENT ON COLUMN indicateur.incertitude IS
    'Méthode des bornes indicatives : wilson_rp (recensement), byar (faits de l’année), ou rien.';
COMMENT ON COLUMN indicateur.effet_plan IS
    'Effet de plan de sondage retenu pour les bornes du recensement (2 au moins).';
COMMENT ON COLUMN indicateur.nature IS
    'Ce que compte le numérateur : flux (faits de l’année), stock (présents à une date), ou rien.';
COMMENT ON COLUMN indicateur.effectif IS
    'Vrai pour un nombre de personnes ou de choses, qui ne se compare pas d’une taille à une autre.';
COMMENT ON COLUMN indicateur.precaution IS 'Ce qu’il faut savoir avant de s’en servir.';
COMMENT ON COLUMN indicateur.comparabilite IS
    'Les années disponibles, et ce que l’on peut comparer d’une année à l’autre.';
COMMENT ON COLUMN indicateur.ruptures IS
    'Années à partir desquelles la série ne se prolonge pas tout à fait (annee), et pourquoi (mot).';
COMMENT ON COLUMN indicateur.tendance IS
    'Test de tendance : proportion, nombres (nombre ou rapport de nombres), ou rien.';
COMMENT ON COLUMN indicateur.echelle IS
    'rapport (le zéro a un sens), ou intervalle (un indice : ses écarts se disent en points).';
COMMENT ON COLUMN indicateur.source IS 'Code de la source la plus récente.';
COMMENT ON COLUMN indicateur.etat IS 'disponible, ou en_attente d’un accord avec un partenaire.';
COMMENT ON COLUMN indicateur.partenaire IS 'Pour un indicateur en attente : qui détient les données.';
COMMENT ON COLUMN indicateur.fichier_attendu IS 'Pour un indicateur en attente : le fichier à obtenir.';
COMMENT ON COLUMN indicateur.ordre IS 'Ordre de présentation.';

COMMENT ON TABLE observation IS 'Un chiffre, ou la raison de son absence.';
COMMENT ON COLUMN observation.territoire IS 'Code du territoire.';
COMMENT ON COLUMN observation.indicateur IS 'Code de l’indicateur.';
COMMENT ON COLUMN observation.annee IS 'Année du chiffre ; pour une évolution, la dernière de la période.';
COMMENT ON COLUMN observation.valeur IS
    'Valeur, dans l’unité de l’indicateur ; vide si elle est secrète, non calculable ou manquante.';
COMMENT ON COLUMN observation.numerateur IS 'Numérateur de la formule, là où il est connu.';
COMMENT ON COLUMN observation.denominateur IS 'Dénominateur ou somme des poids, quand la valeur est calculée.';
COMMENT ON COLUMN observation.borne_basse IS 'Borne basse de l’intervalle.';
COMMENT ON COLUMN observation.borne_haute IS
    'Borne haute de l’intervalle, ou borne donnée par le producteur (statut censure).';
COMMENT ON COLUMN observation.statut IS
    'publie, calcule, approche, censure (le producteur ne donne qu’une borne), secret, non_calculable, manquant.';
COMMENT ON COLUMN observation.source IS 'Code de la source du chiffre ou de son numérateur.';
COMMENT ON COLUMN observation.annee_denominateur IS 'Année du dénominateur ou du poids, là où il y en a un.';
COMMENT ON COLUMN observation.source_denominateur IS 'Code de la source du dénominateur.';
COMMENT ON COLUMN observation.valeur_membres IS
    'Valeur recalculée à partir des communes, quand elle diffère de la valeur publiée.';
COMMENT ON COLUMN observation.motif IS 'Raison d’une absence.';
COMMENT ON COLUMN observation.annee_debut IS 'Pour une évolution, la première année de la période ; vide sinon.';
COMMENT ON COLUMN observation.arrondi IS
    'Pas auquel le chiffre se lit : celui du producteur, ou le rang que la marge laisse lire ; vide : aucun arrondi connu.';
COMMENT ON COLUMN observation.marge IS
    'Demi-largeur de l’arrondi : le chiffre non arrondi est à plus ou moins cette marge.';

COMMENT ON TABLE fait IS 'Un chiffre tel que le producteur l’a publié, à la géographie de son fichier.';
COMMENT ON COLUMN fait.source IS 'Code de la source.';
COMMENT ON COLUMN fait.territoire IS 'Code du territoire, à la géographie du fichier.';
COMMENT ON COLUMN fait.annee IS 'Millésime.';
COMMENT ON COLUMN fait.variable IS 'Nom de la colonne du producteur ; {aa} y tient lieu de millésime.';
COMMENT ON COLUMN fait.valeur IS 'Valeur publiée ; vide si elle est secrète ou manquante.';
COMMENT ON COLUMN fait.statut IS
    'publie, secret, manquant, censure, ou somme (additionné ici sur les communes du fichier).';

COMMENT ON TABLE controle IS 'Un contrôle de qualité et son résultat.';
COMMENT ON COLUMN controle.code IS 'Code du contrôle.';
COMMENT ON COLUMN controle.libelle IS 'Ce qui est vérifié.';
COMMENT ON COLUMN controle.gravite IS 'erreur (la construction s’arrête) ou avertissement.';
COMMENT ON COLUMN controle.resultat IS 'conforme ou ecart.';
COMMENT ON COLUMN controle.detail IS 'Les écarts trouvés, en une phrase.';
COMMENT ON COLUMN controle.date IS 'Jour du contrôle.';
COMMENT ON COLUMN controle.examines IS 'Combien de choses ont été regardées.';
COMMENT ON COLUMN controle.objet IS 'Ce qui a été regardé, au singulier : chiffre, somme, comparaison.';
COMMENT ON COLUMN controle.ecarts IS 'Tous les écarts trouvés : indicateurs (codes), texte (ce qui en est dit).';

COMMENT ON TABLE rectificatif IS 'Un chiffre ou des mots montrés, qui étaient faux : ce qu’ils étaient, ce qu’ils sont.';
COMMENT ON COLUMN rectificatif.rang IS 'Rang, du plus récent au plus ancien.';
COMMENT ON COLUMN rectificatif.date IS 'Jour de la correction.';
COMMENT ON COLUMN rectificatif.indicateurs IS 'Codes des indicateurs corrigés.';
COMMENT ON COLUMN rectificatif.territoire IS 'Code du territoire ; vide : tous.';
COMMENT ON COLUMN rectificatif.annee IS 'Année du chiffre corrigé ; vide : toutes.';
COMMENT ON COLUMN rectificatif.avant IS
    'Chiffre montré avant ; vide : ce sont les mots, ou toute une série, qui étaient faux.';
COMMENT ON COLUMN rectificatif.apres IS 'Chiffre montré depuis ; vide : il n’est plus montré.';
COMMENT ON COLUMN rectificatif.pourquoi IS 'Ce qui était faux, et pourquoi.';

COMMENT ON TABLE construction IS 'Une construction de l’entrepôt.';
COMMENT ON COLUMN construction.construit_le IS 'Date et heure (temps universel).';
COMMENT ON COLUMN construction.version IS 'Version de l’ETL.';
COMMENT ON COLUMN construction.duree_s IS 'Durée en secondes.';
COMMENT ON COLUMN construction.sources IS 'Nombre de sources.';
COMMENT ON COLUMN construction.controles_echoues IS 'Nombre de contrôles qui ont trouvé un écart.';
COMMENT ON COLUMN construction.origine IS 'instantane (livré avec le projet) ou fichiers (des producteurs).';
COMMENT ON COLUMN construction.empreinte IS 'Empreinte du catalogue, du SQL et de l’instantané.';

COMMIT;
