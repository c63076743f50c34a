"""Files: whole or absent, and verified when they are read."""

import errno
import os

import pytest

from registre.errors import Altere, Indisponible, Introuvable
from registre.fichiers import Fichiers


def test_the_same_content_is_one_file(tmp_path):
    files = Fichiers(tmp_path / "depots")
    assert files.keep(b"a" * 1000) == files.keep(b"a" * 1000)
    sha256 = files.keep(b"")
    assert files.read(sha256) == b""
    assert len(list(files.names())) == 2
    assert oct(files.path(sha256).stat().st_mode & 0o077) == "0o0"


def test_a_file_that_changed_is_not_given(tmp_path):
    files = Fichiers(tmp_path)
    sha256 = files.keep(b"classeur")
    files.path(sha256).write_bytes(b"classeuR")
    with pytest.raises(Altere, match="n’est plus celui qui a été reçu"):
        files.read(sha256)
    # Received again, it is mended.
    files.keep(b"classeur")
    assert files.read(sha256) == b"classeur"
    files.path(sha256).unlink()
    with pytest.raises(Introuvable, match="n’est plus là"):
        files.read(sha256)


@pytest.mark.parametrize("name", ["../../etc/passwd", "", "A" * 64, "0" * 63, "0" * 64 + "\n"])
def test_an_address_is_a_sha256_and_nothing_else(tmp_path, name):
    with pytest.raises(Introuvable):
        Fichiers(tmp_path).read(name)


@pytest.mark.parametrize(
    ("code", "words"), [(errno.ENOSPC, "plus de place"), (errno.EROFS, "lecture seule"), (errno.EACCES, "accès refusé")]
)
@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_a_disk_that_refuses_leaves_nothing_half_written(tmp_path, monkeypatch, code, words, step):
    files = Fichiers(tmp_path / "depots")

    def refuse(*_arguments):
        raise OSError(code, "", "x")

    monkeypatch.setattr(os, step, refuse)
    with pytest.raises(Indisponible, match=words) as refused:
        files.keep(b"classeur")
    assert "rien n’a été écrit" in str(refused.value)
    monkeypatch.undo()
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_a_folder_that_is_a_file_is_told(tmp_path):
    (tmp_path / "depots").write_text("")
    with pytest.raises(Indisponible, match="dossier"):
        Fichiers(tmp_path / "depots").keep(b"x")
