"""Downloads from a site that fails, stalls, cuts, serves another file or a page, redirects; and the mirror's road."""

import contextlib
import gzip
import io
import zipfile
from datetime import date
from hashlib import sha256
from pathlib import Path

import duckdb
import httpx
import pytest

from etl.cache import MANIFEST, read_manifest, record, with_cache
from etl.catalogue import load_catalogue
from etl.download import Downloader
from etl.errors import DataError
from etl.fetch import fetch, needs
from etl.load import extract_cached
from etl.snapshot import SNAPSHOT, TABLES
from etl.transform import create_tables
from tests.etl.producers import catalogue, indicateur, jeu, source
from tests.etl.server import cut, endless, file, raw, serve, stall, status

CONTENT = b"CODGEO;POP\n" + b"93001;90000\n" * 5000
PAGE = b"<!DOCTYPE html><html><body>Page introuvable</body></html>"


@pytest.fixture
def site():
    with serve() as running:
        yield running


@pytest.fixture
def downloader():
    client = httpx.Client(timeout=httpx.Timeout(0.5), trust_env=False)
    with client:
        yield Downloader(client, backoff=0.01, pause=0, schemes=("http",))


def zipped(**members):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "/").replace("_csv", ".csv"), content)
    return stream.getvalue()


def problem(caught):
    (only,) = caught.value.problems
    return str(only)


def test_a_sound_file_comes_whole_and_alone(site, downloader, tmp_path):
    seen = []
    url = site.on("/pop.csv", file(CONTENT))
    downloader.download(url, tmp_path / "pop.csv", "pop.csv", received=lambda n, total: seen.append((n, total)))
    assert (tmp_path / "pop.csv").read_bytes() == CONTENT
    assert [path.name for path in tmp_path.iterdir()] == ["pop.csv"]
    assert seen[-1] == (len(CONTENT), len(CONTENT))


def test_a_site_that_fails_then_answers_is_tried_again(site, downloader, tmp_path):
    url = site.on("/pop.csv", status(503), status(429, Retry_After="0"), file(CONTENT))
    downloader.download(url, tmp_path / "pop.csv", "pop.csv")
    assert len(site.seen) == 3


def test_a_cut_download_goes_on_from_where_it_stopped(site, downloader, tmp_path):
    url = site.on("/pop.csv", cut(CONTENT, 20_000), file(CONTENT))
    downloader.download(url, tmp_path / "pop.csv", "pop.csv")
    assert (tmp_path / "pop.csv").read_bytes() == CONTENT
    assert site.ranges() == [None, "bytes=20000-"]


def test_it_starts_again_when_the_producer_changed_the_file_meanwhile(site, downloader, tmp_path):
    other = CONTENT.replace(b"90000", b"91111")
    url = site.on("/pop.csv", cut(CONTENT, 20_000), file(other, etag='"v2"'))
    downloader.download(url, tmp_path / "pop.csv", "pop.csv")
    assert (tmp_path / "pop.csv").read_bytes() == other


def test_a_file_without_a_mark_of_version_is_never_patched_together(site, downloader, tmp_path):
    url = site.on("/pop.csv", cut(CONTENT, 20_000, etag=None), file(CONTENT, etag=None))
    downloader.download(url, tmp_path / "pop.csv", "pop.csv")
    assert site.ranges() == [None, None]
    assert (tmp_path / "pop.csv").read_bytes() == CONTENT


def test_what_was_received_waits_for_the_next_command(site, downloader, tmp_path):
    url = site.on("/pop.csv", cut(CONTENT, 20_000), status(503))
    with pytest.raises(DataError) as caught:
        downloader.download(url, tmp_path / "pop.csv", "pop.csv")
    assert "indisponible (réponse 503) (5 essais) → réessayer plus tard" in problem(caught)
    assert not (tmp_path / "pop.csv").exists()
    site.on("/pop.csv", file(CONTENT))
    downloader.download(url, tmp_path / "pop.csv", "pop.csv")
    assert site.ranges()[-1] == "bytes=20000-"
    assert (tmp_path / "pop.csv").read_bytes() == CONTENT


