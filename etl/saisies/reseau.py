"""The network's tables, made whole from the register: ``reseau.duckdb`` (all) and ``reseau_public.duckdb``.

The public file holds what anyone may read: answers that their CCAS or the law makes public, sums, secrecy applied. What
it hides, it does not hold. Both are made aside, checked, then put in service like the public figures.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import shutil
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from itertools import chain
from operator import attrgetter
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
from filelock import FileLock, Timeout

from etl.errors import DataError, Problem, listed, system_told
from etl.identite import IDENTITE
from etl.load import GROUPE, KEPT, current, open_new, point_to
from etl.rows import insert_rows
from etl.saisies import BRUT, PUBLIC, secret
from etl.saisies.modeles import NOMBRES, Genre, Modele, Rubrique
from etl.saisies.secret import Cellules, Ligne, Lot, Relation
from registre.records import Cle, Reponse

TABLES = Path(__file__).with_name("reseau.sql")
TABLES_BRUTES = Path(__file__).with_name("reseau_brut.sql")
# How long a confirmation waits for the one before it, in seconds.
ATTENTE = 60

Progress = Callable[[str], None]
Relations = Mapping[str, Sequence[Relation]]


@dataclass(frozen=True)
class DepotConfirme:
    """A deposit that the register holds as confirmed.

    ``version``: of its model. ``revision``: changes whenever anything of the deposit does, diffusion included; the
    answers of a deposit whose revision the former edition had are not read again. None: always read.
    """

    cle: Cle
    version: int
    demonstration: bool
    sha256: str | None
    recu_le: datetime
    reponses: Iterable[Reponse]
    revision: str | None = None

    @property
    def code(self) -> str:
        """« bilan-93066-2025 », « bilan-93066-2025-demonstration »."""
        parts = [self.cle.modele, self.cle.territoire, str(self.cle.exercice)]
        return "-".join([*parts, "demonstration"] if self.demonstration else parts)


@dataclass(frozen=True)
class TerritoireReseau:
    """A commune of the network, former ones included; rows of other types are ignored.

    ``population``: by year.
    """

    code: str
    type: str
    code_ept: str | None = None
    code_departement: str | None = IDENTITE.departement.code
    successeur: str | None = None
    valide_au: date | None = None
    population: Mapping[int, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Edition:
    """What a confirmation put in service."""

    numero: int
    brut: Path
    public: Path
    duree: float
    masques: int


def publish(
    output: Path,
    depots: Iterable[DepotConfirme],
    modeles: Iterable[Modele],
    territoires: Iterable[TerritoireReseau],
    relations: Relations | None = None,
    progress: Progress = lambda step: None,
    secondaire: bool = True,
) -> Edition:
    """Make both files from all the confirmed deposits, and put them in service in ``output``.

    ``relations``: by code of model, the sums between lines that readers know. ``secondaire``: always, but in the tests
    of the attack, which must find what is then left to be found. Raises DataError when a deposit cannot
    be published (unknown model or line, merged commune) or a check fails; the former files then stay in service.
    """
    started = time.monotonic()
    with system_told(output), _lock(output):
        before = _former(output)
        _remove_leftovers(output)
        stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%f")
        raw, public = (output / f"{Path(name).stem}-{stamp}.duckdb" for name in (BRUT, PUBLIC))
        aside = [path.with_suffix(".encours") for path in (raw, public)]
        try:
            progress("Lecture des dépôts")
            with contextlib.closing(open_new(aside[0])) as con:
                builder = _Builder(con, before, dict(relations or {}), secondaire)
                builder.fill(list(depots), list(modeles), list(territoires))
                progress("Secret statistique")
                builder.hide()
                progress("Fichier public")
                builder.write_public(aside[1])
                progress("Contrôles")
                builder.check()
                builder.close()
            for path, target in zip(aside, (raw, public), strict=True):
                _sync(path)
                path.replace(target)
            os.chmod(raw, 0o600)
        finally:
            for path in aside:
                path.unlink(missing_ok=True)
                Path(f"{path}.wal").unlink(missing_ok=True)
        progress("Mise en service")
        # The raw one first: it remembers what the public one shows.
        point_to(output, raw, BRUT)
        point_to(output, public, PUBLIC)
        for name in (BRUT, PUBLIC):
            _forget_old_builds(output, name)
    return Edition(builder.numero, raw, public, time.monotonic() - started, builder.masques)


class _Builder:
    """One edition, step by step, on the connection of its raw file (catalogue « entrepot »)."""

    def __init__(
        self, con: duckdb.DuckDBPyConnection, before: Path | None, relations: dict, secondaire: bool = True
    ) -> None:
        self.con, self.relations, self.secondaire = con, relations, secondaire
        self.before = before is not None
        con.execute("SET preserve_insertion_order = true")
        # What is committed goes to the file at once: in the log first, it would be written twice.
        con.execute("SET checkpoint_threshold = '1KB'")
        if before is not None:
            con.execute(f"ATTACH '{_quoted(before)}' AS avant (READ_ONLY)")
        # One transaction a file: each would wait for the disk.
        con.begin()
        for statement in (TABLES, TABLES_BRUTES):
            con.execute(statement.read_text(encoding="utf-8"))
        former = con.execute("SELECT max(numero) FROM avant.edition").fetchone() if self.before else None
        self.numero = int(former[0]) + 1 if former else 1
        self.masques = 0

    # --- what is entered

    def fill(self, depots: list[DepotConfirme], modeles: list[Modele], territoires: list[TerritoireReseau]) -> None:
        """Tables edition, rubrique, perimetre, depot, reponse, somme, histoire."""
        if self.before:
            self.con.execute("INSERT INTO edition FROM avant.edition")
        now = datetime.now(UTC).replace(tzinfo=None)
        self.con.execute("INSERT INTO edition VALUES (?, ?)", [self.numero, now])
        self._require(depots, modeles, territoires)
        self._write_lines(modeles)
        self._write_areas(territoires, {one.cle.exercice for one in depots})
        self._write_deposits(depots)
        self._write_answers(depots)
        self._write_cells()
        self._write_sums()
        self._write_history()

    def _require(self, depots: list[DepotConfirme], modeles: list[Modele], territoires: list[TerritoireReseau]) -> None:
        """All that forbids to publish, at once."""
        problems: list[Problem] = []
        known = {(one.code, one.version) for one in modeles}
        seen: set[str] = set()
        last = {t.code: t for t in territoires if t.type == "commune_historique"}
        for one in depots:
            if (one.cle.modele, one.version) not in known:
                what = f"modèle « {one.cle.modele} », version {one.version}, inconnu"
                problems.append(Problem(one.code, what, conseil="installer ce modèle dans data/catalogue/modeles"))
            if one.code in seen:
                problems.append(Problem(one.code, "dépôt confirmé deux fois", conseil="retirer l’un des deux"))
            seen.add(one.code)
            former = last.get(one.cle.territoire)
            if former and former.valide_au and date(one.cle.exercice, 12, 31) > former.valide_au:
                what = f"la commune {former.code} n’existe plus au 31/12/{one.cle.exercice}"
                problems.append(Problem(one.code, what, conseil=f"déposer pour {former.successeur}"))
        for code in sorted({code for code, _ in known}):
            if not re.fullmatch(r"[a-z][a-z0-9_]*", code) or code in _tables(self.con):
                problems.append(
                    Problem(f"modèle « {code} »", "ce code ne peut pas nommer une vue", conseil="en choisir un autre")
                )
        if problems:
            raise DataError(problems)

    def _write_lines(self, modeles: list[Modele]) -> None:
        rows = []
        for modele in modeles:
            lines = chain.from_iterable((line, *line.colonnes) for line in modele.rubriques)
            rows += [_line_row(modele, n, line) for n, line in enumerate(lines)]
        insert_rows(self.con, "rubrique", sorted(rows, key=lambda row: (*row[:2], row[3])))

    def _write_areas(self, territoires: list[TerritoireReseau], exercices: set[int]) -> None:
        """Who is in each sum, each year. What a merged commune is made of is only asked for years before the merger."""
        communes = {t.code: t for t in territoires if t.type == "commune"}
        merged = [t for t in territoires if t.type == "commune_historique" and t.successeur in communes]
        rows = []
        for year in sorted(exercices):
            alive = [t for t in merged if t.valide_au is None or t.valide_au >= date(year, 12, 31)]
            grouped = {t.successeur for t in alive}
            for one in (*communes.values(), *alive):
                now = communes[one.successeur or ""] if one in alive else one
                people = _nearest(one.population, year)
                areas = [("ept", now.code_ept), ("departement", now.code_departement)]
                if now.code in grouped:
                    areas.insert(0, ("commune", now.code))
                rows += [(year, kind, code, one.code, people) for kind, code in areas if code]
        insert_rows(self.con, "perimetre", sorted(rows, key=lambda row: row[:4]))

    def _write_deposits(self, depots: list[DepotConfirme]) -> None:
        rows = [
            (
                *(one.code, one.cle.territoire, one.cle.modele, one.version, one.cle.exercice),
                *(_utc(one.recu_le), "confirme", one.sha256, one.demonstration, one.revision),
            )
            for one in depots
        ]
        insert_rows(self.con, "depot", sorted(rows, key=lambda row: row[0]))

    def _write_answers(self, depots: list[DepotConfirme]) -> None:
        """The answers: those of a deposit whose revision is known come from the former edition."""
        kept: set[str] = set()
        if self.before:
            found = self.con.execute(
                "SELECT code FROM depot JOIN avant.depot USING (code, revision, version) WHERE revision IS NOT NULL"
            )
            kept = {code for (code,) in found.fetchall()}
        read = [one for one in depots if one.code not in kept]
        self.con.register("lue", _answers(read))
        self._require_lines()
        former = "UNION ALL FROM avant.reponse SEMI JOIN gardee ON depot = gardee.code" if kept else ""
        if kept:
            self.con.register("gardee", pa.table({"code": sorted(kept)}))
        # The law may have changed since: what it makes public is said by the models of today.
        self.con.execute(
            f"""
            INSERT INTO reponse
            WITH reponse_lue AS (
                SELECT d.modele, d.territoire, d.exercice, l.rubrique, l.rang, l.valeur, l.texte, l.statut, l.note,
                    l.unite, l.methode, l.diffusion, d.demonstration, l.depot
                FROM lue AS l JOIN depot AS d ON d.code = l.depot
                {former}
            )
            SELECT r.* REPLACE (
                CASE WHEN l.diffusion = 'loi' THEN 'public' ELSE r.diffusion END AS diffusion
            )
            FROM reponse_lue AS r JOIN depot AS d ON d.code = r.depot
            JOIN rubrique AS l ON l.modele = r.modele AND l.version = d.version AND l.code = r.rubrique
            ORDER BY r.modele, r.exercice, r.demonstration, r.territoire, l.ordre, r.rang
            """
        )
        self.con.unregister("lue")

    def _require_lines(self) -> None:
        """Every answer is to a line of the model, once."""
        unknown = self.con.execute(
            """
            SELECT l.depot, list(DISTINCT l.rubrique ORDER BY l.rubrique)
            FROM lue AS l JOIN depot AS d ON d.code = l.depot
            ANTI JOIN rubrique AS r ON r.modele = d.modele AND r.version = d.version AND r.code = l.rubrique
            GROUP BY ALL ORDER BY ALL
            """
        ).fetchall()
        twice = self.con.execute(
            "SELECT depot, rubrique, rang FROM lue GROUP BY ALL HAVING count(*) > 1 ORDER BY ALL LIMIT 10"
        ).fetchall()
        problems = [
            Problem(depot, f"lignes que le modèle n’a pas : {listed(codes)}", conseil="vérifier la version du modèle")
            for depot, codes in unknown
        ]
        problems += [
            Problem(depot, f"{rubrique}, rang {rang} : deux réponses", conseil="n’en garder qu’une")
            for depot, rubrique, rang in twice
        ]
        if problems:
            raise DataError(problems)

    def _write_cells(self) -> None:
        """Temporary table ``cellule``: the numbers, and the « non concerné » of counts, with the flags of their lines.

        A view of each model's answers besides.
        """
        numbers = ", ".join(f"'{kind}'" for kind in sorted(NOMBRES))
        self.con.execute(
            f"""
            CREATE TEMP TABLE cellule AS
            SELECT r.modele, r.exercice, r.demonstration, r.rubrique, coalesce(r.unite, '') AS unite, r.territoire,
                r.rang, CASE WHEN r.statut = 'renseigne' THEN r.valeur END AS valeur, r.diffusion = 'public' AS visible,
                l.diffusion = 'loi' AS loi, l.compte_de_personnes AS compte, l.suit, l.genre = 'pourcentage' AS part,
                l.additive, r.methode
            FROM reponse AS r JOIN depot AS d ON d.code = r.depot
            JOIN rubrique AS l ON l.modele = r.modele AND l.version = d.version AND l.code = r.rubrique
            WHERE l.genre IN ({numbers})
              AND ((r.statut = 'renseigne' AND r.valeur IS NOT NULL)
                OR (r.statut = 'non_concerne' AND l.compte_de_personnes))
            """
        )
        self.con.execute(
            """
            CREATE TEMP TABLE ligne AS
            SELECT modele, exercice, demonstration, rubrique, unite, bool_or(compte) AS compte, max(suit) AS suit,
                bool_or(part) AS part, bool_and(additive) AS additive
            FROM cellule GROUP BY ALL
            """
        )
        for (code,) in self.con.execute("SELECT DISTINCT modele FROM rubrique ORDER BY 1").fetchall():
            _create_view(self.con, code)

    def _write_sums(self) -> None:
        self.con.execute(
            """
            INSERT INTO somme
            WITH attendu AS (
                SELECT exercice, type, code, count(*) AS possible, sum(population) AS population,
                    bool_and(population IS NOT NULL) AS peuplee
                FROM perimetre GROUP BY ALL
            ), place AS (
                SELECT c.modele, c.exercice, c.rubrique, c.unite, p.type, p.code, c.demonstration, c.territoire,
                    any_value(p.population) AS population, sum(c.valeur) AS valeur,
                    list(DISTINCT c.methode) FILTER (c.methode IS NOT NULL) AS methodes
                FROM cellule AS c JOIN perimetre AS p USING (exercice, territoire)
                WHERE c.valeur IS NOT NULL GROUP BY ALL
            ), compte AS (
                SELECT modele, exercice, rubrique, unite, type, code, demonstration, sum(valeur) AS valeur,
                    count(*) AS nombre, sum(population) AS population,
                    len(list_distinct(flatten(list(methodes) FILTER (methodes IS NOT NULL)))) AS methodes
                FROM place GROUP BY ALL
            )
            SELECT c.modele, c.exercice, c.rubrique, nullif(c.unite, ''), c.type, c.code,
                CASE WHEN l.additive AND (c.type <> 'commune' OR c.nombre = a.possible) THEN c.valeur END AS valeur,
                CASE WHEN l.additive AND (c.type <> 'commune' OR c.nombre = a.possible) THEN 'calcule'
                    ELSE 'non_calculable' END,
                c.nombre, a.possible, CASE WHEN a.peuplee THEN 100 * c.population / a.population END,
                coalesce(c.methodes, 0), c.demonstration
            FROM compte AS c JOIN attendu AS a USING (exercice, type, code)
            JOIN ligne AS l USING (modele, exercice, demonstration, rubrique, unite)
            ORDER BY c.modele, c.exercice, c.demonstration, c.type, c.code, c.rubrique, c.unite
            """
        )

    def _write_history(self) -> None:
        """The values of today, since when, and those that no longer hold."""
        former = "avant.histoire" if self.before else "histoire"
        # What holds and what no longer does are apart: a condition on one side alone would compare every pair.
        self.con.execute(f"CREATE TEMP TABLE passe AS FROM {former} WHERE jusque = 0")
        same = """
            c.modele = p.modele AND c.exercice = p.exercice AND c.demonstration = p.demonstration
            AND c.rubrique = p.rubrique AND c.unite = p.unite AND c.territoire = p.territoire AND c.rang = p.rang
            AND c.valeur IS NOT DISTINCT FROM p.valeur
        """
        # Of what is invented, nothing of the past is kept: there is nobody to protect.
        ended = f"UNION ALL FROM {former} WHERE jusque <> 0 AND NOT demonstration" if self.before else ""
        self.con.execute(
            f"""
            INSERT INTO histoire
            SELECT c.modele, c.exercice, c.demonstration, c.rubrique, c.unite, c.territoire, c.rang, c.valeur,
                coalesce(p.depuis, $n), 0, coalesce(p.connue, false)
            FROM cellule AS c LEFT JOIN passe AS p ON {same}
            UNION ALL
            SELECT p.* REPLACE ($n AS jusque) FROM passe AS p ANTI JOIN cellule AS c ON {same}
            WHERE NOT p.demonstration
            {ended}
            """,
            {"n": self.numero},
        )
        if self.before:
            self.con.execute("INSERT INTO somme_publiee FROM avant.somme_publiee WHERE NOT demonstration")

    # --- what is hidden

    def hide(self) -> None:
        """Tables lot and masque: the lots that changed are examined, the others keep what they hid."""
        self._write_lots()
        touched = self._touched()
        self.con.execute("CREATE TEMP TABLE masque_trouve AS FROM masque LIMIT 0")
        for key, lot, codes in self._lots(touched):
            # What is invented is shown as the rest will be, small numbers hidden; what would give them back is not
            # looked for, which is nearly all the cost.
            invented = key[2]
            self._write_masks(key, lot, codes, secret.decide(lot, self.secondaire and not invented))
        self.con.execute(
            """
            INSERT INTO masque SELECT m.* FROM masque_trouve AS m
            WHERE m.type = 'ccas' OR EXISTS (FROM somme AS s WHERE s.statut = 'calcule'
                AND s.modele = m.modele AND s.exercice = m.exercice AND s.demonstration = m.demonstration
                    AND s.rubrique = m.rubrique AND coalesce(s.unite, '') = m.unite AND s.type = m.type
                    AND s.code = m.code)
            """
        )
        self._remember()
        found = self.con.execute("SELECT count(*) FROM masque").fetchone()
        self.masques = int(found[0]) if found else 0

    def _write_lots(self) -> None:
        """One fingerprint a lot: its numbers, who sees them, the flags, the areas, the relations, the rules."""
        rules = hashlib.sha256(Path(secret.__file__).read_bytes()).hexdigest()
        models = [code for (code,) in self.con.execute("SELECT DISTINCT modele FROM cellule").fetchall()]
        common = [hashlib.sha256(f"{rules} {self.relations.get(code, ())!r}".encode()).hexdigest() for code in models]
        self.con.execute(
            """
            INSERT INTO lot
            WITH regle AS (SELECT unnest($modeles) AS modele, unnest($communes) AS empreinte),
            aire AS (SELECT exercice, bit_xor(hash(type, code, territoire)) AS empreinte FROM perimetre GROUP BY ALL),
            forme AS (
                SELECT modele, exercice, demonstration,
                    bit_xor(hash(rubrique, unite, compte, suit, part, additive)) AS empreinte
                FROM ligne GROUP BY ALL
            ), contenu AS (
                SELECT modele, exercice, demonstration, count(*) AS nombre,
                    bit_xor(hash(rubrique, unite, territoire, rang, valeur, visible, loi)) AS empreinte
                FROM cellule GROUP BY ALL
            )
            SELECT c.modele, c.exercice, c.demonstration,
                concat_ws(' ', r.empreinte, a.empreinte, f.empreinte, c.empreinte, c.nombre)
            FROM contenu AS c JOIN forme AS f USING (modele, exercice, demonstration) JOIN regle AS r USING (modele)
            LEFT JOIN aire AS a USING (exercice) ORDER BY ALL
            """,
            {"modeles": models, "communes": common},
        )

    def _touched(self) -> list[tuple[str, int, bool]]:
        """The lots that are not as they were; what the others hid is taken over."""
        if not self.before:
            return self.con.execute("SELECT modele, exercice, demonstration FROM lot").fetchall()
        self.con.execute(
            """
            INSERT INTO masque SELECT m.* FROM avant.masque AS m
            JOIN lot AS l USING (modele, exercice, demonstration)
            JOIN avant.lot AS p USING (modele, exercice, demonstration, empreinte)
            """
        )
        return self.con.execute(
            """
            SELECT modele, exercice, demonstration FROM lot
            ANTI JOIN avant.lot AS p USING (modele, exercice, demonstration, empreinte)
            """
        ).fetchall()

    def _lots(self, keys: list[tuple[str, int, bool]]) -> Iterator[tuple[tuple, Lot, tuple[list, list, list]]]:
        """Each lot as arrays, with the codes of its lines, places and areas."""
        for key in keys:
            where = "modele = $1 AND exercice = $2 AND demonstration = $3"
            lines = self.con.execute(
                f"SELECT rubrique, unite, compte, suit, part, additive FROM ligne WHERE {where} ORDER BY ALL", key
            ).fetchall()
            past = self.con.execute(
                f"""
                SELECT DISTINCT rubrique, unite FROM histoire WHERE {where}
                EXCEPT SELECT rubrique, unite FROM ligne WHERE {where} ORDER BY ALL
                """,
                key,
            ).fetchall()
            # A line that nobody answers any more is still protected; not knowing it, as a count of persons.
            lines += [(code, unite, True, None, False, True) for code, unite in past]
            areas = self.con.execute(
                """
                SELECT type, code, list(territoire ORDER BY territoire) FROM perimetre WHERE exercice = ?
                GROUP BY ALL ORDER BY ALL
                """,
                [key[1]],
            ).fetchall()
            found = self.con.execute(
                f"""
                WITH ici AS (SELECT * FROM histoire WHERE {where}),
                maintenant AS (SELECT rubrique, unite, territoire, rang, visible, loi FROM cellule WHERE {where}),
                ligne_n AS (SELECT unnest($4) AS rubrique, unnest($5) AS unite, unnest(range(len($4))) AS n),
                lieu AS (SELECT territoire FROM ici UNION SELECT territoire FROM perimetre WHERE exercice = $2),
                lieu_n AS (SELECT territoire, row_number() OVER (ORDER BY territoire) - 1 AS n FROM lieu)
                SELECT l.n AS ligne, p.n AS lieu, h.rang::BIGINT AS rang, coalesce(h.valeur, 'nan'::DOUBLE) AS valeur,
                    coalesce(m.visible AND h.jusque = 0, false) AS visible,
                    coalesce(m.loi AND h.jusque = 0, false) AS loi, h.connue, h.depuis::BIGINT AS depuis,
                    h.jusque::BIGINT AS jusque, h.jusque = 0 AS courante
                FROM ici AS h JOIN ligne_n AS l USING (rubrique, unite) JOIN lieu_n AS p USING (territoire)
                LEFT JOIN maintenant AS m USING (rubrique, unite, territoire, rang)
                ORDER BY l.n, p.n, h.rang, h.depuis
                """,
                [*key, [one[0] for one in lines], [one[1] for one in lines]],
            ).fetchnumpy()
            places = self.con.execute(
                f"""
                SELECT territoire FROM histoire WHERE {where}
                UNION SELECT territoire FROM perimetre WHERE exercice = $2 ORDER BY 1
                """,
                key,
            ).fetchall()
            yield key, *self._lot(key, lines, areas, [code for (code,) in places], found)

    def _lot(
        self, key: tuple, lines: list[tuple], areas: list[tuple], places: list[str], found: dict
    ) -> tuple[Lot, tuple[list, list, list]]:
        at = {code: n for n, code in enumerate(places)}
        zones = np.zeros((len(areas), len(places)), dtype=bool)
        for z, (_, _, members) in enumerate(areas):
            zones[z, [at[code] for code in members]] = True
        said = self.con.execute(
            """
            SELECT type, code, rubrique, unite, edition FROM somme_publiee
            WHERE modele = ? AND exercice = ? AND demonstration = ?
            """,
            key,
        ).fetchall()
        zone_at = {(kind, code): z for z, (kind, code, _) in enumerate(areas)}
        line_at = {(one[0], one[1]): n for n, one in enumerate(lines)}
        past = [
            (zone_at[(kind, code)], line_at[(rubrique, unite)], edition)
            for kind, code, rubrique, unite, edition in said
            if (kind, code) in zone_at and (rubrique, unite) in line_at
        ]
        lot = Lot(
            [Ligne(*one) for one in lines],
            Cellules(**{name: np.asarray(values) for name, values in found.items()}),
            zones,
            np.array([kind == "commune" for kind, _, _ in areas], dtype=bool),
            np.array(past, dtype=np.int64).reshape(-1, 3),
            self.relations.get(key[0], ()),
        )
        return lot, ([one[:2] for one in lines], places, [one[:2] for one in areas])

    def _write_masks(self, key: tuple, lot: Lot, codes: tuple[list, list, list], decision: secret.Decision) -> None:
        lines, places, areas = codes
        cells = lot.cellules
        rows = [
            (*key, *lines[cells.ligne[n]], "ccas", places[cells.lieu[n]], int(cells.rang[n]), str(decision.motif[n]))
            for n in np.flatnonzero(np.isin(decision.motif, ["primaire", "lie", "complementaire"]))
        ]
        rows += [(*key, *lines[n], *areas[z], 0, motif) for z, n, motif in decision.sommes]
        insert_rows(self.con, "masque_trouve", rows)

    def _remember(self) -> None:
        """What this edition shows, for the ones to come."""
        self.con.execute(
            """
            UPDATE histoire AS h SET connue = true FROM cellule AS c
            WHERE h.jusque = 0 AND NOT h.connue AND c.visible
              AND c.modele = h.modele AND c.exercice = h.exercice AND c.demonstration = h.demonstration
                  AND c.rubrique = h.rubrique AND c.unite = h.unite AND c.territoire = h.territoire
                  AND c.rang = h.rang
              AND NOT EXISTS (FROM masque AS m WHERE m.type = 'ccas'
                AND m.modele = h.modele AND m.exercice = h.exercice AND m.demonstration = h.demonstration
                    AND m.rubrique = h.rubrique AND m.unite = h.unite AND m.code = h.territoire
                    AND m.rang = h.rang)
            """
        )
        self.con.execute(
            """
            INSERT INTO somme_publiee
            WITH dite AS (
                SELECT c.modele, c.exercice, c.demonstration, c.rubrique, c.unite, p.type, p.code, $n AS edition,
                    bit_xor(hash(c.territoire, c.rang, c.valeur)) AS empreinte
                FROM cellule AS c JOIN perimetre AS p USING (exercice, territoire)
                WHERE c.valeur IS NOT NULL AND NOT c.demonstration GROUP BY ALL
            )
            SELECT d.* FROM dite AS d
            JOIN somme AS s
                ON s.modele = d.modele AND s.exercice = d.exercice AND s.demonstration = d.demonstration
                    AND s.rubrique = d.rubrique AND coalesce(s.unite, '') = d.unite AND s.type = d.type
                    AND s.code = d.code AND s.statut = 'calcule'
            ANTI JOIN masque AS m ON m.modele = d.modele AND m.exercice = d.exercice
                AND m.demonstration = d.demonstration AND m.rubrique = d.rubrique AND m.unite = d.unite
                AND m.type = d.type AND m.code = d.code
            ANTI JOIN somme_publiee AS q
                ON q.modele = d.modele AND q.exercice = d.exercice AND q.demonstration = d.demonstration
                    AND q.rubrique = d.rubrique AND q.unite = d.unite AND q.type = d.type AND q.code = d.code
                    AND q.empreinte = d.empreinte
            """,
            {"n": self.numero},
        )

    # --- what is public

    def write_public(self, path: Path) -> None:
        """The public file: nothing is written there that is then erased."""
        self.con.commit()
        self.con.execute(f"ATTACH '{_quoted(path)}' AS public (ROW_GROUP_SIZE {GROUPE})")
        self.con.execute("USE public")
        self.con.begin()
        self.con.execute(TABLES.read_text(encoding="utf-8"))
        for table in ("edition", "rubrique", "perimetre"):
            self.con.execute(f"INSERT INTO public.{table} FROM entrepot.{table}")
        self.con.execute(
            f"""
            INSERT INTO public.reponse BY NAME
            SELECT r.* REPLACE (
                CASE WHEN m.code IS NULL THEN r.valeur END AS valeur,
                CASE WHEN m.code IS NULL THEN r.texte END AS texte,
                CASE WHEN m.code IS NULL THEN r.statut ELSE 'secret' END AS statut,
                NULL::VARCHAR AS note
            )
            FROM entrepot.reponse AS r JOIN entrepot.depot AS d ON d.code = r.depot
            JOIN entrepot.rubrique AS l ON l.modele = r.modele AND l.version = d.version AND l.code = r.rubrique
            LEFT JOIN entrepot.masque AS m ON m.type = 'ccas'
                AND m.modele = r.modele AND m.exercice = r.exercice AND m.demonstration = r.demonstration
                    AND m.rubrique = r.rubrique AND m.unite = coalesce(r.unite, '') AND m.code = r.territoire
                    AND m.rang = r.rang
            WHERE r.diffusion = 'public' AND l.genre <> '{Genre.IDENTITE}'
            ORDER BY r.modele, r.exercice, r.demonstration, r.territoire, l.ordre, r.rang
            """
        )
        self.con.execute(
            """
            INSERT INTO public.somme BY NAME
            SELECT s.* REPLACE (
                CASE WHEN m.code IS NULL THEN s.valeur END AS valeur,
                CASE WHEN m.code IS NULL OR s.statut <> 'calcule' THEN s.statut ELSE 'secret' END AS statut
            )
            FROM entrepot.somme AS s
            LEFT JOIN entrepot.masque AS m
                ON m.modele = s.modele AND m.exercice = s.exercice AND m.demonstration = s.demonstration
                    AND m.rubrique = s.rubrique AND m.unite = coalesce(s.unite, '') AND m.type = s.type
                    AND m.code = s.code
            ORDER BY s.modele, s.exercice, s.demonstration, s.type, s.code, s.rubrique, s.unite
            """
        )
        self.con.execute(
            """
            INSERT INTO public.depot BY NAME
            SELECT d.* EXCLUDE (revision) REPLACE (NULL AS sha256) FROM entrepot.depot AS d
            SEMI JOIN public.reponse AS r ON r.depot = d.code ORDER BY d.code
            """
        )
        for (code,) in self.con.execute("SELECT DISTINCT modele FROM entrepot.rubrique ORDER BY 1").fetchall():
            _create_view(self.con, code)
        self.con.commit()

    def check(self) -> None:
        """Raises DataError when the public file holds what it must not."""
        failed = [
            Problem(PUBLIC, f"{label} : {found}", conseil="l’édition précédente reste en service ; signaler ce message")
            for label, sql in _CHECKS.items()
            if (found := (self.con.execute(sql).fetchone() or (0,))[0])
        ]
        if failed:
            raise DataError(failed)

    def close(self) -> None:
        """Write all to the disk."""
        self.con.execute("USE memory")
        for name in ("public", "entrepot"):
            self.con.execute(f"CHECKPOINT {name}")
            self.con.execute(f"DETACH {name}")


# What must find nothing: label → query of one number.
_CHECKS = {
    "réponses gardées pour le réseau": """
        SELECT count(*) FROM public.reponse AS p
        LEFT JOIN entrepot.reponse AS r ON r.depot = p.depot AND r.rubrique = p.rubrique AND r.rang = p.rang
        WHERE r.diffusion IS DISTINCT FROM 'public'
            OR (p.valeur IS NOT NULL AND p.valeur IS DISTINCT FROM r.valeur)
    """,
    "réponses secrètes qui portent une valeur": """
        SELECT count(*) FROM public.reponse WHERE statut = 'secret' AND (valeur IS NOT NULL OR texte IS NOT NULL)
    """,
    "notes, fichiers reçus, identités": """
        SELECT (SELECT count(note) FROM public.reponse) + (SELECT count(sha256) FROM public.depot)
            + (SELECT count(*) FROM public.reponse AS p JOIN public.depot AS d ON d.code = p.depot
                JOIN public.rubrique AS l ON l.modele = p.modele AND l.version = d.version AND l.code = p.rubrique
                WHERE l.genre = 'identite')
    """,
    "petits nombres de personnes": f"""
        SELECT count(*) FROM public.reponse AS p JOIN public.depot AS d ON d.code = p.depot
        JOIN public.rubrique AS l ON l.modele = p.modele AND l.version = d.version AND l.code = p.rubrique
        WHERE l.compte_de_personnes AND p.valeur <> 0 AND p.valeur < {secret.SEUIL}
    """,
    "petites sommes de personnes": f"""
        SELECT count(*) FROM public.somme AS s JOIN ligne AS l
            ON l.modele = s.modele AND l.exercice = s.exercice AND l.demonstration = s.demonstration
                AND l.rubrique = s.rubrique AND l.unite = coalesce(s.unite, '')
        WHERE l.compte AND s.valeur <> 0 AND s.valeur < {secret.SEUIL}
    """,
    "réponses en double": """
        SELECT count(*) FROM (SELECT 1 FROM entrepot.reponse
            GROUP BY modele, territoire, exercice, rubrique, rang, demonstration HAVING count(*) > 1)
    """,
}


def _line_row(modele: Modele, order: int, line: Rubrique) -> tuple:
    diffusion = "loi" if line.publique_par_la_loi else line.diffusion
    additive = line.genre in {Genre.ENTIER, Genre.DECIMAL, Genre.MONTANT} and line.nature in {"flux", "stock"}
    return (
        *(modele.code, modele.version, line.code, order, line.chapitre, line.libelle, line.genre.value),
        *(line.definition, line.niveau, line.unite, line.nature, list(line.publics), line.reference, diffusion),
        *(line.compte_de_personnes, line.suit, additive),
    )


def _answers(depots: list[DepotConfirme]) -> pa.Table:
    """Answers as columns, with the code of their deposit."""
    names = ("rubrique", "rang", "valeur", "texte", "statut", "note", "unite", "methode", "diffusion")
    types = (pa.string(), pa.int32(), pa.float64(), *[pa.string()] * 6)
    read = attrgetter(*names)
    rows: list[tuple] = []
    codes: list[str] = []
    for one in depots:
        before = len(rows)
        rows.extend(map(read, one.reponses))
        codes.extend([one.code] * (len(rows) - before))
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(names)
    arrays = {name: pa.array(column, type=kind) for name, column, kind in zip(names, columns, types, strict=True)}
    return pa.table({**arrays, "depot": pa.array(codes, type=pa.string())})


def _create_view(con: duckdb.DuckDBPyConnection, code: str) -> None:
    """In the file in use. Its name is not written in: whoever attaches the file names it."""
    con.execute(f"CREATE VIEW {code} AS SELECT * EXCLUDE (modele) FROM reponse WHERE modele = '{code}'")
    con.execute(f"COMMENT ON VIEW {code} IS 'Les réponses au modèle « {code} ».'")


def _tables(con: duckdb.DuckDBPyConnection) -> set[str]:
    return {name for (name,) in con.execute("SELECT table_name FROM duckdb_tables()").fetchall()}


def _nearest(population: Mapping[int, float], year: int) -> float | None:
    """The population of the year, else of the latest before, else of the first known."""
    if not population:
        return None
    before = [one for one in population if one <= year]
    return population[max(before) if before else min(population)]


def _utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")


def _former(output: Path) -> Path | None:
    """The raw file in service. Without it, nobody knows what readers have already been shown."""
    raw = current(output, BRUT)
    if raw is None and (current(output, PUBLIC) is not None or list(output.glob(f"{Path(PUBLIC).stem}-*.duckdb"))):
        advice = f"remettre le dernier {Path(BRUT).stem}-….duckdb dans ce dossier, sous le nom {BRUT}"
        raise DataError([Problem(str(output / BRUT), "absent : il dit ce qui a déjà été publié", conseil=advice)])
    return raw


@contextlib.contextmanager
def _lock(output: Path) -> Iterator[None]:
    output.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(output / ".reseau", timeout=ATTENTE, fallback_to_soft=False):
            yield
    except Timeout:
        problem = Problem(str(output), "une autre confirmation est en cours", conseil="réessayer dans une minute")
        raise DataError([problem]) from None


def _remove_leftovers(output: Path) -> None:
    for stem in (Path(BRUT).stem, Path(PUBLIC).stem):
        for path in [*output.glob(f"{stem}-*.encours*"), *output.glob(f".{stem}.duckdb.*")]:
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)


def _forget_old_builds(output: Path, name: str) -> None:
    in_service = current(output, name)
    for path in sorted(output.glob(f"{Path(name).stem}-*.duckdb"))[:-KEPT]:
        if path != in_service:
            with contextlib.suppress(OSError):
                path.unlink()


def _sync(path: Path) -> None:
    with path.open("rb+") as stream:
        os.fsync(stream.fileno())
