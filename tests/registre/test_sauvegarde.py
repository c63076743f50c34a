"""Backups: one file, taken back by either engine, whole or not at all; nothing is replaced without being put aside."""

import json
import shutil
import zipfile
from pathlib import Path

import pytest
from sqlalchemy import text

from registre import sauvegarde
from registre.base import Base, read_url
from registre.errors import Altere, Indisponible, NonVide, RegistreError, SchemaRefuse
from registre.records import Acteur, Cle, Role
from registre.sauvegarde import Archive, backup, fingerprints, restore
from registre.store import Registre
from registre.verification import verify

from .conftest import AWA, MONTREUIL, UNION, confirmed

# Backups written under each schema, to be taken back for ever. See docs/registre.md to add one.
ANCIENNES = sorted((Path(__file__).parent / "sauvegardes").glob("*.zip"))
AUTRE = {"sqlite": "postgresql", "postgresql": "sqlite"}
OPERATEUR = Acteur("root@machine", "ligne de commande", "machine")


def fill(registre: Registre) -> None:
    """Something of everything; keys that engines do not sort alike."""
    sha256 = registre.deposer_fichier(b"PK classeur" * 100, "Bilan d’été.xlsx", AWA)
    confirmed(registre, fichier=sha256, nom_fichier="Bilan d’été.xlsx")
    for code in ("a-1", "B-1", "A_2", "_3"):
        depot = confirmed(registre, Cle("bilan", code, 2025))
        registre.retirer(depot.cle, "essai « é »\n2e ligne", UNION, attendu=depot.version)
    for address in ("z@b.fr", "A@b.fr", "é@b.fr"):
        registre.comptes.ajouter_role(address, Role.CCAS, UNION, "93066")
    registre.comptes.inviter("lea@montreuil.fr", Role.LECTURE, UNION)
    registre.reglages.ecrire("demonstration", False, UNION)
    registre.commentaires.ouvrir("bilan", "DOM01", "À préciser", AWA)
    registre.commentaires.fermer(1, UNION)


@pytest.fixture
def full(registre) -> Registre:
    """A register with something of everything."""
    fill(registre)
    return registre


def test_it_goes_to_the_other_engine_and_back_table_by_table(full, moteur, nouvelle, tmp_path):
    first, second = tmp_path / "une.zip", tmp_path / "deux.zip"
    made = backup(full.base, full.fichiers, first)
    with Registre.ouvrir(nouvelle(AUTRE[moteur]), tmp_path / "ailleurs") as other:
        done = restore(other.base, other.fichiers, first, OPERATEUR)
        assert done == sauvegarde.Restauration(made, None)
        assert fingerprints(other.base) == fingerprints(full.base) == made.tables
        assert len(made.tables) == 11
        assert all(rows for rows, _ in made.tables.values())
        assert verify(other.base, other.fichiers).constats == ()
        assert other.fichier(next(iter(made.fichiers))) == b"PK classeur" * 100
        assert other.depot(MONTREUIL) == full.depot(MONTREUIL)
        assert other.journal(limite=500) == full.journal(limite=500)
        # It goes on: the numbers and the chain follow.
        confirmed(other, Cle("abs", "93066", 2025))
        assert verify(other.base, other.fichiers).constats == ()
        backup(other.base, other.fichiers, second)
    with Registre.ouvrir(nouvelle(moteur), tmp_path / "retour") as back:
        restore(back.base, back.fichiers, second, OPERATEUR)
        assert verify(back.base, back.fichiers).constats == ()
        assert back.depot(Cle("abs", "93066", 2025)).en_vigueur


def test_a_register_that_is_not_empty_is_put_aside_then_replaced_and_the_audit_says_it(full, tmp_path):
    kept = tmp_path / "une.zip"
    backup(full.base, full.fichiers, kept)
    depot = full.depot(MONTREUIL)
    full.retirer(MONTREUIL, "après la sauvegarde", UNION, attendu=depot.version)
    late, before = full.revision(), fingerprints(full.base)
    with pytest.raises(NonVide, match="--remplacer le met de côté"):
        restore(full.base, full.fichiers, kept, OPERATEUR)
    assert fingerprints(full.base) == before
    done = restore(full.base, full.fichiers, kept, OPERATEUR, remplacer=True)
    assert full.depot(MONTREUIL) == depot
    line = full.journal(limite=1)[0]
    assert (line.numero, line.action, line.objet, line.acteur, line.note) == (
        late,
        "restaurer",
        "registre",
        OPERATEUR,
        "une.zip",
    )
    assert line.avant is not None
    assert line.avant["revision"] == late
    # As many writes, and not the same ones: another key for what is computed from them.
    assert full.revision() == late
    assert full.empreinte() != line.avant["empreinte"]
    assert verify(full.base, full.fichiers).constats == ()
    assert done.cote is not None
    with Archive(done.cote) as aside:
        aside.check()
        assert aside.manifeste.tables == before


