"""A France that does not exist, of any size: its figures, and the warehouse made of them by DuckDB and by pandas.

Nothing real: every commune has a numerator for each indicator and year, and a denominator that ten indicators or so
share. Both builds give the same rows: the communes, then Σ numerators / Σ denominators of the EPCI, of the
départements, of the régions and of France. The 93 has its 39 communes and four EPT, as the pages expect.
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pyarrow.parquet as pq

from etl.checks_keys import count_lines
from etl.facts import TABLE_FAIT
from etl.load import NAME, open_new
from etl.transform import create_tables

DERNIERE, DENOMINATEURS, OWN_COMMUNES, IRIS = 2025, 12, 39, 16
ILE_DE_FRANCE = ("75", "77", "78", "91", "92", "93", "94", "95")
REGIONS = ("R24", "R27", "R28", "R32", "R44", "R52", "R53", "R75", "R76", "R84", "R93", "R94")
ENSEMBLE = 20  # how many départements are sorted together
LEVELS = ("code_ept", "code_departement", "code_region", "pays")


@dataclass(frozen=True)
class Taille:
    """How large the country is: communes, indicators, years."""

    communes: int = 34_900
    indicateurs: int = 110
    annees: int = 12

    @property
    def years(self) -> range:
        """The years of the figures, the last one included."""
        return range(DERNIERE - self.annees + 1, DERNIERE + 1)

    @property
    def codes(self) -> list[str]:
        """The codes of the indicators."""
        return [f"IND{n:03d}" for n in range(1, self.indicateurs + 1)]


def territories(communes: int) -> pd.DataFrame:
    """The rows of ``territoire``; the communes that the 93 does not take are shared out among the others.

    Only the 93 has IRIS, without figures: what reads all of its territories meets as many as the real ones.
    """
    departements = [f"{n:02d}" for n in range(1, 96) if n != 20] + ["2A", "2B"]
    others = [code for code in departements if code != "93"]
    shares = np.array_split(np.arange(communes - OWN_COMMUNES), len(others))
    sizes = {"93": OWN_COMMUNES} | {code: len(share) for code, share in zip(others, shares, strict=True)}
    rows: list[tuple[str | None, ...]] = [("FR", "pays", "France", None, None, None, None)]
    rows += [(region, "region", f"Région {region}", None, None, None, region) for region in ("R11", *REGIONS)]
    for position, code in enumerate(departements):
        region = "R11" if code in ILE_DE_FRANCE else REGIONS[position % len(REGIONS)]
        rows.append((code, "departement", f"Département {code}", None, None, code, region))
        epts = [f"2{position:03d}{n:05d}" for n in range(4 if code == "93" else 12)]
        rows += [(ept, "ept", f"EPCI {ept}", f"T{n + 6}", ept, code, region) for n, ept in enumerate(epts)]
        communes_here = [f"{code}{n:03d}" for n in range(1, sizes[code] + 1)]
        rows += [
            (commune, "commune", f"Commune {commune}", None, epts[n % len(epts)], code, region)
            for n, commune in enumerate(communes_here)
        ]
        if code == "93":
            rows += [
                (f"{commune}{n:04d}", "iris", f"IRIS {n}", None, epts[n % len(epts)], code, region)
                for commune in communes_here
                for n in range(1, IRIS + 1)
            ]
    columns = ["code", "type", "nom", "code_court", "code_ept", "code_departement", "code_region"]
    return pd.DataFrame(rows, columns=columns)


def generate(folder: Path, size: Taille) -> dict:
    """Write one file a year, rows of ``fait`` in the order variable, territoire. The same size, the same figures."""
    con, places = duckdb.connect(config={"threads": "2"}), territories(size.communes)  # noqa: F841 (read by DuckDB)
    con.execute("CREATE TABLE commune AS SELECT code FROM places WHERE type = 'commune'")
    for year in size.years:
        con.execute(
            f"""
            COPY (
                SELECT 'source_{year}' AS source, c.code AS territoire, {year} AS annee, v.variable,
                    CAST(CASE WHEN v.haut THEN 1 + hash(c.code, v.n, {year}) % (50 + hash(c.code) % 900)
                        ELSE 1000 + 10 * v.n + hash(c.code) % 9000 + 10 * ({year} - 2000) END AS DOUBLE) AS valeur,
                    'publie' AS statut
                FROM commune AS c CROSS JOIN (
                    SELECT printf('num%03d', n) AS variable, TRUE AS haut, n FROM range(1, {size.indicateurs + 1}) t (n)
                    UNION ALL
                    SELECT printf('den%02d', n), FALSE, n FROM range({DENOMINATEURS}) t (n)
                ) AS v ORDER BY variable, territoire
            ) TO '{_file(folder, year)}' (FORMAT parquet, COMPRESSION zstd)
            """
        )
    return {"octets": sum(path.stat().st_size for path in folder.glob("faits_*.parquet"))}


def build_with_duckdb(folder: Path, size: Taille, memory: str) -> dict:
    """The warehouse, in the project's own tables: read and joined a year at a time, stored some départements at a time.

    Codes are ENUM while they are joined and sorted, texts once stored. Keys are checked a year at a time, by the
    project's own function, on the rows about to be stored. Storing year by year would spare a table, but a page,
    which reads one département at all years, would find its rows in twelve places: two or three times slower.
    """
    path = folder / NAME
    con = open_new(path, {"threads": "2", "memory_limit": memory})
    create_tables(con)
    con.execute(TABLE_FAIT)
    places = territories(size.communes)  # noqa: F841 (read by DuckDB)
    con.execute("INSERT INTO territoire BY NAME SELECT * FROM places ORDER BY code")
    _insert_boundaries(con)
    _insert_cards(con, size)
    con.execute(CODES)
    codes, blocs = con.execute("SELECT count(*), max(bloc) FROM place").fetchone() or (0, 0)
    spent = dict.fromkeys(("relevés", "contrôle", "observations"), 0.0)
    rows, france = 0, 0.0
    for year in size.years:
        started = time.perf_counter()
        con.execute(f"INSERT INTO fait BY NAME FROM read_parquet('{_file(folder, year)}')")
        read = time.perf_counter()
        con.execute(RELEVES, {"fichier": _file(folder, year)})
        con.execute(LIGNES, {"annee": year})
        con.execute(SQL_NIVEAUX, {"annee": year})
        made = time.perf_counter()
        groups = count_lines(con, f"ligne WHERE annee = {year}", "indicateur", "enum_code(territoire)", codes)
        if any(lines != known for _, lines, known in groups):
            raise AssertionError("two figures for one territory, indicator and year")
        rows += sum(lines for _, lines, _ in groups)
        spent["relevés"] += read - started
        spent["contrôle"] += time.perf_counter() - made
        spent["observations"] += made - read
    started = time.perf_counter()
    (france,) = con.execute("SELECT sum(numerateur) FROM ligne WHERE territoire = 'FR'").fetchone() or (0,)
    for first in range(1, blocs + 1, ENSEMBLE):
        con.execute(OBSERVATIONS, {"premier": first, "dernier": first + ENSEMBLE - 1})
    con.execute("CHECKPOINT")
    con.close()
    spent["observations"] += time.perf_counter() - started
    return {"lignes": rows, "france": france, "octets": path.stat().st_size, **spent}


# As in etl/transform/08_codes.sql: whole numbers to join and to sort, in the order of the texts.
CODES = """
CREATE TEMP TYPE code_territoire AS ENUM (SELECT code FROM territoire ORDER BY 1);
CREATE TEMP TYPE code_indicateur AS ENUM (SELECT code FROM indicateur ORDER BY 1);
CREATE TEMP TYPE code_variable AS ENUM (
    SELECT numerateur FROM indicateur UNION SELECT denominateur FROM indicateur ORDER BY 1
);
CREATE TEMP TABLE fiche AS
SELECT code::code_indicateur AS indicateur, numerateur::code_variable AS numerateur,
    denominateur::code_variable AS denominateur, facteur
