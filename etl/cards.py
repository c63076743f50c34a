"""The cards of data/catalogue: what a source, an indicator, a rule or a correction must say to be accepted."""

from __future__ import annotations

from datetime import date
from fnmatch import fnmatchcase
from pathlib import PurePosixPath
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from etl.formulas import Terme, parse_formula, variables_of
from etl.typography import insecables


class Bloc(BaseModel):
    """A block of the catalogue: no unknown field, never changed once read."""

    model_config = ConfigDict(extra="forbid", frozen=True)


Texte = Annotated[str, AfterValidator(insecables)]
# « geographie » is read by etl/geography.py, etl/boundaries.py and etl/quartiers.py, « lieux » by etl/places.py.
Lecteur = Literal["tableau", "classeur", "rds", "long", "releve", "etablissements", "liste", "geographie", "lieux"]
Niveau = Literal["commune", "departement", "region", "pays", "iris", "qpv"]
# One column, or several put together.
Colonnes = Annotated[list[str], BeforeValidator(lambda value: [value] if isinstance(value, str) else value)]


class Regle(Bloc):
    """What a producer's value really means: ``si`` (« = 0 », « <= 5 ») then the figure's status is ``statut``.

    ``statut = "partiel"``: the figure of a level (``niveau``) leaves out members that are not disclosed. It is a lower
    bound, whatever its value: such a rule has no ``si``.
    """

    variables: list[str]
    si: str = Field(default="", pattern=r"^((=|<=|<|>=|>) -?\d+(\.\d+)?)?$")
    statut: Literal["secret", "manquant", "censure", "partiel"]
    territoires: list[str] = []
    niveau: Literal["", "commune", "departement", "region", "pays", "iris", "qpv"] = ""
    raison: Texte

    @model_validator(mode="after")
    def _check_condition(self) -> Regle:
        if self.statut == "partiel" and (self.si or self.niveau not in ("departement", "region", "pays")):
            raise ValueError("« partiel » va avec un niveau (departement, region ou pays), sans « si »")
        if self.statut != "partiel" and not self.si:
            raise ValueError("il manque « si »")
        return self


class Identite(Bloc):
    """A variable that is the sum of others of its dataset: what a label must not forget, and what secrets fear."""

    total: str
    parties: list[str] = Field(min_length=2)
    raison: Texte


class Population(Bloc):
    """Variables that count people among those of ``dans`` (a variable of any dataset): never more than it.

    ``au_plus`` is the largest ratio accepted where the producer's file is known to count more, and ``raison`` says
    why; the cards that use these variables say it too.
    """

    variables: list[str] = Field(min_length=1)
    dans: str
    au_plus: float = Field(default=1, ge=1)
    raison: Texte | None = None

    @model_validator(mode="after")
    def _check_excess(self) -> Population:
        if (self.au_plus > 1) != (self.raison is not None):
            raise ValueError("« au_plus » se dit avec « raison »")
        return self


class Grandeur(Bloc):
    """What some variables of a dataset measure, hence the figures that are possible (etl/bounds.py).

    ``unite``: « nombre » (people, dwellings, places…), « % », « euros » (of one person or household), « montant »
    (public accounts, which may be negative), « autre » (then ``bornes`` is needed). ``bornes`` replaces the lowest
    and the highest value of the unit, for every level.
    """

    variables: list[str] = Field(min_length=1)
    unite: Literal["nombre", "%", "euros", "montant", "autre"]
    bornes: list[float] = []

    @model_validator(mode="after")
    def _check_bounds(self) -> Grandeur:
        if self.bornes and (len(self.bornes) != 2 or self.bornes[0] >= self.bornes[1]):
            raise ValueError("« bornes » donne la plus petite et la plus grande valeur possibles")
        if self.unite == "autre" and not self.bornes:
            raise ValueError("une mesure « autre » dit ses « bornes »")
        return self


class Total(Bloc):
    """A variable that is the sum of others in the producer's own file, to within ``tolerance`` (a share of it)."""

    total: str
    parties: list[str] = Field(min_length=2)
    tolerance: float = Field(default=0.001, ge=0, le=0.1)


