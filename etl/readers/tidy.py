"""Long files, one row a figure: « relevés », with our columns, and the producers' own, read by a declared pivot."""

from __future__ import annotations

import duckdb

from etl.cards import Jeu, Pivot, Source
from etl.errors import DataError, Problem, shown
from etl.marks import ABSENTS, BELOW, SECRETS
from etl.readers.files import MAX_PROBLEMS, columns_of
from etl.readers.raw import column_name, nearest_names, quote, require_columns
from etl.rows import insert_rows

NIVEAUX_LUS = ("commune", "departement", "region", "pays", "iris", "qpv")
# Types of territory as the producers write them (INSEE, « Melodi » files) and as relevés do: the level they are. The
# others of these files (EPCI, zones d’emploi, arrondissements…) are not read.
OBJETS = {
    **{name: name for name in NIVEAUX_LUS},
    **{"COM": "commune", "DEP": "departement", "REG": "region", "FRANCE": "pays", "IRIS": "iris", "QPV": "qpv"},
    **{"france": "pays", "france_metropolitaine": "pays"},
}
# What a code looks like at each level: a spreadsheet may have lost its first zero. Paris is « 75 » in some files of
# communes, and the name of the country is whatever the producer writes.
CODES = {
    "commune": "[0-9]{4,5}|2[AB][0-9]{3}",
    "departement": "[0-9]{1,3}|2[AB]",
    "region": "[0-9]{1,2}",
    "pays": "[^0-9]*",
    "iris": "[0-9]{8,9}|2[AB][0-9]{7}",
    "qpv": "Q[A-Z][0-9AB]{3}.*",
}
# SDMX: the power of ten by which every figure of the line is to be multiplied; « 0 » or nothing, it is as written.
MULTIPLICATEUR = "UNIT_MULT"
# Statuses of confidentiality (SDMX, code list CL_CONF_STATUS): F and A may be published; C, D, N and S may not.
STATUTS = {"": "publie", "F": "publie", "A": "publie", "C": "secret", "D": "secret", "N": "secret", "S": "secret"}
# The mark that etl/facts.py reads in place of the text; a secret stays one even when a figure stands on its line.
_MARQUES = {"secret": "s", "manquant": "nd"}
RELEVE = Pivot(territoire="territoire", objet="type", annee="annee", mesure=["variable"], valeur="valeur")


def read_tidy(con: duckdb.DuckDBPyConnection, source: Source, jeu: Jeu) -> None:
    """Read the figures of the source's vintage into ``brut``. Raises DataError when a figure is told twice.

    The columns are those of the source's pivot; without one, those of a relevé: ``annee, territoire, variable,
    valeur`` and, where several levels share the file, ``type``. ``alias`` renames columns and codes of variables.
    Options of ``lecture``: prefixe (put before the variable), annee (label of the year in the file).
    """
    pivot = _columns(con, source, jeu)
    year = str(source.lecture.get("annee", source.millesime))
    _stage_codes(con, source, jeu)
    _stage_lines(con, source, pivot, year)
    _refuse(_wrong_lines(con, source, pivot, year))
    if source.pivot:
        _refuse(_absent_codes(con, source, pivot))
    _refuse(_twice(con, source, pivot))
    decimal = source.lecture.get("decimale", ".")
    marks = {"secrets": list(SECRETS), "absents": ["", "nan", *ABSENTS], "dessous": BELOW}
    con.execute(_BRUT, {"decimale": decimal, **marks})
    for variable, (above, below) in source.rapporter.items():
        asked = {"variable": variable, "haut": above, "bas": below, "decimale": decimal}
        con.execute(_RAPPORT, {**asked, "secrets": marks["secrets"], "dessous": BELOW})