FROM indicateur;
CREATE TEMP TABLE place AS
SELECT code::code_territoire AS territoire, (dense_rank() OVER (ORDER BY type, code_departement))::SMALLINT AS bloc,
    code_ept::code_territoire AS ept, code_departement::code_territoire AS departement,
    code_region::code_territoire AS region
FROM territoire;
CREATE TEMP TABLE ligne (
    bloc SMALLINT, indicateur code_indicateur, annee SMALLINT, territoire code_territoire, numerateur DOUBLE,
    denominateur DOUBLE
);
"""

RELEVES = """
CREATE OR REPLACE TEMP TABLE releve AS
SELECT territoire::code_territoire AS territoire, variable::code_variable AS variable, valeur
FROM read_parquet($fichier)
"""

LIGNES = """
INSERT INTO ligne
SELECT p.bloc, f.indicateur, $annee, n.territoire, n.valeur, d.valeur
FROM releve AS n
JOIN fiche AS f ON f.numerateur = n.variable
JOIN releve AS d ON d.variable = f.denominateur AND d.territoire = n.territoire
JOIN place AS p ON p.territoire = n.territoire
"""

SQL_NIVEAUX = """
INSERT INTO ligne
WITH ept AS (
    SELECT p.ept, p.departement, p.region, l.indicateur, sum(l.numerateur) AS numerateur,
        sum(l.denominateur) AS denominateur
    FROM ligne AS l JOIN place AS p USING (territoire) WHERE l.annee = $annee GROUP BY ALL
), niveau AS (
    SELECT unnest([ept, departement, region, 'FR'::code_territoire]) AS territoire, * FROM ept
)
SELECT any_value(p.bloc), n.indicateur, $annee, n.territoire, sum(n.numerateur), sum(n.denominateur)
FROM niveau AS n JOIN place AS p USING (territoire) GROUP BY n.territoire, n.indicateur
"""

# The order of the project's table: type and département (« bloc »), indicator, year, territory.
OBSERVATIONS = """
INSERT INTO observation BY NAME
SELECT territoire, indicateur, annee, valeur, numerateur, denominateur, 'calcule' AS statut,
    'source_' || annee AS source, annee AS annee_denominateur, 'source_' || annee AS source_denominateur