class Arrondi(Bloc):
    """How finely a producer publishes: every figure of ``variables`` is a multiple of ``pas`` (« 1 », « 0,1 », « 5 »).

    ``annees`` and ``niveaux`` narrow it; empty, they mean all. What is declared nowhere is taken for exact.
    """

    variables: list[str] = Field(min_length=1)
    pas: float = Field(gt=0)
    annees: list[int] = []
    niveaux: list[Literal["commune", "departement", "region", "pays", "iris", "qpv"]] = []
    raison: Texte

    def covers(self, variable: str, annee: int, niveau: str) -> bool:
        """True when a figure of this variable, vintage and level is published with this step."""
        known = (not self.annees or annee in self.annees) and (not self.niveaux or niveau in self.niveaux)
        return known and any(fnmatchcase(variable, pattern) for pattern in self.variables)


class Jeu(Bloc):
    """A dataset, whatever its vintage."""

    code: str
    producteur: str
    nom: Texte
    licence: str
    page: str | None = None
    description: Texte
    variables: list[str] = []
    alias: dict[str, str] = {}
    regles: list[Regle] = []
    mesures: list[Grandeur] = []
    totaux: list[Total] = []
    identites: list[Identite] = []
    populations: list[Population] = []
    arrondis: list[Arrondi] = []


class Pivot(Bloc):
    """How a long file, one figure a line, is read: which column holds what.

    ``territoire`` may carry the type of territory before the code (« COM-93066 », « 2025-COM-93066 »), else ``objet``
    is the column that says it, else every line is of the source's level. ``objets`` adds types of territory to those
    that are known, each with our level. The code of a figure is that of the columns ``mesure``, joined by « | ».
    ``fixes``: the lines to read have this value in this column; ``attendus``: so must they, or the file is refused.
    ``statuts`` adds statuses of figures (column ``statut``) to those that are known.
    """

    territoire: str
    objet: str | None = None
    objets: dict[str, Niveau] = {}
    annee: str | None = None
    mesure: Colonnes = Field(min_length=1)
    valeur: str
    statut: str | None = None
    statuts: dict[str, Literal["publie", "secret", "manquant"]] = {}
    fixes: dict[str, str] = {}
    attendus: dict[str, str] = {}


def _fill(text: str, year: int) -> str:
    """« FILO{aaaa} » or « filo{aa} » at a vintage."""
    return text.replace("{aaaa}", str(year)).replace("{aa}", f"{year % 100:02d}")