def test_a_site_that_stalls_is_given_up_in_french(site, downloader, tmp_path):
    downloader.attempts = 2
    url = site.on("/pop.csv", stall(1))
    with pytest.raises(DataError) as caught:
        downloader.download(url, tmp_path / "pop.csv", "pop.csv")
    assert "127.0.0.1 : le site ne répond pas à temps (2 essais)" in problem(caught)


def test_a_site_that_is_not_there_is_told(downloader, tmp_path):
    downloader.attempts = 2
    with pytest.raises(DataError) as caught:
        downloader.download("http://127.0.0.1:9/pop.csv", tmp_path / "pop.csv", "pop.csv")
    assert "n’est pas joignable" in problem(caught)


@pytest.mark.parametrize("code", [404, 410])
def test_a_file_that_moved_is_told_at_once_with_its_former_address(site, downloader, tmp_path, code):
    url = site.on("/pop.csv", status(code))
    with pytest.raises(DataError) as caught:
        downloader.download(url, tmp_path / "pop.csv", "pop.csv")
    assert f"n’a plus ce fichier (réponse {code}) : le producteur l’a déplacé ou retiré" in problem(caught)
    assert url in problem(caught)
    assert len(site.seen) == 1


@pytest.mark.parametrize("kind", ["text/html; charset=utf-8", "application/zip"])
def test_a_page_in_place_of_the_file_is_refused(site, downloader, tmp_path, kind):
    url = site.on("/pop.csv", file(PAGE, kind=kind))
    with pytest.raises(DataError) as caught:
        downloader.download(url, tmp_path / "pop.csv", "pop.csv")
    assert "répond par une page, non par le fichier" in problem(caught)
    assert list(tmp_path.iterdir()) == []


def test_another_file_than_the_one_expected_is_refused_and_the_former_stays(site, downloader, tmp_path):
    (tmp_path / "pop.csv").write_bytes(b"ancien")
    url = site.on("/pop.csv", file(CONTENT))
    with pytest.raises(DataError) as caught:
        downloader.download(url, tmp_path / "pop.csv", "pop.csv", sha256(b"autre").hexdigest())
    assert "sert un autre fichier que celui qui est attendu" in problem(caught)
    assert (tmp_path / "pop.csv").read_bytes() == b"ancien"
    downloader.download(url, tmp_path / "pop.csv", "pop.csv", sha256(CONTENT).hexdigest())
    assert (tmp_path / "pop.csv").read_bytes() == CONTENT


def test_a_broken_archive_is_fetched_again(site, downloader, tmp_path):
    archive = zipped(pop_csv=CONTENT)
    url = site.on("/pop.zip", file(archive[:-30]), file(archive, etag='"v2"'))
    downloader.download(url, tmp_path / "pop.zip", "pop.zip")
    assert (tmp_path / "pop.zip").read_bytes() == archive


def test_a_redirection_is_followed_but_not_out_of_https(site, downloader, tmp_path):
    site.on("/nouveau.csv", file(CONTENT))
    url = site.on("/pop.csv", status(302, Location="/nouveau.csv"))
    downloader.download(url, tmp_path / "pop.csv", "pop.csv")
    assert (tmp_path / "pop.csv").read_bytes() == CONTENT
    url = site.on("/sorti.csv", status(302, Location="ftp://ailleurs.example/pop.csv"))
    with pytest.raises(DataError) as caught:
        downloader.download(url, tmp_path / "pop.csv", "pop.csv")
    assert "adresse refusée, car sans https : ftp://ailleurs.example/pop.csv" in problem(caught)


def test_a_loop_of_redirections_ends(site, downloader, tmp_path):
    url = site.on("/pop.csv", status(302, Location="/pop.csv"))
    with pytest.raises(DataError) as caught:
        downloader.download(url, tmp_path / "pop.csv", "pop.csv")
    assert "renvoie sans fin" in problem(caught)


def test_an_address_without_https_is_not_even_called(site, tmp_path):
    url = site.on("/pop.csv", file(CONTENT))
    with pytest.raises(DataError):
        Downloader().download(url, tmp_path / "pop.csv", "pop.csv")
    assert site.seen == []