_BRUT = """
CREATE OR REPLACE TEMP TABLE brut AS
SELECT ligne, niveau, code, colonne, variable, texte FROM chiffre WHERE parts = 0
UNION ALL
-- Une variable composée de plusieurs chiffres du fichier : leur somme. Si l'un d'eux est absent ou secret, c'est lui
-- qui reste, et elle n'a pas de valeur ; de même un texte qui n'est pas un nombre, refusé ensuite avec sa ligne.
SELECT CASE WHEN pire.rang > 0 THEN pire.ligne ELSE premiere END, niveau, code, pire.colonne, variable,
    CASE
        WHEN pire.rang > 0 THEN pire.texte
        WHEN presents < parts THEN 'nd'
        ELSE replace(CAST(round(total, 6) AS VARCHAR), '.', $decimale)
    END
FROM (
    SELECT niveau, code, variable, parts, count(*) AS presents, sum(nombre ORDER BY ligne) AS total,
        min(ligne) AS premiere, arg_max(struct_pack(rang, ligne, colonne, texte), (rang, -ligne)) AS pire
    FROM (
        SELECT *, CASE WHEN nombre IS NOT NULL THEN 0
            WHEN list_contains($secrets, lower(net)) OR regexp_full_match(net, $dessous) THEN 2
            WHEN list_contains($absents, lower(net)) THEN 1 ELSE 3 END AS rang
        FROM (
            SELECT *, CASE WHEN $decimale = '.' OR NOT contains(net, '.')
                THEN TRY_CAST(replace(net, $decimale, '.') AS DOUBLE) END AS nombre
            FROM (
                SELECT *, regexp_replace(texte, '[\\s\\x{00A0}\\x{202F}]', '', 'g') AS net FROM chiffre WHERE parts > 0
            )
        )
    )
    GROUP BY niveau, code, variable, parts
)
"""

# Un pourcentage dont le fichier donne les deux effectifs ; sans l'un d'eux, il n'a pas de valeur.
_RAPPORT = """
INSERT INTO brut
WITH net AS (
    SELECT *, regexp_replace(texte, '[\\s\\x{00A0}\\x{202F}]', '', 'g') AS net FROM brut
), lu AS (
    SELECT *, list_contains($secrets, lower(net)) OR regexp_full_match(net, $dessous) AS secret,
        TRY_CAST(replace(net, $decimale, '.') AS DOUBLE) AS nombre
    FROM net
)
SELECT a.ligne, a.niveau, a.code, a.colonne, $variable,
    CASE WHEN a.secret OR b.secret THEN 's'
        ELSE coalesce(replace(CAST(round(100 * a.nombre / nullif(b.nombre, 0), 9) AS VARCHAR), '.', $decimale), 'nd')
    END
FROM lu AS a JOIN lu AS b ON b.niveau = a.niveau AND b.code = a.code AND b.variable = $bas
WHERE a.variable = $haut
"""


def _columns(con: duckdb.DuckDBPyConnection, source: Source, jeu: Jeu) -> Pivot:
    """The pivot with the file's own names, aliases followed. Raises DataError when a column is not there."""

    def named(column: str) -> str:
        return column_name(column, source, jeu)

    asked = source.pivot or RELEVE
    kind = named(asked.objet) if asked.objet else None
    if not source.pivot and kind not in columns_of(con):
        kind = None  # a relevé of communes alone may do without the column « type »
    found = asked.model_copy(
        update={
            "territoire": named(asked.territoire),
            "objet": kind,
            "annee": named(asked.annee) if asked.annee else None,
            "mesure": [named(column) for column in asked.mesure],
            "valeur": named(asked.valeur),
            "statut": named(asked.statut) if asked.statut else None,
            "fixes": {named(column): value for column, value in asked.fixes.items()},
            "attendus": {named(column): value for column, value in asked.attendus.items()},
        }
    )
    optional = [column for column in (found.objet, found.annee, found.statut) if column]
    needed = [found.territoire, *found.mesure, found.valeur, *optional, *found.fixes, *found.attendus]
    require_columns(con, source, needed)
    return found


def _stage_codes(con: duckdb.DuckDBPyConnection, source: Source, jeu: Jeu) -> None:
    """Temporary table ``codes``: the variables wanted, the codes of the file that hold each, and how many there are
    to add (0: the figure is the file's own)."""
    rows: list[tuple[str, str, int]] = []
    for variable in source.variables_of(jeu):
        if variable in source.rapporter:
            continue
        parts = source.composer.get(variable)
        names = list(dict.fromkeys(parts)) if parts else [column_name(variable, source, jeu)]
        rows += [(variable, name, len(names) if parts else 0) for name in names]
    con.execute("CREATE OR REPLACE TEMP TABLE codes (variable VARCHAR, colonne VARCHAR, parts BIGINT)")
    insert_rows(con, "codes", rows)