class Source(Bloc):
    """One vintage of a dataset: a file, the geography it is written in, how to read it.

    Several years that read alike are declared once with ``millesimes``; ``code`` then carries ``{aaaa}``, and
    ``expand`` gives one source a year. ``geographie_apres`` says how many years after the vintage the
    geography is, where it moves with it.
    """

    code: str
    jeu: str
    millesime: int = 0
    millesimes: list[int] = []
    geographie: int = 0
    geographie_apres: int | None = None
    fichier: str
    membre: str | None = None
    lecteur: Lecteur
    niveau: Niveau = "commune"
    url: str | None = None
    url_perimee: bool = False
    membre_telecharge: str | None = None
    sha256: str | None = Field(default=None, pattern=r"^[0-9a-f]{64}$")
    publie_le: date | None = None
    obtenu_le: date | None = None
    parametres: dict[str, str] = {}
    variables: list[str] = []
    sans: list[str] = []
    alias: dict[str, str] = {}
    composer: dict[str, list[str]] = {}
    rapporter: dict[str, list[str]] = {}
    pivot: Pivot | None = None
    lecture: dict[str, Any] = {}
    vide: Literal["secret", "manquant"] = "manquant"
    codes_hors_carte: list[str] = []
    communes_absentes: list[str] = []
    sommer: list[str] = []
    regles: list[Regle] = []
    arrondis: list[Arrondi] = []

    @model_validator(mode="after")
    def _check_vintage(self) -> Source:
        if bool(self.millesime) == bool(self.millesimes):
            raise ValueError("une source a soit « millesime », soit « millesimes »")
        if self.millesimes and "{aaaa}" not in self.code:
            raise ValueError("avec « millesimes », le code contient {aaaa}")
        if bool(self.geographie) == (self.geographie_apres is not None):
            raise ValueError("une source a soit « geographie », soit « geographie_apres »")
        if (self.lecteur == "long") != (self.pivot is not None):
            raise ValueError("« pivot » va avec le lecteur « long », et lui seul")
        if (self.composer or self.rapporter) and self.lecteur not in ("long", "releve"):
            raise ValueError("« composer » et « rapporter » vont avec les lecteurs « long » et « releve »")
        if any(len(pair) != 2 for pair in self.rapporter.values()):
            raise ValueError("« rapporter » nomme deux variables : celle qu’on divise, celle par quoi on divise")
        return self

    @property
    def fichiers(self) -> list[str]:
        """The files it is read in: its own, and the one beside it that names the columns, when there is one."""
        beside = self.lecture.get("entetes")
        return [self.fichier, *([PurePosixPath(self.fichier).with_name(beside).as_posix()] if beside else [])]

    def variables_of(self, jeu: Jeu) -> list[str]:
        """The variables this vintage holds: its own list, else the dataset's, less those it lacks (``sans``)."""
        return self.variables or [variable for variable in jeu.variables if variable not in self.sans]

    def step_of(self, jeu: Jeu, variable: str, niveau: str) -> float | None:
        """The step this vintage publishes a variable with at a level; None when none is declared.

        The source's own declaration comes before its dataset's.
        """
        found = (a.pas for a in [*self.arrondis, *jeu.arrondis] if a.covers(variable, self.millesime, niveau))
        return next(found, None)

    def expand(self) -> list[Source]:
        """One source a vintage; ``{aa}`` follows the vintage unless the block says otherwise."""
        return [self._of_year(year) for year in self.millesimes or [self.millesime]]

    def _of_year(self, year: int) -> Source:
        geography = self.geographie or year + (self.geographie_apres or 0)
        return self.model_copy(
            update={
                "code": self.code.replace("{aaaa}", str(year)),
                "fichier": _fill(self.fichier, year).replace("{geo}", str(geography)),
                "millesime": year,
                "millesimes": [],
                "geographie": geography,
                "geographie_apres": None,
                "parametres": {"aa": f"{year % 100:02d}"} | self.parametres,
            }
        )


# Persons are surveyed through their dwellings, so never with a smaller design effect than theirs (docs/methodes.md).
EFFET_PLAN_MINIMAL = 2


class Rupture(Bloc):
    """A break in a series: from ``annee`` on, figures are no longer quite those of before; ``mot`` says why."""

    annee: int
    mot: Texte = Field(min_length=4, max_length=48)


