-- Tables publiques de l'entrepôt. Leurs noms sont un contrat : API, exports et SQL des lecteurs s'en servent.
-- La table fait (etl/tables.py) est gardée avec elles : chaque chiffre se recalcule des relevés des producteurs.

CREATE TABLE territoire (
    code VARCHAR PRIMARY KEY,
    type VARCHAR NOT NULL CHECK (
        type IN (
            'commune', 'ept', 'departement', 'region', 'pays', 'commune_historique', 'iris', 'iris_historique', 'qpv'
        )
    ),
    nom VARCHAR NOT NULL,
    code_court VARCHAR,
    code_ept VARCHAR,
    code_departement VARCHAR,
    code_region VARCHAR,
    valide_du DATE,
    valide_au DATE,
    successeur VARCHAR,
    code_commune VARCHAR,
    communes VARCHAR[]
);

CREATE TABLE geometrie (
    code VARCHAR PRIMARY KEY,
    geojson VARCHAR NOT NULL,
    lon DOUBLE NOT NULL,
    lat DOUBLE NOT NULL,
    surface_km2 DOUBLE NOT NULL
);

CREATE TABLE lieu (
    code VARCHAR PRIMARY KEY,
    type VARCHAR NOT NULL CHECK (type IN ('mairie', 'france_services')),
    nom VARCHAR NOT NULL,
    adresse VARCHAR,
    code_commune VARCHAR NOT NULL,
    lon DOUBLE,
    lat DOUBLE,
    motif VARCHAR CHECK (motif IN ('itinerant', 'hors_commune')),
    source VARCHAR NOT NULL,
    CHECK ((lon IS NULL) = (motif IS NOT NULL) AND (lat IS NULL) = (motif IS NOT NULL))
);

CREATE TABLE source (
    code VARCHAR PRIMARY KEY,
    jeu VARCHAR NOT NULL,
    producteur VARCHAR NOT NULL,
    nom VARCHAR NOT NULL,
    millesime INTEGER NOT NULL,
    geographie INTEGER NOT NULL,
    fichier VARCHAR NOT NULL,
    url VARCHAR,
    licence VARCHAR NOT NULL,
    publie_le DATE,
    obtenu_le DATE,
    sha256 VARCHAR NOT NULL
);

CREATE TABLE theme (
    code VARCHAR PRIMARY KEY,
    libelle VARCHAR NOT NULL,
    ordre INTEGER NOT NULL
);

CREATE TABLE indicateur (
    code VARCHAR PRIMARY KEY,
    theme VARCHAR NOT NULL REFERENCES theme (code),
    publics VARCHAR[] NOT NULL,
    libelle VARCHAR NOT NULL,
    definition VARCHAR NOT NULL,
    unite VARCHAR NOT NULL,
    decimales INTEGER NOT NULL CHECK (decimales BETWEEN 0 AND 3),
    sens VARCHAR NOT NULL CHECK (sens IN ('favorable', 'defavorable', 'neutre')),
    sens_pourquoi VARCHAR NOT NULL,
    agregation VARCHAR NOT NULL CHECK (agregation IN ('somme', 'ratio', 'approchee', 'aucune')),
    forme VARCHAR NOT NULL CHECK (forme IN ('simple', 'evolution')),
    numerateur VARCHAR,
    numerateur_libelle VARCHAR,
    denominateur VARCHAR,
    denominateur_libelle VARCHAR,
    poids VARCHAR,
    poids_libelle VARCHAR,
    facteur DOUBLE NOT NULL,
    duree INTEGER,
    ecart_annees INTEGER NOT NULL,
    etendue DOUBLE[] NOT NULL,
    incertitude VARCHAR NOT NULL DEFAULT '' CHECK (incertitude IN ('', 'wilson_rp', 'byar')),
    effet_plan DOUBLE NOT NULL DEFAULT 1,
    nature VARCHAR NOT NULL DEFAULT '' CHECK (nature IN ('', 'flux', 'stock')),
    phare BOOLEAN NOT NULL,
    effectif BOOLEAN NOT NULL,
    precaution VARCHAR,
    comparabilite VARCHAR,
    ruptures STRUCT(annee INTEGER, mot VARCHAR)[] NOT NULL DEFAULT [],
    tendance VARCHAR NOT NULL DEFAULT '' CHECK (tendance IN ('', 'proportion', 'nombres')),
    echelle VARCHAR NOT NULL DEFAULT 'rapport' CHECK (echelle IN ('rapport', 'intervalle')),
    source VARCHAR NOT NULL,
    niveau VARCHAR NOT NULL DEFAULT 'commune' CHECK (niveau IN ('commune', 'departement', 'iris', 'qpv')),
    equivalent VARCHAR,
    base VARCHAR,
    base_libelle VARCHAR,
    base_min DOUBLE NOT NULL DEFAULT 0,
    etat VARCHAR NOT NULL CHECK (etat IN ('disponible', 'en_attente')),
    partenaire VARCHAR,
    fichier_attendu VARCHAR,
    ordre INTEGER NOT NULL
);

-- Clé : territoire, indicateur, annee. Un contrôle la prouve (etl/checks_keys.py), au lieu d'un index qui coûterait plus
-- que le reste de l'écriture et ne servirait à aucune question.
-- De même, ce que valent statut, arrondi et marge est vérifié d'un coup, une fois la table remplie (etl/transform), au
-- lieu de l'être à chaque ligne.
-- Textes compressés en dictionnaire, sans essayer les autres façons : un quart de l'écriture, même taille.
CREATE TABLE observation (
    territoire VARCHAR NOT NULL USING COMPRESSION dictionary,
    indicateur VARCHAR NOT NULL USING COMPRESSION dictionary,
    annee INTEGER NOT NULL,
    valeur DOUBLE,
    numerateur DOUBLE,
    denominateur DOUBLE,
    borne_basse DOUBLE,
    borne_haute DOUBLE,
    statut VARCHAR NOT NULL USING COMPRESSION dictionary,
    source VARCHAR NOT NULL USING COMPRESSION dictionary,
    annee_denominateur INTEGER,
    source_denominateur VARCHAR USING COMPRESSION dictionary,
    valeur_membres DOUBLE,
    motif VARCHAR USING COMPRESSION dictionary,
    annee_debut INTEGER,
    arrondi DOUBLE,
    marge DOUBLE
);

CREATE TABLE controle (
    code VARCHAR NOT NULL,
    libelle VARCHAR NOT NULL,
    gravite VARCHAR NOT NULL CHECK (gravite IN ('erreur', 'avertissement')),
    resultat VARCHAR NOT NULL CHECK (resultat IN ('conforme', 'ecart')),
    detail VARCHAR NOT NULL,
    date DATE NOT NULL,
    examines BIGINT NOT NULL,
    objet VARCHAR NOT NULL,
    ecarts STRUCT(indicateurs VARCHAR[], texte VARCHAR)[] NOT NULL
);

CREATE TABLE rectificatif (
    rang INTEGER PRIMARY KEY,
    date DATE NOT NULL,
    indicateurs VARCHAR[] NOT NULL,
    territoire VARCHAR,
    annee INTEGER,
    avant DOUBLE,
    apres DOUBLE,
    pourquoi VARCHAR NOT NULL
);

CREATE TABLE construction (
    construit_le TIMESTAMP NOT NULL,
    version VARCHAR NOT NULL,
    duree_s DOUBLE NOT NULL,
    sources INTEGER NOT NULL,
    controles_echoues INTEGER NOT NULL,
    origine VARCHAR NOT NULL CHECK (origine IN ('instantane', 'fichiers')),
    empreinte VARCHAR NOT NULL
);
