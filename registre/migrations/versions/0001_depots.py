"""The first schema: deposits, revisions, answers, files, audit, accounts, comments, settings."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "commentaire",
        sa.Column("numero", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("modele", sa.Text(), nullable=False),
        sa.Column("rubrique", sa.Text(), nullable=False),
        sa.Column("texte", sa.Text(), nullable=False),
        sa.Column("ecrit_le", sa.DateTime(), nullable=False),
        sa.Column("courriel", sa.Text(), nullable=False),
        sa.Column("nom", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("ouvert", sa.Boolean(), nullable=False),
        sa.Column("ferme_le", sa.DateTime(), nullable=True),
        sa.Column("ferme_par", sa.Text(), nullable=True),
        sa.Column("conclusion", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("numero", name=op.f("pk_commentaire")),
    )
    op.create_index(op.f("ix_commentaire_modele"), "commentaire", ["modele", "rubrique"])

    op.create_table(
        "compte",
        sa.Column("courriel", sa.Text(), nullable=False),
        sa.Column("nom", sa.Text(), nullable=False),
        sa.Column("actif", sa.Boolean(), nullable=False),
        sa.Column("epoque", sa.Integer(), nullable=False),
        sa.Column("cree_le", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("courriel", name=op.f("pk_compte")),
    )
    op.create_table(
        "compteur",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("empreinte", sa.Text(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_compteur_une_ligne")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_compteur")),
    )
    op.create_table(
        "depot",
        sa.Column("numero", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("modele", sa.Text(), nullable=False),
        sa.Column("territoire", sa.Text(), nullable=False),
        sa.Column("exercice", sa.Integer(), nullable=False),
        sa.Column("etape", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("confirmee", sa.Integer(), nullable=True),
        sa.Column("avant_retrait", sa.Text(), nullable=True),
        sa.Column("motif", sa.Text(), nullable=True),
        sa.Column("cree_le", sa.DateTime(), nullable=False),
        sa.Column("modifie_le", sa.DateTime(), nullable=False),
        sa.Column("courriel", sa.Text(), nullable=False),
        sa.Column("nom", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("numero", name=op.f("pk_depot")),
        sa.UniqueConstraint("modele", "territoire", "exercice", name=op.f("uq_depot_modele")),
    )
    op.create_table(
        "fichier",
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("nom", sa.Text(), nullable=False),
        sa.Column("taille", sa.Integer(), nullable=False),
        sa.Column("recu_le", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_fichier")),
    )
    op.create_table(
        "invitation",
        sa.Column("numero", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("empreinte", sa.Text(), nullable=False),
        sa.Column("courriel", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("territoire", sa.Text(), nullable=False),
        sa.Column("cree_le", sa.DateTime(), nullable=False),
        sa.Column("cree_par", sa.Text(), nullable=False),
        sa.Column("expire_le", sa.DateTime(), nullable=False),
        sa.Column("acceptee_le", sa.DateTime(), nullable=True),
        sa.Column("annulee_le", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("numero", name=op.f("pk_invitation")),
        sa.UniqueConstraint("empreinte", name=op.f("uq_invitation_empreinte")),
    )
    op.create_table(
        "journal",
        sa.Column("numero", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("quand", sa.DateTime(), nullable=False),
        sa.Column("courriel", sa.Text(), nullable=False),
        sa.Column("nom", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("objet", sa.Text(), nullable=False),
        sa.Column("cle", sa.Text(), nullable=False),
        sa.Column("avant", sa.Text(), nullable=True),
        sa.Column("apres", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("empreinte", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("numero", name=op.f("pk_journal")),
    )
    op.create_index(op.f("ix_journal_objet"), "journal", ["objet", "cle"])

    op.create_table(
        "reglage",
        sa.Column("cle", sa.Text(), nullable=False),
        sa.Column("valeur", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("cle", name=op.f("pk_reglage")),
    )
    op.create_table(
        "attribution",
        sa.Column("courriel", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("territoire", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["courriel"], ["compte.courriel"], name=op.f("fk_attribution_courriel")),
        sa.PrimaryKeyConstraint("courriel", "role", "territoire", name=op.f("pk_attribution")),
    )
    op.create_table(
        "revision",
        sa.Column("depot", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("numero", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("ecrite_le", sa.DateTime(), nullable=False),
        sa.Column("courriel", sa.Text(), nullable=False),
        sa.Column("nom", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("modele_version", sa.Text(), nullable=False),
        sa.Column("demonstration", sa.Boolean(), nullable=False),
        sa.Column("fichier", sa.Text(), nullable=True),
        sa.Column("nom_fichier", sa.Text(), nullable=True),
        sa.Column("au_nom_de", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("nombre", sa.Integer(), nullable=False),
        sa.Column("empreinte", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["depot"], ["depot.numero"], name=op.f("fk_revision_depot")),
        sa.ForeignKeyConstraint(["fichier"], ["fichier.sha256"], name=op.f("fk_revision_fichier")),
        sa.PrimaryKeyConstraint("depot", "numero", name=op.f("pk_revision")),
    )
    op.create_table(
        "reponse",
        sa.Column("depot", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("revision", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("rubrique", sa.Text(), nullable=False),
        sa.Column("rang", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("valeur", sa.Double(), nullable=True),
        sa.Column("texte", sa.Text(), nullable=True),
        sa.Column("statut", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("unite", sa.Text(), nullable=True),
        sa.Column("methode", sa.Text(), nullable=True),
        sa.Column("diffusion", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["depot", "revision"], ["revision.depot", "revision.numero"], name=op.f("fk_reponse_depot")
        ),
        sa.PrimaryKeyConstraint("depot", "revision", "rubrique", "rang", name=op.f("pk_reponse")),
    )
    op.execute(f"INSERT INTO compteur (id, revision, empreinte) VALUES (1, 0, '{'0' * 64}')")