class FicheIndicateur(Bloc):
    """The card of an indicator; see docs/catalogue.md for the meaning of each field."""

    code: str = Field(pattern=r"^[A-Z]{3}\d{2,3}$")
    theme: str
    publics: list[str] = Field(min_length=1)
    libelle: Texte = Field(min_length=3, max_length=90)
    definition: Texte = Field(min_length=20)
    unite: Texte
    decimales: int = Field(ge=0, le=3)
    sens: Literal["favorable", "defavorable", "neutre"]
    sens_pourquoi: Texte = Field(min_length=10)
    agregation: Literal["somme", "ratio", "approchee", "aucune"]
    forme: Literal["simple", "evolution"] = "simple"
    numerateur: str | None = None
    numerateur_libelle: Texte | None = None
    denominateur: str | None = None
    denominateur_libelle: Texte | None = None
    poids: str | None = None
    poids_libelle: Texte | None = None
    niveau: Literal["commune", "departement", "iris", "qpv"] = "commune"
    equivalent: str | None = Field(default=None, pattern=r"^[A-Z]{3}\d{2,3}$")
    base: str | None = None
    base_libelle: Texte | None = None
    base_min: float = Field(default=0, ge=0)
    facteur: float = 1
    duree: int | None = None
    ecart_annees: int = Field(default=0, ge=0)
    annees: list[int] = []
    annee_min: int | None = None
    etendue: list[float] = []
    incertitude: Literal["", "wilson_rp", "byar"] = ""
    effet_plan: float = Field(default=1, ge=1)
    nature: Literal["", "flux", "stock"] = ""
    phare: bool = False
    effectif: bool = False
    precaution: Texte | None = None
    comparabilite: Texte | None = None
    ruptures: list[Rupture] = []
    tendance: Literal["", "proportion", "nombres"] = ""
    echelle: Literal["rapport", "intervalle"] = "rapport"
    etat: Literal["disponible", "en_attente"] = "disponible"
    partenaire: Texte | None = None
    fichier_attendu: Texte | None = None

    @model_validator(mode="after")
    def _check_formula(self) -> FicheIndicateur:
        for formule in (self.numerateur, self.denominateur, self.poids, self.base):
            if formule:
                parse_formula(formule)
        if self.etat == "en_attente":
            if not (self.partenaire and self.fichier_attendu):
                raise ValueError("un indicateur en attente nomme le partenaire et le fichier attendu")
            return self
        if not self.numerateur:
            raise ValueError("il manque la formule (numerateur)")
        if not self.numerateur_libelle:
            raise ValueError("il manque numerateur_libelle")
        if self.agregation == "ratio" and not self.denominateur:
            raise ValueError("un ratio a un dénominateur")
        if self.denominateur and not self.denominateur_libelle:
            raise ValueError("il manque denominateur_libelle")
        if not self.precaution:
            raise ValueError("il manque precaution : ce qu’il ne faut pas conclure du chiffre")
        if not self.comparabilite:
            raise ValueError("il manque comparabilite : ce qui se compare d’une année à l’autre")
        if self.agregation in ("somme", "aucune") and (self.denominateur or self.poids):
            raise ValueError(f"« {self.agregation} » n’a ni dénominateur ni poids")
        if self.poids and (self.agregation != "approchee" or self.denominateur):
            raise ValueError("un poids va avec « approchee », sans dénominateur")
        if self.forme == "evolution" and not (self.duree and self.denominateur):
            raise ValueError("une évolution a une durée et une valeur de départ (denominateur)")
        if self.etendue and (len(self.etendue) != 2 or self.etendue[0] >= self.etendue[1]):
            raise ValueError("« etendue » donne le minimum et le maximum possibles")
        self._check_uncertainty()
        self._check_trend()
        self._check_below_commune()
        return self

    def _check_uncertainty(self) -> None:
        """A method fits what is counted: a part of a whole that was surveyed, or events of a year."""
        if self.incertitude == "wilson_rp" and (self.agregation, self.forme) != ("ratio", "simple"):
            raise ValueError("« wilson_rp » va avec une proportion (un ratio simple)")
        if self.incertitude == "wilson_rp" and self.effet_plan < EFFET_PLAN_MINIMAL:
            raise ValueError(
                f"avec « wilson_rp », « effet_plan » est d’au moins {EFFET_PLAN_MINIMAL} : les personnes sont "
                "enquêtées avec leur logement, et les logements par adresses entières"
            )
        if self.incertitude == "byar" and (self.agregation not in ("somme", "ratio") or self.forme != "simple"):
            raise ValueError("« byar » va avec un nombre ou un taux (somme ou ratio simple)")
        if self.incertitude == "byar" and self.nature != "flux":
            raise ValueError(
                "« byar » va avec « nature = flux » : des bénéficiaires présents d’une année à l’autre ne sont pas des "
                "faits indépendants"
            )
        if self.effet_plan != 1 and self.incertitude != "wilson_rp":
            raise ValueError("un effet de plan va avec « wilson_rp »")
        if self.is_share() and self.unite != "%":
            raise ValueError(
                "une proportion s’exprime en « % » : son numérateur est une partie de son dénominateur (sinon, "
                "« tendance = nombres »)"
            )

    def _check_trend(self) -> None:
        """A trend is tested on counts, of a declared nature."""
        if self.tendance and (self.forme != "simple" or self.agregation not in ("somme", "ratio")):
            raise ValueError("« tendance » va avec un nombre ou un rapport de nombres (somme ou ratio simple)")
        if self.tendance == "proportion" and self.agregation != "ratio":
            raise ValueError("« tendance = proportion » va avec un ratio")
        if self.tendance and not self.nature:
            raise ValueError("avec « tendance », « nature » dit flux (faits de l’année) ou stock (présents à une date)")

    def is_share(self) -> bool:
        """True when the card says that the numerator is a part of the denominator."""
        return self.incertitude == "wilson_rp" or self.tendance == "proportion"

    def _check_below_commune(self) -> None:
        """An IRIS or a QPV is never added up: no count that climbs, no weighted mean; a threshold needs its base.

        What is published for the département alone (``niveau = "departement"``) may be a count: nothing climbs to it.
        """
        if self.niveau in ("iris", "qpv") and self.agregation not in ("ratio", "aucune"):
            raise ValueError("sous la commune, « agregation » est « ratio » ou « aucune » : rien ne s’additionne")
        if self.equivalent and self.niveau == "commune":
            raise ValueError("« equivalent » ne se dit pas d’un indicateur des communes")
        if bool(self.base) != bool(self.base_min) or bool(self.base) != bool(self.base_libelle):
            raise ValueError("un seuil se dit avec « base », « base_libelle » et « base_min »")

    def is_count(self) -> bool:
        """True for a number of people or things, whose level is not compared between territories of other sizes."""
        return self.effectif or self.agregation == "somme"

    def bounds(self) -> list[float]:
        """The lowest and highest possible values: as declared, else 0 and 100 for a percentage, else none."""
        return self.etendue or ([0.0, 100.0] if self.unite == "%" else [])

    def termes(self) -> dict[str, tuple[Terme, ...]]:
        """The parsed formulas: ``num``, and ``den`` (denominator or weight) and ``base`` where there are."""
        parsed = {"num": parse_formula(str(self.numerateur))}
        below = self.denominateur or self.poids
        if below:
            parsed["den"] = parse_formula(below)
        if self.base:
            parsed["base"] = parse_formula(self.base)
        return parsed

    def variables(self) -> set[str]:
        """The variables its formulas name; empty when the indicator awaits its data."""
        formulas = (self.numerateur, self.denominateur, self.poids, self.base)
        return set().union(*(variables_of(f) for f in formulas if f))