def test_two_requests_to_one_host_are_spaced(site, downloader, tmp_path):
    downloader.pause = 0.3
    url = site.on("/pop.csv", file(CONTENT))
    for name in ("a.csv", "b.csv"):
        downloader.download(url, tmp_path / name, name)
    (_, _, first), (_, _, second) = site.seen
    assert second - first >= 0.29


def test_a_body_without_end_is_cut_and_nothing_is_kept(site, downloader, tmp_path):
    downloader.largest = 1 << 20
    with pytest.raises(DataError, match="envoie plus de 1 Mo"):
        downloader.download(site.on("/pop.csv", endless(65_536, 0)), tmp_path / "pop.csv", "pop.csv")
    assert list(tmp_path.iterdir()) == []


def test_a_body_that_drips_is_given_up_in_the_time_of_one_file(site, downloader, tmp_path):
    downloader.longest = 0.6
    with pytest.raises(DataError, match="n’est pas arrivé en entier"):
        downloader.download(site.on("/pop.csv", endless(1, 0.05)), tmp_path / "pop.csv", "pop.csv")
    assert not (tmp_path / "pop.csv").exists()


def test_a_mark_that_cannot_be_sent_back_never_blocks_the_next_attempts(site, downloader, tmp_path):
    url = site.on("/pop.csv", cut(CONTENT, 20_000, etag='"\u00e9"'), file(CONTENT, etag=None))
    (tmp_path / "pop.csv.partiel").write_bytes(CONTENT[:10])
    (tmp_path / "pop.csv.partiel.etag").write_text('"\u00e9"', encoding="utf-8")
    downloader.download(url, tmp_path / "pop.csv", "pop.csv")
    assert site.ranges() == [None, None]
    assert (tmp_path / "pop.csv").read_bytes() == CONTENT


def test_a_delay_that_is_no_number_is_no_delay(site, downloader, tmp_path):
    url = site.on("/pop.csv", status(503, Retry_After="\u00b2"), status(503, Retry_After="hier"), file(CONTENT))
    downloader.download(url, tmp_path / "pop.csv", "pop.csv")
    assert (tmp_path / "pop.csv").read_bytes() == CONTENT


def test_a_part_that_nobody_asked_for_is_not_the_file(site, downloader, tmp_path):
    part = raw(206, CONTENT[:50], Content_Range=f"bytes 0-49/{len(CONTENT)}")
    downloader.download(site.on("/pop.csv", part, file(CONTENT)), tmp_path / "pop.csv", "pop.csv")
    assert (tmp_path / "pop.csv").read_bytes() == CONTENT


def test_a_table_sent_compressed_is_kept_as_a_table(site, downloader, tmp_path):
    sent = raw(200, gzip.compress(CONTENT), Content_Encoding="gzip")
    downloader.download(site.on("/pop.csv", sent), tmp_path / "pop.csv", "pop.csv")
    assert (tmp_path / "pop.csv").read_bytes() == CONTENT
    other = site.on("/br.csv", raw(200, b"x", Content_Encoding="br"))
    with pytest.raises(DataError, match=r"comprime le fichier d’une manière inconnue \(br\)"):
        downloader.download(other, tmp_path / "br.csv", "br.csv")


def catalogue_of(site, **fields):
    """Three files: one taken out of a downloaded archive, one kept as an archive, one without an address."""
    files = [
        source("pop_2022", "pop", "pop/pop_2022.csv", 2022, url=f"{site.address}/pop_csv.zip", **fields),
        source("rev_2022", "pop", "rev.zip", 2022, url=f"{site.address}/rev.zip", membre="rev.csv"),
        source("caf_2022", "caf", "chiffres/caf.csv", 2022, lecteur="releve", lecture={"prefixe": "caf."}),
    ]
    return catalogue([jeu("pop", ["POP"]), jeu("caf", ["caf.rsa"], page="https://data.caf.fr")], files, [])


