-- Ce que seul reseau.duckdb tient : de quoi reprendre un dépôt inchangé, et ce que les éditions passées ont publié.

ALTER TABLE depot ADD COLUMN revision VARCHAR;
CREATE TABLE masque (
    modele VARCHAR NOT NULL,
    exercice INTEGER NOT NULL,
    demonstration BOOLEAN NOT NULL,
    rubrique VARCHAR NOT NULL,
    unite VARCHAR NOT NULL,
    type VARCHAR NOT NULL,
    code VARCHAR NOT NULL,
    rang INTEGER NOT NULL,
    motif VARCHAR NOT NULL
);
CREATE TABLE histoire (
    modele VARCHAR NOT NULL,
    exercice INTEGER NOT NULL,
    demonstration BOOLEAN NOT NULL,
    rubrique VARCHAR NOT NULL,
    unite VARCHAR NOT NULL,
    territoire VARCHAR NOT NULL,
    rang INTEGER NOT NULL,
    valeur DOUBLE,
    depuis INTEGER NOT NULL,
    jusque INTEGER NOT NULL,
    connue BOOLEAN NOT NULL
);
CREATE TABLE somme_publiee (
    modele VARCHAR NOT NULL,
    exercice INTEGER NOT NULL,
    demonstration BOOLEAN NOT NULL,
    rubrique VARCHAR NOT NULL,
    unite VARCHAR NOT NULL,
    type VARCHAR NOT NULL,
    code VARCHAR NOT NULL,
    edition INTEGER NOT NULL,
    empreinte UBIGINT NOT NULL
);
CREATE TABLE lot (
    modele VARCHAR NOT NULL,
    exercice INTEGER NOT NULL,
    demonstration BOOLEAN NOT NULL,
    empreinte VARCHAR NOT NULL
);

COMMENT ON COLUMN depot.revision IS 'Change avec tout ce que le registre garde du dépôt.';

COMMENT ON TABLE masque IS 'Ce que le fichier public ne montre pas d’une réponse publique ou d’une somme, et pourquoi.';
COMMENT ON COLUMN masque.modele IS 'Code du modèle de questionnaire.';
COMMENT ON COLUMN masque.exercice IS 'Année décrite.';
COMMENT ON COLUMN masque.demonstration IS 'Vrai pour des réponses inventées.';
COMMENT ON COLUMN masque.rubrique IS 'Code de la ligne.';
COMMENT ON COLUMN masque.unite IS 'Unité choisie ; « » quand la ligne n’en offre qu’une.';
COMMENT ON COLUMN masque.type IS 'ccas pour une réponse, sinon le type du territoire de la somme.';
COMMENT ON COLUMN masque.code IS 'Code du territoire.';
COMMENT ON COLUMN masque.rang IS 'Rang dans un tableau, sinon 0.';
COMMENT ON COLUMN masque.motif IS
    'primaire (petit nombre de personnes), lie (montant ou rapport d’un nombre caché), complementaire (en révélerait un autre).';

COMMENT ON TABLE histoire IS 'Les valeurs qui se sont suivies, d’une édition à l’autre.';
COMMENT ON COLUMN histoire.modele IS 'Code du modèle de questionnaire.';
COMMENT ON COLUMN histoire.exercice IS 'Année décrite.';
COMMENT ON COLUMN histoire.demonstration IS 'Vrai pour une valeur inventée.';
COMMENT ON COLUMN histoire.rubrique IS 'Code de la ligne.';
COMMENT ON COLUMN histoire.unite IS 'Unité choisie ; « » quand la ligne n’en offre qu’une.';
COMMENT ON COLUMN histoire.territoire IS 'Code du territoire du CCAS.';
COMMENT ON COLUMN histoire.rang IS 'Rang dans un tableau, sinon 0.';
COMMENT ON COLUMN histoire.valeur IS 'Valeur ; vide : non concerné.';
COMMENT ON COLUMN histoire.depuis IS 'Première édition où elle a valu.';
COMMENT ON COLUMN histoire.jusque IS 'Première édition où elle n’a plus valu ; 0 : elle vaut toujours.';
COMMENT ON COLUMN histoire.connue IS 'Vrai quand une édition publique l’a montrée.';

COMMENT ON TABLE somme_publiee IS 'Les sommes que les éditions publiques ont montrées, à la première où elles valaient.';
COMMENT ON COLUMN somme_publiee.modele IS 'Code du modèle de questionnaire.';
COMMENT ON COLUMN somme_publiee.exercice IS 'Année décrite.';
COMMENT ON COLUMN somme_publiee.demonstration IS 'Vrai pour une somme de réponses inventées.';
COMMENT ON COLUMN somme_publiee.rubrique IS 'Code de la ligne.';
COMMENT ON COLUMN somme_publiee.unite IS 'Unité choisie ; « » quand la ligne n’en offre qu’une.';
COMMENT ON COLUMN somme_publiee.type IS 'Type du territoire.';
COMMENT ON COLUMN somme_publiee.code IS 'Code du territoire.';
COMMENT ON COLUMN somme_publiee.edition IS 'Numéro de l’édition.';
COMMENT ON COLUMN somme_publiee.empreinte IS 'Empreinte des valeurs additionnées.';

COMMENT ON TABLE lot IS 'Un modèle et une année, réels ou de démonstration : ce que le secret examine ensemble.';
COMMENT ON COLUMN lot.modele IS 'Code du modèle de questionnaire.';
COMMENT ON COLUMN lot.exercice IS 'Année décrite.';
COMMENT ON COLUMN lot.demonstration IS 'Vrai pour des réponses inventées.';
COMMENT ON COLUMN lot.empreinte IS 'Empreinte de tout ce dont dépend ce qui est caché.';