class Theme(Bloc):
    """A chapter of the catalogue."""

    code: str
    libelle: Texte
    ordre: int


class Correction(Bloc):
    """A known error of a producer, declared with what is expected there; it expires by itself when mended."""

    source: str
    territoire: str
    annee: int
    variable: str
    expect: float
    statut: Literal["manquant", "publie"]
    valeur: float | None = None
    raison: Texte


class Repere(Bloc):
    """A figure that its producer prints in a publication: what the warehouse must find again."""

    indicateur: str
    territoire: str
    annee: int
    valeur: float
    tolerance: float = Field(default=0, ge=0)
    publication: Texte = Field(min_length=10)


class Rectificatif(Bloc):
    """A figure that was shown and was wrong: what it said, what it says now, since when and why.

    ``avant`` and ``apres`` are in the unit of the indicator; without ``apres`` the figure is no longer shown.
    Without ``avant``, it is the words that were wrong, or a whole series. ``territoire`` is a code, or empty (all).
    """

    date: date
    indicateurs: list[str] = Field(min_length=1)
    territoire: str = ""
    annee: int | None = None
    avant: float | None = None
    apres: float | None = None
    pourquoi: Texte = Field(min_length=20)

    @model_validator(mode="after")
    def _check_figure(self) -> Rectificatif:
        if (self.avant is not None or self.apres is not None) and not (
            len(self.indicateurs) == 1 and self.territoire and self.annee
        ):
            raise ValueError("un chiffre corrigé a un indicateur, un territoire et une année")
        if self.avant is None and self.apres is not None:
            raise ValueError("« apres » se dit avec « avant »")
        return self