def test_fetch_fills_the_cache_and_says_what_is_left_to_find(site, downloader, tmp_path):
    site.on("/pop_csv.zip", file(zipped(meta_csv=b"x", dossier__POP_2022_csv=CONTENT)))
    site.on("/rev.zip", file(zipped(rev_csv=CONTENT)))
    report = fetch(catalogue_of(site), tmp_path, downloader=downloader)
    assert report.problemes == []
    assert report.pris == ["pop/pop_2022.csv", "rev.zip"]
    assert [(need.fichier, need.page) for need in report.a_la_main] == [("chiffres/caf.csv", "https://data.caf.fr")]
    assert (tmp_path / "pop" / "pop_2022.csv").read_bytes() == CONTENT
    entry = read_manifest(tmp_path)["pop/pop_2022.csv"]
    assert (entry.sha256, entry.octets) == (sha256(CONTENT).hexdigest(), len(CONTENT))
    assert not list((tmp_path / "telechargements").iterdir())


def test_a_second_fetch_asks_for_nothing_but_a_damaged_file(site, downloader, tmp_path):
    site.on("/pop_csv.zip", file(zipped(pop_2022_csv=CONTENT)))
    site.on("/rev.zip", file(zipped(rev_csv=CONTENT)))
    fetch(catalogue_of(site), tmp_path, downloader=downloader)
    (tmp_path / "rev.zip").write_bytes(b"abime")
    report = fetch(catalogue_of(site), tmp_path, downloader=downloader)
    assert (report.gardes, report.pris) == (["pop/pop_2022.csv"], ["rev.zip"])
    assert [path for path, _, _ in site.seen] == ["/pop_csv.zip", "/rev.zip", "/rev.zip"]


def test_one_file_that_moved_does_not_stop_the_others(site, downloader, tmp_path):
    site.on("/pop_csv.zip", status(404))
    site.on("/rev.zip", file(zipped(rev_csv=CONTENT)))
    report = fetch(catalogue_of(site), tmp_path, downloader=downloader)
    assert report.pris == ["rev.zip"]
    assert ["déplacé" in str(found) for found in report.problemes] == [True]


def test_an_archive_whose_content_changed_is_told_with_what_it_holds(site, downloader, tmp_path):
    site.on("/pop_csv.zip", file(zipped(autre_csv=CONTENT)))
    site.on("/rev.zip", file(zipped(rev_csv=CONTENT)))
    report = fetch(catalogue_of(site), tmp_path, downloader=downloader)
    (found,) = report.problemes
    assert "l’archive ne contient pas « pop_2022.csv » mais : autre.csv" in str(found)


def test_the_mirror_takes_the_same_road(site, tmp_path):
    mirror, cache = tmp_path / "miroir", tmp_path / "cache"
    (mirror / "pop").mkdir(parents=True)
    (mirror / "chiffres").mkdir()
    for name in ("pop/pop_2022.csv", "chiffres/caf.csv"):
        (mirror / name).write_bytes(CONTENT)
    report = fetch(catalogue_of(site), cache, mirror)
    assert report.pris == ["pop/pop_2022.csv", "chiffres/caf.csv"]
    assert ["rev.zip : absent du dossier de --mirror" in str(found) for found in report.problemes] == [True]
    assert site.seen == []
    assert read_manifest(cache)["chiffres/caf.csv"].origine == "dossier miroir"


HEADERLESS = {"entetes": "noms.csv"}


def catalogue_with_a_file_of_headers():
    """One source whose names of columns stand in a second file, in the same folder."""
    alone = source("num_2020", "num", "num/scores.csv", 2020, url="https://exemple.fr/scores.csv", lecture=HEADERLESS)
    cards = [indicateur("NUM01", "score", "aucune")]
    return catalogue([jeu("num", ["score"], page="https://exemple.fr")], [alone], cards)