def _stage_lines(con: duckdb.DuckDBPyConnection, source: Source, pivot: Pivot, year: str) -> None:
    """Temporary table ``chiffre``: the lines of the vintage that hold a wanted variable: ligne, objet, niveau, code,
    geographie, colonne, variable, parts, texte, statut."""
    parameters: dict[str, object] = {"niveau": source.niveau, "annee": year}
    conditions = [f"trim({quote(pivot.annee)}) = $annee" if pivot.annee else "$annee <> ''"]
    for n, (column, value) in enumerate(pivot.fixes.items()):
        conditions.append(f"trim({quote(column)}) = $fixe{n}")
        parameters[f"fixe{n}"] = value
    kind = f"lower(coalesce(trim({quote(pivot.objet)}), ''))" if pivot.objet else "''"
    status = f"coalesce(trim({quote(pivot.statut)}), '')" if pivot.statut else "''"
    measure = " || '|' || ".join(f"trim({quote(column)})" for column in pivot.mesure)
    con.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE chiffre AS
        WITH choisi AS MATERIALIZED (
            SELECT l.*, c.variable, c.parts
            FROM (
                SELECT _ligne AS ligne, {measure} AS colonne, {status} AS statut, {kind} AS objet,
                    upper(coalesce(trim({quote(pivot.territoire)}), '')) AS geo,
                    coalesce(trim({quote(pivot.valeur)}), '') AS texte
                FROM lu WHERE {" AND ".join(conditions)}
            ) AS l JOIN codes AS c USING (colonne)
        ), situe AS (
            SELECT *, CASE WHEN contains(geo, '-') THEN regexp_extract(geo, '^(?:([0-9]{{4}})-)?(?:([A-Z]+)-)?(.+)$',
                ['geographie', 'objet', 'code'])
                ELSE struct_pack(geographie := '', objet := '', code := geo) END AS lieu
            FROM choisi
        ), type AS (
            SELECT * EXCLUDE (objet, geo, lieu), lieu.code, lieu.geographie, lower(lieu.objet) AS prefixe,
                coalesce(nullif(objet, ''), lower(lieu.objet)) AS objet
            FROM situe
        ), objets AS (FROM {_table(_levels(pivot), "objet", "niveau")})
        SELECT t.ligne, t.objet, t.prefixe, t.code, t.geographie, t.colonne, t.variable, t.parts, t.statut,
            CASE WHEN t.objet = '' THEN $niveau ELSE o.niveau END AS niveau,
            coalesce(p.niveau, t.prefixe) IS DISTINCT FROM coalesce(o.niveau, t.objet) AND t.prefixe <> '' AS contredit,
            coalesce(m.marque, t.texte) AS texte
        FROM type AS t
        LEFT JOIN objets AS o ON o.objet = t.objet
        LEFT JOIN objets AS p ON p.objet = t.prefixe
        LEFT JOIN (FROM {_table(_marks(pivot), "statut", "marque")}) AS m USING (statut)
        """,
        parameters,
    )
    if source.pivot:
        con.execute("DELETE FROM chiffre WHERE niveau IS NULL AND NOT contredit")


def _levels(pivot: Pivot) -> dict[str, str]:
    """Each type of territory, whatever its case in the file → its level."""
    return {kind.lower(): level for kind, level in (OBJETS | pivot.objets).items()}


def _marks(pivot: Pivot) -> dict[str, str]:
    """Each status of the file that is no figure → the mark that says so."""
    return {status: _MARQUES[meaning] for status, meaning in (STATUTS | pivot.statuts).items() if meaning in _MARQUES}


def _wrong_lines(con: duckdb.DuckDBPyConnection, source: Source, pivot: Pivot, year: str) -> list[Problem]:
    """Types of territory and statuses that are not known, values that are not those expected, no line at all."""
    problems = []
    if con.execute("SELECT count(*) FROM chiffre").fetchone() == (0,):
        return [_nothing(con, source, pivot, year)]
    for told, line in _groups(con, "upper(objet) || ' » et « ' || upper(prefixe)", "contredit"):
        advice = "demander au producteur lequel est juste, et le corriger dans le fichier"
        told = f"deux types pour un même territoire : « {told} »"
        problems.append(Problem(source.fichier, told, ligne=line, colonne=pivot.objet, conseil=advice))
    if problems:
        return problems
    for kind, line in _groups(con, "objet", "niveau IS NULL"):
        told, advice = f"type de territoire « {kind} » inconnu", f"types permis : {', '.join(NIVEAUX_LUS)}"
        problems.append(Problem(source.fichier, told, ligne=line, colonne=pivot.objet, conseil=advice))
    known = [*STATUTS, *pivot.statuts]
    for status, line in _groups(con, "statut", "NOT list_contains($connus, statut)", {"connus": known}):
        advice = "dire dans « pivot », « statuts », s’il veut dire publie, secret ou manquant"
        told = f"statut « {status} » inconnu"
        problems.append(Problem(source.fichier, told, ligne=line, colonne=pivot.statut, conseil=advice))
    other: dict[str, object] = {"annee": str(source.geographie)}
    for found, line in _groups(con, "geographie", "geographie NOT IN ('', $annee)", other):
        told = f"territoires à la géographie {found}, et non {source.geographie}"
        advice = "corriger « geographie » dans sources.toml"
        problems.append(Problem(source.fichier, told, ligne=line, colonne=pivot.territoire, conseil=advice))
    problems += [*_misplaced(con, source, pivot), *_multiplied(con, source, pivot)]
    for column, value in pivot.attendus.items():
        query = f"""
            SELECT coalesce(trim(l.{quote(column)}), ''), min(l._ligne) FROM lu AS l JOIN chiffre AS c
                ON c.ligne = l._ligne
            WHERE coalesce(trim(l.{quote(column)}), '') <> $attendu GROUP BY ALL ORDER BY 2 LIMIT {MAX_PROBLEMS}
        """
        for found, line in con.execute(query, {"attendu": value}).fetchall():
            told = f"« {found} » au lieu de « {value} »"
            advice = "la lire dans une source à part, ou corriger « attendus » dans sources.toml"
            problems.append(Problem(source.fichier, told, ligne=line, colonne=column, conseil=advice))
    return problems


def _misplaced(con: duckdb.DuckDBPyConnection, source: Source, pivot: Pivot) -> list[Problem]:
    """Codes that cannot be those of the level their line says: « 93 » for a commune, « 93066 » for a département."""
    query = f"""
        SELECT c.niveau, c.code, min(c.ligne) FROM chiffre AS c
        JOIN (FROM {_table(CODES, "niveau", "forme")}) AS f USING (niveau)
        WHERE NOT regexp_full_match(trim(c.code), f.forme) GROUP BY ALL ORDER BY 3 LIMIT {MAX_PROBLEMS}
    """
    if pivot.objet:
        advice = f"vérifier « {pivot.territoire} » et « {pivot.objet} » sur cette ligne : l’un des deux est faux"
    else:
        advice = "vérifier le code, et « niveau » ou « objet » dans sources.toml"
    return [
        Problem(
            source.fichier,
            f"« {shown(code)} » n’est pas un code de type {level}",
            ligne=line,
            colonne=pivot.territoire,
            conseil=advice,
        )
        for level, code, line in con.execute(query).fetchall()
    ]


def _multiplied(con: duckdb.DuckDBPyConnection, source: Source, pivot: Pivot) -> list[Problem]:
    """Lines whose figures are to be multiplied, when the catalogue has said nothing of it."""
    declared = {*pivot.mesure, *pivot.fixes, *pivot.attendus}
    names = [name for name in columns_of(con) if name.upper() == MULTIPLICATEUR and name not in declared]
    problems = []
    for name in names:
        query = f"""
            SELECT trim(l.{quote(name)}), min(l._ligne) FROM lu AS l JOIN chiffre AS c ON c.ligne = l._ligne
            WHERE coalesce(trim(l.{quote(name)}), '') NOT IN ('', '0') GROUP BY ALL ORDER BY 2 LIMIT {MAX_PROBLEMS}
        """
        for found, line in con.execute(query).fetchall():
            told = f"chiffres à multiplier par 10 puissance « {shown(found)} », ce que le catalogue ne dit pas"
            advice = (
                f'dire dans « pivot » le multiplicateur lu (attendus = {{ "{name}" = "{shown(found)}" }}), '
                "et en tenir compte dans l’unité et le « facteur » des fiches"
            )
            problems.append(Problem(source.fichier, told, ligne=line, colonne=name, conseil=advice))
    return problems


def _nothing(con: duckdb.DuckDBPyConnection, source: Source, pivot: Pivot, year: str) -> Problem:
    """No line of the vintage holds a wanted variable: which years the file has, if that is the reason."""
    advice = "vérifier le millésime déclaré"
    if pivot.annee:
        query = f"SELECT DISTINCT trim({quote(pivot.annee)}) FROM lu ORDER BY 1"
        years = [found for (found,) in con.execute(query).fetchall() if found]
        if year in years:
            wanted = ", ".join(name for (name,) in con.execute("SELECT DISTINCT colonne FROM codes").fetchall())
            told = f"aucune ligne de {year} ne porte {_cut(wanted)}"
            advice = "vérifier « alias », « pivot » et le type des territoires dans sources.toml"
            return Problem(source.fichier, told, colonne=" | ".join(pivot.mesure), conseil=advice)
        advice += f" ; années du fichier : {_cut(', '.join(years)) or 'aucune'}"
    return Problem(source.fichier, f"aucun chiffre pour l’année {year}", colonne=pivot.annee, conseil=advice)


def _absent_codes(con: duckdb.DuckDBPyConnection, source: Source, pivot: Pivot) -> list[Problem]:
    """The codes that a pivot asks for and that no line of the vintage holds, with the nearest there are."""
    absent = con.execute("SELECT DISTINCT colonne FROM codes EXCEPT SELECT colonne FROM chiffre ORDER BY 1").fetchall()
    measure = " || '|' || ".join(f"trim({quote(column)})" for column in pivot.mesure)
    present = [name for (name,) in con.execute(f"SELECT DISTINCT {measure} FROM lu").fetchall() if name]
    column = " | ".join(pivot.mesure)
    return [
        Problem(
            source.fichier,
            f"aucune ligne ne porte « {code} »",
            colonne=column,
            conseil=nearest_names(code, present, "codes proches") or "corriger « alias », ou le mettre dans « sans »",
        )
        for (code,) in absent[:MAX_PROBLEMS]
    ]


def _twice(con: duckdb.DuckDBPyConnection, source: Source, pivot: Pivot) -> list[Problem]:
    """A figure that the file gives twice: which lines, and by which columns they differ."""
    doubles = con.execute(
        f"""
        SELECT code, colonne, min(ligne), max(ligne) FROM chiffre
        GROUP BY niveau, code, colonne, variable HAVING count(*) > 1 ORDER BY 4 LIMIT {MAX_PROBLEMS}
        """
    ).fetchall()
    others = [name for name in columns_of(con) if name != pivot.valeur]
    problems = []
    for code, measure, first, last in doubles:
        lines = con.execute("SELECT * FROM lu WHERE _ligne IN (?, ?) ORDER BY _ligne", [first, last])
        names = [column[0] for column in lines.description]
        one, two = (dict(zip(names, row, strict=True)) for row in lines.fetchall())
        apart = [name for name in others if (one[name] or "").strip() != (two[name] or "").strip()]
        told = f"« {measure} » du territoire « {code} » figure deux fois (aussi à la ligne {first})"
        advice = "ne garder qu’une des deux lignes"
        if apart and source.pivot:
            told += f" : « {one[apart[0]]} » et « {two[apart[0]]} »"
            advice = f"dire dans « pivot » quelle valeur de « {apart[0]} » lire (« fixes »), ou l’ajouter à « mesure »"
        column = apart[0] if apart else pivot.territoire
        problems.append(Problem(source.fichier, told, ligne=last, colonne=column, conseil=advice))
    return problems


def _groups(
    con: duckdb.DuckDBPyConnection, column: str, where: str, parameters: dict[str, object] | None = None
) -> list[tuple[str, int]]:
    """The values of a column of ``chiffre`` where a condition holds, each with its first line."""
    query = f"SELECT {column}, min(ligne) FROM chiffre WHERE {where} GROUP BY ALL ORDER BY 2 LIMIT {MAX_PROBLEMS}"
    return con.execute(query, parameters or {}).fetchall()


def _table(content: dict[str, str], key: str, value: str) -> str:
    """A dictionary as a table of SQL."""
    rows = ", ".join(f"({_text(k)}, {_text(v)})" for k, v in content.items())
    return f"(VALUES {rows}) AS t ({key}, {value})"


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _cut(text: str, width: int = 80) -> str:
    return text if len(text) <= width else text[:width] + "…"


def _refuse(problems: list[Problem]) -> None:
    if problems:
        raise DataError(problems[:MAX_PROBLEMS])
