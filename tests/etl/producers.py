"""Small files of our own, written in the producers' formats: everything invented, nothing copied.

Three communes of the 93 and their merger: 93059 joins 93066 in 2025, as in reality; 93015 has secrets.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import duckdb

from etl import facts
from etl.cards import Correction, FicheIndicateur, Jeu, Source, Theme
from etl.catalogue import Catalogue
from etl.quartiers import load_quartiers
from etl.transform import create_tables, transform

EPT = "200057867"


def indicateur(code: str, numerateur: str, agregation: str = "somme", **fields: object) -> FicheIndicateur:
    """A card with the least a card can say."""
    base = {
        "code": code,
        "theme": "essai",
        "publics": ["tous"],
        "libelle": f"Indicateur {code}",
        "definition": "Définition écrite pour les essais.",
        "unite": "habitants",
        "decimales": 1,
        "sens": "neutre",
        "sens_pourquoi": "Sans jugement.",
        "agregation": agregation,
        "numerateur": numerateur,
        "numerateur_libelle": "numérateur",
        "precaution": "Chiffre inventé.",
        "comparabilite": "Toutes les années se comparent.",
    }
    if "denominateur" in fields:
        base["denominateur_libelle"] = "dénominateur"
    return FicheIndicateur.model_validate(base | fields)


def source(code: str, jeu: str, fichier: str, millesime: int, **fields: object) -> Source:
    """A source of figures; geography 2021 (40 communes) unless told otherwise."""
    base = {
        "code": code,
        "jeu": jeu,
        "fichier": fichier,
        "millesime": millesime,
        "geographie": 2021,
        "lecteur": "tableau",
    }
    return Source.model_validate(base | fields).expand()[0]


def jeu(code: str, variables: list[str], **fields: object) -> Jeu:
    """A dataset."""
    base = {"code": code, "producteur": "Producteur d’essai", "nom": code, "licence": "Licence d’essai"}
    return Jeu.model_validate(base | {"description": "essai", "variables": variables} | fields)


def catalogue(
    jeux: list[Jeu],
    sources: list[Source],
    indicateurs: list[FicheIndicateur],
    corrections: list[Correction] | None = None,
) -> Catalogue:
    """A catalogue of one theme."""
    return Catalogue(
        themes=[Theme(code="essai", libelle="Essai", ordre=1)],
        jeux={j.code: j for j in jeux},
        sources=sources,
        indicateurs=indicateurs,
        corrections=corrections or [],
    )


def build_warehouse(
    mirror: Path,
    cat: Catalogue,
    quartiers: dict[str, Source] | None = None,
    voisins: Sequence[tuple[str, str, str | None]] = (),
) -> duckdb.DuckDBPyConnection:
    """An in-memory warehouse: three communes (93001, 93015, 93066), one EPT, the 93, the former communes.

    ``quartiers``: the sources of the IRIS and QPV, by dataset, when the test has some. ``voisins``: territories of the
    région outside the 93 (code, type, département).
    """
    con = duckdb.connect()
    create_tables(con)
    con.execute(
        f"""
        INSERT INTO territoire (code, type, nom, code_court, code_ept, code_departement, code_region, valide_du,
            valide_au, successeur)
        VALUES
            ('FR', 'pays', 'France', NULL, NULL, NULL, NULL, NULL, NULL, NULL),
            ('FM', 'pays', 'France métropolitaine', NULL, NULL, NULL, NULL, NULL, NULL, NULL),
            ('R11', 'region', 'Île-de-France', NULL, NULL, NULL, 'R11', NULL, NULL, NULL),
            ('93', 'departement', 'Seine-Saint-Denis', NULL, NULL, '93', 'R11', NULL, NULL, NULL),
            ('{EPT}', 'ept', 'Plaine Commune', 'T6', '{EPT}', '93', 'R11', NULL, NULL, NULL),
            ('93001', 'commune', 'Aubervilliers', NULL, '{EPT}', '93', 'R11', NULL, NULL, NULL),
            ('93015', 'commune', 'Coubron', NULL, '{EPT}', '93', 'R11', NULL, NULL, NULL),
            ('93066', 'commune', 'Saint-Denis', NULL, '{EPT}', '93', 'R11', '2025-01-01', NULL, NULL),
            ('93059', 'commune_historique', 'Pierrefitte', NULL, '{EPT}', '93', 'R11', NULL, '2024-12-31', '93066'),
            ('93066_2024', 'commune_historique', 'Saint-Denis (avant 2025)', NULL, '{EPT}', '93', 'R11', NULL,
                '2024-12-31', '93066')
        """
    )
    for code, kind, parent in voisins:
        columns = "(code, type, nom, code_departement, code_region)"
        con.execute(f"INSERT INTO territoire {columns} VALUES (?, ?, ?, ?, 'R11')", [code, kind, code, parent])
    load_quartiers(con, quartiers or {}, mirror, "93")
    facts.load_facts(con, cat, mirror)
    transform(con, cat, "93")
    return con


def figure(con: duckdb.DuckDBPyConnection, territoire: str, code: str, annee: int) -> dict:
    """One observation, by column name."""
    cursor = con.execute(
        "SELECT * FROM observation WHERE territoire = ? AND indicateur = ? AND annee = ?", [territoire, code, annee]
    )
    names = [column[0] for column in cursor.description]
    row = cursor.fetchone()
    return dict(zip(names, row, strict=True)) if row else {}


def told(finding):
    """The gaps that a check found, as they are told."""
    return [str(gap) for gap in finding.ecarts]