def test_a_write_made_while_it_was_put_aside_is_not_lost(full, tmp_path, monkeypatch):
    kept = tmp_path / "une.zip"
    backup(full.base, full.fichiers, kept)

    def late(base, *arguments):
        done = backup(base, *arguments)
        full.reglages.ecrire("au dernier moment", True, UNION)
        return done

    monkeypatch.setattr(sauvegarde, "backup", late)
    with pytest.raises(NonVide, match="on vient d’écrire"):
        restore(full.base, full.fichiers, kept, OPERATEUR, remplacer=True)
    assert full.reglages.lire("au dernier moment") is True


def test_a_restore_that_stops_half_way_leaves_what_was_there(full, tmp_path, monkeypatch):
    kept = tmp_path / "une.zip"
    backup(full.base, full.fichiers, kept)
    full.reglages.ecrire("après", 1, UNION)
    before = fingerprints(full.base)
    monkeypatch.setattr(sauvegarde, "_compare", lambda *_: (_ for _ in ()).throw(RegistreError("coupure")))
    with pytest.raises(RegistreError, match="coupure"):
        restore(full.base, full.fichiers, kept, OPERATEUR, remplacer=True)
    assert fingerprints(full.base) == before


def test_a_backup_is_one_state_whatever_is_written_meanwhile(full, tmp_path):
    before = fingerprints(full.base)

    def write(step: str) -> None:
        if step.startswith("Table"):
            full.reglages.ecrire(step, 1, UNION)

    made = backup(full.base, full.fichiers, tmp_path / "une.zip", write)
    assert made.tables == before
    assert full.revision() == made.revision + 11


def test_a_file_that_is_lost_does_not_prevent_the_rest_from_being_kept(full, tmp_path, nouvelle):
    (sha256,) = full.fichiers.names()
    full.fichiers.path(sha256).unlink()
    made = backup(full.base, full.fichiers, tmp_path / "une.zip")
    assert (made.manquants, made.fichiers) == ((sha256,), {})
    with Registre.ouvrir(nouvelle("sqlite"), tmp_path / "ailleurs") as other:
        restore(other.base, other.fichiers, tmp_path / "une.zip", OPERATEUR)
        assert [c.quoi for c in verify(other.base, other.fichiers).constats] == ["ce fichier n’est plus là"]


@pytest.fixture(scope="module")
def sauvegardee(tmp_path_factory) -> Path:
    """A backup, to be copied and spoilt."""
    folder = tmp_path_factory.mktemp("sauvegarde")
    with Registre.ouvrir(f"sqlite:///{folder / 'registre.sqlite'}", folder / "depots") as registre:
        fill(registre)
        backup(registre.base, registre.fichiers, folder / "une.zip")
    return folder / "une.zip"


