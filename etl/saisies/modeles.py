"""A model of questionnaire, as data: chapters, lines (rubriques), repeatable tables, rules between lines."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

MODELES = Path(__file__).resolve().parents[2] / "data" / "catalogue" / "modeles"


class Genre(StrEnum):
    """The type of a line."""

    ENTIER = "entier"
    DECIMAL = "decimal"
    MONTANT = "montant"
    POURCENTAGE = "pourcentage"
    DATE = "date"
    OUI_NON = "oui_non"
    CHOIX = "choix"
    CHOIX_MULTIPLE = "choix_multiple"
    TEXTE = "texte"
    TEXTE_LONG = "texte_long"
    FICHIER = "fichier"
    IDENTITE = "identite"
    TABLEAU = "tableau"


NOMBRES = frozenset({Genre.ENTIER, Genre.DECIMAL, Genre.MONTANT, Genre.POURCENTAGE})


@dataclass(frozen=True)
class Choix:
    """One of the answers that a line offers; ``code`` is kept, ``libelle`` is read."""

    code: str
    libelle: str


@dataclass(frozen=True)
class Rubrique:
    """A line of a questionnaire, or a column of a repeatable table (code « TABLE.COLONNE »).

    ``nature``: « flux » (of the year) or « stock » (at its end), None for what is neither. ``niveau``: « premiere »
    (the first wave), « coeur » or « option ». ``reference``: the text of law or the source of the definition, and
    ``reference_sure`` whether it was read. ``bornes``: lowest and highest plausible value; ``bornes_par_habitant``:
    the same per inhabitant of the territory. ``compte_de_personnes``: its small values are secret, with the amounts and
    ratios that go with it (``suit``: the line that this one is the amount or the ratio of). ``publique_par_la_loi``:
    public whatever the CCAS chooses. ``depuis``, ``jusque``: the versions of the model that ask it. ``saut``: the
    change since last year that asks for a note, 1 for twice as much or half; ``lignes``: how many a table offers.
    """

    code: str
    chapitre: str
    libelle: str
    genre: Genre
    definition: str
    niveau: str = "coeur"
    regle: str | None = None
    unite: str | None = None
    nature: str | None = None
    publics: tuple[str, ...] = ()
    reference: str | None = None
    reference_sure: bool = False
    statuts: tuple[str, ...] = ("non_concerne", "non_suivi", "a_venir")
    bornes: tuple[float | None, float | None] = (None, None)
    bornes_par_habitant: tuple[float | None, float | None] = (None, None)
    saut: float | None = None
    methodes: tuple[Choix, ...] = ()
    unites: tuple[Choix, ...] = ()
    choix: tuple[Choix, ...] = ()
    colonnes: tuple[Rubrique, ...] = ()
    diffusion: str = "reseau"
    publique_par_la_loi: bool = False
    compte_de_personnes: bool = False
    suit: str | None = None
    depuis: int = 1
    jusque: int | None = None
    lignes: int = 30


@dataclass(frozen=True)
class Chapitre:
    """A group of lines: a sheet of the workbook, a step of the form."""

    code: str
    libelle: str
    introduction: str = ""


@dataclass(frozen=True)
class Regle:
    """A rule between lines: an SQL expression over their codes, true when all is well (unknown is not a fault).

    ``gravite``: « erreur » stops a deposit, « surprise » asks for a note. ``rubriques``: the codes that the expression
    names; ``tableau``: the repeatable table whose columns it names, which it then judges row by row.
    """

    code: str
    expression: str
    gravite: str
    message: str
    depuis: int = 1
    jusque: int | None = None
    rubriques: tuple[str, ...] = ()
    tableau: str | None = None


@dataclass(frozen=True)
class Modele:
    """A questionnaire at a version. ``rubriques``: those of the version, in the order of the chapters."""

    code: str
    version: int
    libelle: str
    description: str
    chapitres: tuple[Chapitre, ...]
    rubriques: tuple[Rubrique, ...]
    regles: tuple[Regle, ...] = ()
    finalite: str = ""
    base_legale: str = ""
    conservation: str = ""
    _par_code: dict[str, Rubrique] = field(init=False, default_factory=dict, compare=False, repr=False)

    def __post_init__(self) -> None:
        for line in self.rubriques:
            self._par_code[line.code] = line
            self._par_code.update({column.code: column for column in line.colonnes})

    def rubrique(self, code: str) -> Rubrique | None:
        """The line or column of this code, None when the model has none."""
        return self._par_code.get(code)


def model_codes(folder: Path = MODELES) -> list[str]:
    """The codes of the models, from the names of their folders: nothing in them is read."""
    return sorted(path.parent.name for path in folder.glob("*/modele.toml"))


def load_models(folder: Path = MODELES) -> dict[str, Modele]:
    """Every model at its current version, by code. Raises DataError with everything that is wrong, file by file."""
    from etl.saisies.chargement import read_models  # here: pydantic and DuckDB, which the records do without

    return read_models(folder)


def load_model(code: str, version: int | None = None, folder: Path = MODELES) -> Modele:
    """One model, at its current version or at an earlier one. Raises DataError when it is unknown or wrong."""
    from etl.saisies.chargement import read_model

    return read_model(code, version, folder)
