-- Les tables du réseau, les mêmes dans reseau.duckdb (tout) et reseau_public.duckdb (ce que chacun peut lire).

CREATE TABLE edition (
    numero INTEGER PRIMARY KEY,
    publiee_le TIMESTAMP NOT NULL
);
CREATE TABLE rubrique (
    modele VARCHAR NOT NULL,
    version INTEGER NOT NULL,
    code VARCHAR NOT NULL,
    ordre INTEGER NOT NULL,
    chapitre VARCHAR NOT NULL,
    libelle VARCHAR NOT NULL,
    genre VARCHAR NOT NULL,
    definition VARCHAR NOT NULL,
    niveau VARCHAR NOT NULL,
    unite VARCHAR,
    nature VARCHAR,
    public VARCHAR[] NOT NULL,
    reference VARCHAR,
    diffusion VARCHAR NOT NULL,
    compte_de_personnes BOOLEAN NOT NULL,
    suit VARCHAR,
    additive BOOLEAN NOT NULL
);
CREATE TABLE perimetre (
    exercice INTEGER NOT NULL,
    type VARCHAR NOT NULL,
    code VARCHAR NOT NULL,
    territoire VARCHAR NOT NULL,
    population DOUBLE
);
CREATE TABLE depot (
    code VARCHAR NOT NULL,
    territoire VARCHAR NOT NULL,
    modele VARCHAR NOT NULL,
    version INTEGER NOT NULL,
    exercice INTEGER NOT NULL,
    recu_le TIMESTAMP NOT NULL,
    statut VARCHAR NOT NULL,
    sha256 VARCHAR,
    demonstration BOOLEAN NOT NULL
);
CREATE TABLE reponse (
    modele VARCHAR NOT NULL,
    territoire VARCHAR NOT NULL,
    exercice INTEGER NOT NULL,
    rubrique VARCHAR NOT NULL,
    rang INTEGER NOT NULL,
    valeur DOUBLE,
    texte VARCHAR,
    statut VARCHAR NOT NULL,
    note VARCHAR,
    unite VARCHAR,
    methode VARCHAR,
    diffusion VARCHAR NOT NULL,
    demonstration BOOLEAN NOT NULL,
    depot VARCHAR NOT NULL
);
CREATE TABLE somme (
    modele VARCHAR NOT NULL,
    exercice INTEGER NOT NULL,
    rubrique VARCHAR NOT NULL,
    unite VARCHAR,
    type VARCHAR NOT NULL,
    code VARCHAR NOT NULL,
    valeur DOUBLE,
    statut VARCHAR NOT NULL,
    nombre INTEGER NOT NULL,
    nombre_possible INTEGER NOT NULL,
    population_couverte DOUBLE,
    methodes INTEGER NOT NULL,
    demonstration BOOLEAN NOT NULL
);

COMMENT ON TABLE edition IS 'Une publication des tables du réseau, à la confirmation d’un dépôt.';
COMMENT ON COLUMN edition.numero IS 'Numéro, de un en un.';
COMMENT ON COLUMN edition.publiee_le IS 'Quand ces tables ont été faites (temps universel).';

COMMENT ON TABLE rubrique IS 'Une ligne d’un questionnaire, ou une colonne d’un de ses tableaux, à une version.';
COMMENT ON COLUMN rubrique.modele IS 'Code du modèle de questionnaire.';
COMMENT ON COLUMN rubrique.version IS 'Version du modèle.';
COMMENT ON COLUMN rubrique.code IS 'Code de la ligne ; TABLEAU.COLONNE pour la colonne d’un tableau.';
COMMENT ON COLUMN rubrique.ordre IS 'Rang dans le questionnaire.';
COMMENT ON COLUMN rubrique.chapitre IS 'Code du chapitre.';
COMMENT ON COLUMN rubrique.libelle IS 'Libellé.';
COMMENT ON COLUMN rubrique.genre IS
    'entier, decimal, montant, pourcentage, date, oui_non, choix, choix_multiple, texte, texte_long, fichier, identite ou tableau.';
COMMENT ON COLUMN rubrique.definition IS 'Ce qui est compté, et comment.';
COMMENT ON COLUMN rubrique.niveau IS 'premiere (demandée en premier), coeur ou option.';
COMMENT ON COLUMN rubrique.unite IS 'Unité ; vide quand la réponse la choisit, ou qu’il n’y en a pas.';
COMMENT ON COLUMN rubrique.nature IS 'flux (de l’année), stock (à sa fin), ou vide.';
COMMENT ON COLUMN rubrique.public IS 'Publics concernés.';
COMMENT ON COLUMN rubrique.reference IS 'Texte de loi ou source de la définition.';
COMMENT ON COLUMN rubrique.diffusion IS 'reseau ou public : ce qui est proposé au CCAS, qui choisit ; loi : publique de droit.';
COMMENT ON COLUMN rubrique.compte_de_personnes IS 'Vrai quand le secret statistique couvre ses petites valeurs.';
COMMENT ON COLUMN rubrique.suit IS 'Ligne dont celle-ci est le montant ou le rapport ; cachée avec elle.';
COMMENT ON COLUMN rubrique.additive IS 'Vrai quand ses valeurs s’additionnent d’un CCAS à l’autre.';

