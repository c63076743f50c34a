"""Rules between the lines of a model: SQL expressions, read by DuckDB, which can reach nothing but the answers.

An expression is parsed when the model is read: only constants, the codes of lines, comparisons and a few functions.
It is then bound to typed columns, in a database in memory that has no access to files, to the network or to extensions.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any

import duckdb

from etl.messages import nearest
from etl.saisies.modeles import NOMBRES, Genre, Modele, Regle, Rubrique
from registre.records import Reponse, Statut

# Names that a rule may use beside the lines: the population of the territory, the year of the deposit.
VARIABLES = {"POPULATION": "DECIMAL(18,6)", "EXERCICE": "INTEGER"}
FONCTIONS = frozenset(
    {"+", "-", "*", "/", "%", "abs", "ceil", "floor", "round", "greatest", "least", "coalesce", "nullif"}
    | {"len", "length", "lower", "upper", "trim", "year", "month", "day", "list_contains"}
    | {"~~", "!~~", "~~*", "!~~*"}  # LIKE, NOT LIKE, and whatever the case
)
_CASTS = frozenset({"BOOLEAN", "DATE", "DOUBLE", "INTEGER", "BIGINT", "DECIMAL", "VARCHAR"})
_TYPES = {
    **dict.fromkeys(NOMBRES, "DECIMAL(18,6)"),
    Genre.DATE: "DATE",
    Genre.OUI_NON: "BOOLEAN",
    Genre.CHOIX_MULTIPLE: "VARCHAR[]",
    Genre.TABLEAU: "INTEGER",
}
# A whole tree of a thousand characters has far fewer nodes than this.
_DEEPEST = 60
_AGAIN = "écrire une expression SQL vraie quand tout va bien, comme « AID02 <= AID01 »"


class RegleRefusee(ValueError):
    """Why an expression is not a rule (text in French), and what to do (``conseil``)."""

    def __init__(self, told: str, conseil: str = _AGAIN) -> None:
        super().__init__(told)
        self.conseil = conseil


@lru_cache(maxsize=1)
def _base() -> duckdb.DuckDBPyConnection:
    """The database in memory that all rules share, through a cursor each."""
    config: dict[str, str | bool | int | float | list[str]] = {
        "enable_external_access": "false",
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
        "allow_community_extensions": "false",
        "memory_limit": "256MB",
        "threads": "1",
        "lock_configuration": "true",
    }
    return duckdb.connect(":memory:", config=config)


@lru_cache(maxsize=1)
def _reserved() -> frozenset[str]:
    query = "SELECT keyword_name FROM duckdb_keywords() WHERE keyword_category IN ('reserved', 'type_function')"
    return frozenset(name.upper() for (name,) in _base().cursor().execute(query).fetchall())


class _Reserves:
    """What is no code of a line: the words of SQL, and the variables of the rules."""

    def __contains__(self, code: str) -> bool:
        return code in VARIABLES or code in _reserved() or code == "LIGNES"


RESERVES = _Reserves()


@lru_cache(maxsize=2048)
def check_expression(expression: str, lines: tuple[Rubrique, ...]) -> tuple[tuple[str, ...], str | None]:
    """The codes of the lines that an expression names, and the table whose rows it judges. Raises RegleRefusee."""
    node = _parsed(expression)
    found: list[str] = []
    _walk(node, found, 0)
    known = {line.code: line for line in lines}
    columns = {column.code: line for line in lines for column in line.colonnes}
    tables = set()
    for code in found:
        if code in columns:
            tables.add(columns[code].code)
        elif code not in known and code not in VARIABLES:
            meant = nearest(code, [*known, *columns, *VARIABLES])
            raise RegleRefusee(f"rubrique « {code} » inconnue", f"peut-être « {meant} »" if meant else _AGAIN)
        elif code in known and known[code].genre is Genre.IDENTITE:
            raise RegleRefusee(f"« {code} » est une identité, qu’aucune règle ne lit")
    if len(tables) > 1:
        raise RegleRefusee("une règle ne lit que les colonnes d’un tableau", "en faire une règle par tableau")
    table = tables.pop() if tables else None
    if table in found:
        raise RegleRefusee(f"« {table} » compte les lignes : il ne va pas avec ses colonnes", "en faire deux règles")
    codes = tuple(dict.fromkeys(code for code in found if code not in VARIABLES))
    if not codes:
        raise RegleRefusee("aucune rubrique n’y est nommée")
    _bind(expression, lines, table)
    return codes, table


def broken(
    modele: Modele, answers: Sequence[Reponse], exercice: int, population: float | None
) -> Iterator[tuple[Regle, int, bool]]:
    """The rules that the answers break, with the row of the table (0 without); True when it could not be computed."""
    if not modele.regles:
        return
    values = _values(modele, answers, exercice, population)
    rows = _rows(modele, answers)
    con = _base().cursor()
    _create(con, "lignes", _head_columns(modele.rubriques), [values])
    for rule in modele.regles:
        ranks, source = [0], "lignes"
        if rule.tableau is not None:
            (line,) = (one for one in modele.rubriques if one.code == rule.tableau)
            ranks = sorted(rows.get(rule.tableau, {}))
            if not ranks:
                continue
            _create(con, rule.tableau, _table_columns(line), [rows[rule.tableau][rank] for rank in ranks])
            source = f'lignes, "{rule.tableau}"'
        query = f"SELECT ({rule.expression}\n) FROM {source}"
        if rule.tableau is not None:
            query += f' ORDER BY "{rule.tableau}"."_RANG"'
        try:
            verdicts = con.execute(query).fetchall()
        except duckdb.Error:  # a product too large, a division that its types do not allow
            yield rule, 0, True
            continue
        yield from ((rule, rank, False) for rank, (verdict,) in zip(ranks, verdicts, strict=True) if verdict is False)


def _parsed(expression: str) -> dict[str, Any]:
    """The tree of an expression. Raises RegleRefusee when it is anything else than one expression."""
    if "\0" in expression or '"."' in expression:
        raise RegleRefusee("l’expression ne se lit pas")
    query = f"SELECT ({expression}\n)"
    ((text,),) = _base().cursor().execute("SELECT json_serialize_sql(?::VARCHAR)", [query]).fetchall()
    read = json.loads(text)
    if read["error"]:
        raise RegleRefusee("l’expression ne se lit pas")
    (statement,) = read["statements"]
    node = statement["node"]
    plain = (
        node.get("type") == "SELECT_NODE"
        and len(node["select_list"]) == 1
        and node["from_table"]["type"] == "EMPTY"
        and not node["modifiers"]
        and not node["cte_map"]["map"]
        and not statement.get("named_param_map")
        and all(not node.get(key) for key in ("where_clause", "group_expressions", "having", "qualify", "sample"))
    )
    if not plain:
        raise RegleRefusee("l’expression est une requête")
    return node["select_list"][0]


def _walk(node: Any, found: list[str], depth: int) -> None:
    """Every node of a tree is of a kind that computes from answers; ``found`` receives the codes."""
    if depth > _DEEPEST:
        raise RegleRefusee("l’expression est trop imbriquée", "en faire plusieurs règles")
    if node["class"] == "COLUMN_REF":
        found.append(".".join(node["column_names"]))
    for child in _children(node):
        if child is not None:
            _walk(child, found, depth + 1)


def _children(node: Any) -> list[Any]:
    """What a node computes from. Raises RegleRefusee at a node of any kind that is not listed here."""
    kind = node["class"]
    if kind in ("COLUMN_REF", "CONSTANT"):
        return []
    if kind == "COMPARISON":
        return [node["left"], node["right"]]
    if kind == "BETWEEN":
        return [node["input"], node["lower"], node["upper"]]
    if kind == "CASE":
        checks = node["case_checks"]
        return [*(one[part] for one in checks for part in ("when_expr", "then_expr")), node["else_expr"]]
    if kind == "CAST" and node["cast_type"]["id"] in _CASTS:
        return [node["child"]]
    known_function = kind == "FUNCTION" and node["function_name"].lower() in FONCTIONS and not node["schema"]
    if kind == "CONJUNCTION" or known_function or (kind == "OPERATOR" and node["type"] in _OPERATORS):
        return node["children"]
    what = node.get("function_name") or kind.lower().replace("_", " ")
    told = f"« {what} » n’est pas permis dans une règle"
    raise RegleRefusee(told, "comparaisons, calculs, AND, OR, NOT, IN, BETWEEN, CASE, abs, round, coalesce…")


_OPERATORS = frozenset(
    {
        "OPERATOR_NOT",
        "OPERATOR_IS_NULL",
        "OPERATOR_IS_NOT_NULL",
        "OPERATOR_COALESCE",
        "OPERATOR_NULLIF",
        "COMPARE_IN",
        "COMPARE_NOT_IN",
    }
)


def _bind(expression: str, lines: Sequence[Rubrique], table: str | None) -> None:
    """The expression gives true or false on the types of its columns. Raises RegleRefusee."""
    con, source = _base().cursor(), "lignes"
    _create(con, "lignes", _head_columns(lines), [])
    if table is not None:
        (line,) = (one for one in lines if one.code == table)
        _create(con, table, _table_columns(line), [])
        source = f'lignes, "{table}"'
    try:
        described = con.execute(f"DESCRIBE SELECT ({expression}\n) FROM {source}").fetchall()
    except duckdb.Error as error:
        raise RegleRefusee("les types ne vont pas ensemble : un nombre, une date, un texte…") from error
    if described[0][1] != "BOOLEAN":
        raise RegleRefusee("l’expression ne dit pas vrai ou faux")


def _head_columns(lines: Iterable[Rubrique]) -> dict[str, str]:
    return {line.code: _TYPES.get(line.genre, "VARCHAR") for line in lines} | VARIABLES


def _table_columns(line: Rubrique) -> dict[str, str]:
    columns = {one.code.partition(".")[2]: _TYPES.get(one.genre, "VARCHAR") for one in line.colonnes}
    return columns | {"_RANG": "INTEGER"}


def _create(
    con: duckdb.DuckDBPyConnection, name: str, columns: Mapping[str, str], rows: Sequence[Mapping[str, Any]]
) -> None:
    listed = ", ".join(f'"{column}" {kind}' for column, kind in columns.items())
    con.execute(f'CREATE OR REPLACE TEMP TABLE "{name}" ({listed})')
    marks = ", ".join("?" for _ in columns)
    for row in rows:
        con.execute(f'INSERT INTO "{name}" VALUES ({marks})', [row.get(column) for column in columns])


def _values(modele: Modele, answers: Sequence[Reponse], exercice: int, population: float | None) -> dict[str, Any]:
    values: dict[str, Any] = {"EXERCICE": exercice, "POPULATION": population}
    values |= {answer.rubrique: _typed(modele, answer) for answer in answers if answer.rang == 0}
    rows = _rows(modele, answers)
    for line in modele.rubriques:
        if line.genre is Genre.TABLEAU:
            values[line.code] = len(rows[line.code]) if line.code in rows else values.get(line.code)
    return values


def _rows(modele: Modele, answers: Sequence[Reponse]) -> dict[str, dict[int, dict[str, Any]]]:
    """The rows of each table that has some: by table, by rank, the values of the columns."""
    tables: dict[str, dict[int, dict[str, Any]]] = {}
    for answer in answers:
        table, _, column = answer.rubrique.partition(".")
        if column and answer.rang > 0:
            row = tables.setdefault(table, {}).setdefault(answer.rang, {"_RANG": answer.rang})
            row[column] = _typed(modele, answer)
    return tables


def _typed(modele: Modele, answer: Reponse) -> Any:
    """The value of an answer as DuckDB takes it; None without a value."""
    line = modele.rubrique(answer.rubrique)
    if line is None or answer.statut is not Statut.RENSEIGNE or line.genre in (Genre.IDENTITE, Genre.TABLEAU):
        return None
    if line.genre is Genre.OUI_NON:
        return None if answer.valeur is None else bool(answer.valeur)
    if line.genre in NOMBRES:
        return answer.valeur
    if answer.texte is None:
        return None
    if line.genre is Genre.DATE:
        return date.fromisoformat(answer.texte)
    return [one.strip() for one in answer.texte.split(";")] if line.genre is Genre.CHOIX_MULTIPLE else answer.texte