FROM (
    SELECT l.*, f.facteur * l.numerateur / l.denominateur AS valeur
    FROM ligne AS l JOIN fiche AS f USING (indicateur)
    WHERE l.bloc BETWEEN $premier AND $dernier
    ORDER BY l.bloc, l.indicateur, l.annee, l.territoire
)
"""


def _insert_cards(con: duckdb.DuckDBPyConnection, size: Taille) -> None:
    con.execute("INSERT INTO theme VALUES ('essai', 'Essai', 1)")
    con.execute(
        f"""
        INSERT INTO indicateur BY NAME
        SELECT printf('IND%03d', n) AS code, 'essai' AS theme, ['tous'] AS publics, 'Indicateur ' || n AS libelle,
            'Inventé.' AS definition, '%' AS unite, 1 AS decimales, 'neutre' AS sens, '' AS sens_pourquoi,
            'ratio' AS agregation, 'simple' AS forme, printf('num%03d', n) AS numerateur,
            printf('den%02d', n % {DENOMINATEURS}) AS denominateur, 100 AS facteur, 0 AS ecart_annees, [] AS etendue,
            n <= 8 AS phare, FALSE AS effectif, 'source_{DERNIERE}' AS source, 'disponible' AS etat, n AS ordre
        FROM range(1, {size.indicateurs + 1}) AS t (n)
        """
    )
    con.execute(
        f"""
        INSERT INTO source BY NAME
        SELECT 'source_' || n AS code, 'essai' AS jeu, 'Inventé' AS producteur, 'Essai' AS nom, n AS millesime,
            n AS geographie, 'faits_' || n || '.parquet' AS fichier, 'sans' AS licence, '' AS sha256
        FROM range({size.years.start}, {size.years.stop}) AS t (n)
        """
    )


def _insert_boundaries(con: duckdb.DuckDBPyConnection) -> None:
    """A circle of eighty points for each territory of the 93: about as many as the real ones have."""
    circle = np.linspace(0, 2 * np.pi, 80)
    places = con.execute("SELECT code FROM territoire WHERE code_departement = '93' ORDER BY code").fetchall()
    rows = []
    for n, (code,) in enumerate(places):
        lon, lat = 2.3 + 0.03 * (n % 8), 48.8 + 0.03 * (n // 8)
        ring = [[round(lon + 0.01 * np.cos(a), 5), round(lat + 0.01 * np.sin(a), 5)] for a in circle]
        rows.append((code, json.dumps({"type": "Polygon", "coordinates": [[*ring[:-1], ring[0]]]}), lon, lat, 6.0))
    con.executemany("INSERT INTO geometrie VALUES (?, ?, ?, ?, ?)", rows)


def build_with_pandas(folder: Path, size: Taille) -> dict:
    """The same rows with pandas, written the way it is quick at: figures spread in columns, sums by level, Parquet."""
    places = territories(size.communes).query("type == 'commune'").assign(pays="FR").set_index("code")[[*LEVELS]]
    frames = [_year_with_pandas(folder, year, places, size) for year in size.years]
    every = pd.concat(frames, ignore_index=True).sort_values(["territoire", "indicateur", "annee"], ignore_index=True)
    every["valeur"] = 100 * every["numerateur"] / every["denominateur"]
    every["statut"] = pd.Categorical.from_codes(
        np.zeros(len(every), dtype="int8"), dtype=pd.CategoricalDtype(["calcule"])
    )
    every.to_parquet(folder / "pandas.parquet", compression="zstd")
    if every.duplicated(["territoire", "indicateur", "annee"]).any():
        raise AssertionError("two figures for one territory, indicator and year")
    france = float(every.loc[every["territoire"] == "FR", "numerateur"].sum())
    return {"lignes": len(every), "france": france, "octets": (folder / "pandas.parquet").stat().st_size}


def _year_with_pandas(folder: Path, year: int, places: pd.DataFrame, size: Taille) -> pd.DataFrame:
    """The rows of a year: communes, then each level; codes are categories, texts would take ten times the memory."""
    facts = pq.read_table(_file(folder, year), columns=["territoire", "variable", "valeur"]).to_pandas()
    wide = facts.pivot(index="territoire", columns="variable", values="valeur")
    sums = [wide.groupby(places[level].reindex(wide.index)).sum() for level in LEVELS]
    whole = pd.concat([wide, *sums])
    numbers = np.arange(1, size.indicateurs + 1)
    above = whole[[f"num{n:03d}" for n in numbers]].to_numpy()
    under = whole[[f"den{n % DENOMINATEURS:02d}" for n in numbers]].to_numpy()
    codes = pd.CategoricalDtype(sorted(territories(size.communes)["code"]))
    return pd.DataFrame(
        {
            "territoire": pd.Categorical(whole.index, dtype=codes).repeat(len(numbers)),
            "indicateur": pd.Categorical.from_codes(np.tile(numbers - 1, len(whole)), size.codes),
            "annee": np.int16(year),
            "numerateur": above.ravel(),
            "denominateur": under.ravel(),
        }
    )


def _file(folder: Path, year: int) -> str:
    return (folder / f"faits_{year}.parquet").as_posix()