def rewritten(source: Path, target: Path, change) -> Path:
    """The same archive, whose parts went through ``change(name, content)`` (None: left out)."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            content = change(name, old.read(name))
            if content is not None:
                new.writestr(name, content)
    return target


def manifest(**changes):
    def change(name, content):
        if name != "manifeste.json":
            return content
        return json.dumps(json.loads(content) | changes).encode()

    return change


SPOILT = {
    "une réponse changée": (lambda n, c: c.replace(b"1234.0", b"1235.0"), Altere, "reponse.» n’est plus"),
    "une ligne de moins": (
        lambda n, c: c.split(b"\n", 1)[1] if n == "tables/journal.jsonl" else c,
        Altere,
        "journal.» n’est plus",
    ),
    "une table de moins": (lambda n, c: None if n == "tables/compte.jsonl" else c, Altere, "il y manque"),
    "un classeur changé": (lambda n, c: c + b"x" if n.startswith("fichiers/") else c, Altere, "le fichier"),
    "un classeur de moins": (lambda n, c: None if n.startswith("fichiers/") else c, Altere, "il y manque"),
    "sans manifeste": (lambda n, c: None if n == "manifeste.json" else c, Altere, "il y manque"),
    "manifeste d’autre chose": (manifest(format="zip"), Altere, "n’est pas une sauvegarde"),
    "manifeste illisible": (lambda n, c: b"{" if n == "manifeste.json" else c, Altere, "n’est pas une sauvegarde"),
    "un nom de fichier qui sort": (manifest(fichiers={"../x": 1}), Altere, "n’est pas une sauvegarde"),
    "format plus récent": (manifest(version=2), SchemaRefuse, "version plus récente"),
    "schéma plus récent": (manifest(schema="9999"), SchemaRefuse, "version plus récente"),
}


@pytest.mark.parametrize("name", SPOILT)
def test_a_backup_that_is_not_what_was_written_is_refused(sauvegardee, tmp_path, name):
    change, error, words = SPOILT[name]
    spoilt = rewritten(sauvegardee, tmp_path / "abimee.zip", change)
    refuse(spoilt, tmp_path, error, words)


@pytest.mark.parametrize(
    ("spoil", "error", "words"),
    [
        (lambda path: path.write_bytes(path.read_bytes()[:-500]), Altere, "ou elle est coupée"),
        (lambda path: path.write_bytes(b""), Altere, "n’est pas une sauvegarde"),
        (lambda path: path.write_bytes(b"bonjour"), Altere, "n’est pas une sauvegarde"),
        (lambda path: path.unlink(), Indisponible, "absent"),
        (lambda path: (path.unlink(), path.mkdir()), Indisponible, "dossier"),
    ],
)
def test_a_file_that_is_no_backup_is_refused(sauvegardee, tmp_path, spoil, error, words):
    path = Path(shutil.copy(sauvegardee, tmp_path / "copie.zip"))
    spoil(path)
    refuse(path, tmp_path, error, words)


def test_any_byte_that_changed_is_seen(sauvegardee, tmp_path):
    """Bits flipped all along the file, but those that say nothing (dates and attributes of its parts)."""
    content = sauvegardee.read_bytes()
    with Archive(sauvegardee) as archive:
        said = archive.manifeste
    seen = 0
    for place in range(0, len(content), len(content) // 40):
        changed = bytearray(content)
        changed[place] ^= 0x10
        (tmp_path / "bit.zip").write_bytes(changed)
        try:
            with Archive(tmp_path / "bit.zip") as archive:
                archive.check()
                assert archive.manifeste == said
        except RegistreError:
            seen += 1
    assert seen > 20


def refuse(path: Path, tmp_path: Path, error: type[Exception], words: str) -> None:
    with Registre.ouvrir(f"sqlite:///{tmp_path / 'r' / 'registre.sqlite'}", tmp_path / "ici") as registre:
        with pytest.raises(error, match=words):
            restore(registre.base, registre.fichiers, path, OPERATEUR)
        assert registre.revision() == 0
        assert list(registre.fichiers.names()) == []


def test_a_disk_that_fills_leaves_no_half_backup(sauvegardee, tmp_path, monkeypatch):
    import errno
    import os

    def refuse_(_handle):
        raise OSError(errno.ENOSPC, "")

    base = Base(read_url(f"sqlite:///{sauvegardee.parent / 'registre.sqlite'}"))
    monkeypatch.setattr(os, "fsync", refuse_)
    with pytest.raises(Indisponible, match="plus de place"):
        backup(base, sauvegarde.Fichiers(sauvegardee.parent / "depots"), tmp_path / "une.zip")
    assert list(tmp_path.iterdir()) == []


def test_there_is_nothing_to_save_where_there_is_no_register(tmp_path):
    base = Base(read_url(f"sqlite:///{tmp_path / 'vide.sqlite'}"))
    with pytest.raises(SchemaRefuse, match="pas de registre à sauvegarder"):
        backup(base, sauvegarde.Fichiers(tmp_path), tmp_path / "une.zip")


@pytest.mark.parametrize("path", ANCIENNES, ids=lambda path: path.stem)
def test_a_backup_of_each_schema_is_still_taken_back(path, adresse, fichiers):
    with Registre.ouvrir(adresse, fichiers) as registre:
        done = restore(registre.base, registre.fichiers, path, OPERATEUR)
        assert done.manifeste.schema == path.stem
        assert (registre.revision(), registre.empreinte()) == (done.manifeste.revision, done.manifeste.empreinte)
        assert verify(registre.base, registre.fichiers).constats == ()
        assert registre.depot(MONTREUIL).en_vigueur
        assert len(registre.reponses(MONTREUIL)) == 6


def test_there_is_a_backup_of_each_schema():
    from alembic.script import ScriptDirectory

    from registre import migrations

    script = ScriptDirectory.from_config(migrations.configuration())
    assert [path.stem for path in ANCIENNES] == sorted(found.revision for found in script.walk_revisions())


def test_a_backup_of_a_former_schema_goes_through_the_migrations(sauvegardee, tmp_path, monkeypatch):
    """As if this version had one more migration than the backup."""
    from registre import migrations, store

    folder = Path(shutil.copytree(migrations.VERSIONS, tmp_path / "versions"))
    (folder / "9999.py").write_text(
        "import sqlalchemy as sa\nfrom alembic import op\nrevision = '9999'\ndown_revision = '0001'\n"
        "def upgrade():\n    op.execute(\"UPDATE commentaire SET conclusion = 'passé par là'\")\n"
    )
    monkeypatch.setattr(migrations, "VERSIONS", folder)
    for module in (store, sauvegarde):
        monkeypatch.setattr(module, "TETE", "9999")
    with Registre.ouvrir(f"sqlite:///{tmp_path / 'r.sqlite'}", tmp_path / "ici") as registre:
        restore(registre.base, registre.fichiers, sauvegardee, OPERATEUR)
        assert registre.commentaires.tous()[0].conclusion == "passé par là"
        assert registre.depot(MONTREUIL).en_vigueur
        with registre.base.reading() as connexion:
            assert connexion.execute(text("SELECT version_num FROM alembic_version")).scalar() == "9999"