def test_the_file_of_headers_beside_a_table_is_fetched_with_it(tmp_path):
    mirror, cache, cat = tmp_path / "miroir", tmp_path / "cache", catalogue_with_a_file_of_headers()
    (mirror / "num").mkdir(parents=True)
    (mirror / "num" / "scores.csv").write_text("93001;12,5\n", encoding="utf-8")
    report = fetch(cat, cache, mirror)
    assert report.pris == ["num/scores.csv"]
    assert ["num/noms.csv : absent du dossier de --mirror" in str(found) for found in report.problemes] == [True]
    (mirror / "num" / "noms.csv").write_text("CODGEO;score\n", encoding="utf-8")
    report = fetch(cat, cache, mirror)
    assert (report.gardes, report.pris, report.problemes) == (["num/scores.csv"], ["num/noms.csv"], [])
    assert (cache / "num" / "noms.csv").read_bytes() == (mirror / "num" / "noms.csv").read_bytes()


def test_a_file_of_headers_has_no_address_of_its_own():
    table, names = needs(catalogue_with_a_file_of_headers())
    assert (table.url, names.fichier, names.url, names.page) == (
        "https://exemple.fr/scores.csv",
        "num/noms.csv",
        None,
        "https://exemple.fr",
    )


def test_the_cache_taken_from_the_mirror_gives_the_figures_of_the_snapshot(miroir, base, tmp_path):
    """Each kind of file goes through the cache; nothing is completed from the snapshot, which is empty."""
    whole, cache = load_catalogue(), tmp_path / "cache"
    report = fetch(whole, cache, miroir)
    assert report.problemes == []
    assert "numerique/headers.csv" in report.pris
    small = sorted(whole.sources, key=lambda one: (miroir / one.fichier).stat().st_size)
    first = {(one.lecteur, Path(one.fichier).suffix): one for one in reversed(small)}
    read = [*(one for one in whole.sources if one.lecteur == "geographie"), *first.values()]
    # Territories are read from some files of figures too: all of a dataset, or none.
    jeux = {one.jeu for one in read} | {"insee_populations", "insee_iris", "insee_qpv_population", "anct_qpv"}
    kept = [one for one in whole.sources if one.jeu in jeux]
    codes = [one.code for one in kept]
    some = whole.model_copy(update={"sources": kept, "corrections": []})
    with contextlib.closing(duckdb.connect()) as con:
        create_tables(con)
        extract_cached(con, some, cache, empty_snapshot(tmp_path / "instantane"), "93")
        for table, columns in (("fait", "*"), ("territoire", "* EXCLUDE (nom)"), ("geometrie", "*")):
            where = "WHERE source = ANY($codes)" if table == "fait" else "WHERE length($codes) > 0"
            sql = f"SELECT {columns} FROM {table} {where} ORDER BY ALL"
            found = con.execute(sql, {"codes": codes}).fetchall()
            assert found
            assert found == base.execute(sql, {"codes": codes}).fetchall(), table


def empty_snapshot(folder):
    """The tables of the snapshot without a row."""
    folder.mkdir()
    with contextlib.closing(duckdb.connect()) as con:
        for table in TABLES:
            shipped, empty = ((place / f"{table}.parquet").as_posix() for place in (SNAPSHOT, folder))
            con.execute(f"COPY (SELECT * FROM '{shipped}' LIMIT 0) TO '{empty}' (FORMAT parquet)")
    return folder


def test_an_address_that_now_serves_another_edition_is_left_alone(site):
    cat = catalogue_of(site, url_perimee=True)
    assert needs(cat)[0].url is None


def test_a_page_is_not_a_file_to_download():
    page = source("ips", "pop", "ips.csv", 2022, url="https://data.education.gouv.fr/explore/dataset/ips/")
    assert needs(catalogue([jeu("pop", ["POP"])], [page], []))[0].url is None


def test_figures_of_the_cache_bear_the_day_they_were_obtained(site, tmp_path):
    (tmp_path / "rev.zip").write_bytes(b"x")
    record(tmp_path, "rev.zip", "https://exemple.fr/rev.zip")
    days = {s.code: s.obtenu_le for s in with_cache(catalogue_of(site), tmp_path).sources}
    assert days == {"pop_2022": None, "rev_2022": date.today(), "caf_2022": None}


def test_a_damaged_manifest_is_told(tmp_path):
    (tmp_path / MANIFEST).write_text("{")
    with pytest.raises(DataError, match="manifeste du cache illisible"):
        read_manifest(tmp_path)