COMMENT ON TABLE perimetre IS 'Quels CCAS font un territoire, une année donnée.';
COMMENT ON COLUMN perimetre.exercice IS 'Année.';
COMMENT ON COLUMN perimetre.type IS 'commune (née d’une fusion, avant celle-ci), ept ou departement.';
COMMENT ON COLUMN perimetre.code IS 'Code du territoire dont on fait la somme.';
COMMENT ON COLUMN perimetre.territoire IS 'Code du territoire d’un CCAS qui en fait partie.';
COMMENT ON COLUMN perimetre.population IS 'Habitants de ce territoire, l’année la plus proche qui n’est pas après ; vide : non connus.';

COMMENT ON TABLE depot IS 'Un dépôt confirmé.';
COMMENT ON COLUMN depot.code IS 'Code du dépôt : modèle, territoire, exercice, et demonstration s’il y a lieu.';
COMMENT ON COLUMN depot.territoire IS 'Code INSEE de la commune du CCAS, sinon un SIREN.';
COMMENT ON COLUMN depot.modele IS 'Code du modèle de questionnaire.';
COMMENT ON COLUMN depot.version IS 'Version du modèle.';
COMMENT ON COLUMN depot.exercice IS 'Année décrite.';
COMMENT ON COLUMN depot.recu_le IS 'Date de réception (temps universel).';
COMMENT ON COLUMN depot.statut IS 'confirme.';
COMMENT ON COLUMN depot.sha256 IS
    'Empreinte du fichier reçu ; vide dans le fichier public : elle permettrait de vérifier une valeur devinée.';
COMMENT ON COLUMN depot.demonstration IS 'Vrai pour un dépôt inventé.';

COMMENT ON TABLE reponse IS 'Une réponse à un questionnaire.';
COMMENT ON COLUMN reponse.modele IS 'Code du modèle de questionnaire.';
COMMENT ON COLUMN reponse.territoire IS 'Code INSEE de la commune du CCAS, sinon un SIREN.';
COMMENT ON COLUMN reponse.exercice IS 'Année décrite.';
COMMENT ON COLUMN reponse.rubrique IS 'Code de la ligne, ou TABLEAU.COLONNE.';
COMMENT ON COLUMN reponse.rang IS 'Rang dans un tableau, à partir de 1 ; 0 hors d’un tableau.';
COMMENT ON COLUMN reponse.valeur IS
    'Nombre, pourcentage de 0 à 100, oui (1) ou non (0) ; vide : voir statut. Une absence n’est jamais un zéro.';
COMMENT ON COLUMN reponse.texte IS 'Texte, date (AAAA-MM-JJ), codes des choix, adresse d’un fichier.';
COMMENT ON COLUMN reponse.statut IS 'renseigne, non_concerne, non_suivi, a_venir ; secret dans le fichier public.';
COMMENT ON COLUMN reponse.note IS 'Note du CCAS ; vide dans le fichier public.';
COMMENT ON COLUMN reponse.unite IS 'Unité choisie, quand la ligne en offre plusieurs.';
COMMENT ON COLUMN reponse.methode IS 'Méthode de comptage choisie, quand la ligne en offre plusieurs.';
COMMENT ON COLUMN reponse.diffusion IS 'reseau, ou public (choix du CCAS, ou loi).';
COMMENT ON COLUMN reponse.demonstration IS 'Vrai pour une réponse inventée.';
COMMENT ON COLUMN reponse.depot IS 'Code du dépôt.';

COMMENT ON TABLE somme IS 'La somme d’une ligne pour un territoire : réel et démonstration à part.';
COMMENT ON COLUMN somme.modele IS 'Code du modèle de questionnaire.';
COMMENT ON COLUMN somme.exercice IS 'Année décrite.';
COMMENT ON COLUMN somme.rubrique IS 'Code de la ligne ; les rangs d’un tableau sont additionnés.';
COMMENT ON COLUMN somme.unite IS 'Unité choisie, quand la ligne en offre plusieurs : une somme par unité.';
COMMENT ON COLUMN somme.type IS 'commune (née d’une fusion, avant celle-ci), ept ou departement.';
COMMENT ON COLUMN somme.code IS 'Code du territoire.';
COMMENT ON COLUMN somme.valeur IS 'Somme des réponses chiffrées ; vide : voir statut.';
COMMENT ON COLUMN somme.statut IS 'calcule, secret (fichier public) ou non_calculable.';
COMMENT ON COLUMN somme.nombre IS 'Nombre de CCAS qui ont donné un nombre.';
COMMENT ON COLUMN somme.nombre_possible IS 'Nombre de CCAS du territoire cette année-là.';
COMMENT ON COLUMN somme.population_couverte IS
    'Part de la population du territoire où le CCAS a donné un nombre, en % ; vide : non connue.';
COMMENT ON COLUMN somme.methodes IS
    'Nombre de méthodes de comptage différentes parmi les réponses additionnées ; au-delà de 1, lire avec prudence.';
COMMENT ON COLUMN somme.demonstration IS 'Vrai pour une somme de réponses inventées.';
