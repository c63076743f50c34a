"""What the register refuses, said to the person who can do something about it: what, where, what to do (in French)."""

from __future__ import annotations

import errno
import re
from datetime import datetime

from babel.dates import get_month_names

_FINE, _INSECABLE = "\u202f", "\u00a0"
# What a message shows of a text typed by somebody, at most.
LONGEST = 200


class RegistreError(Exception):
    """``quoi`` happened, ``ou`` (which deposit, which file), ``conseil`` (what to do): ``str()`` says the three."""

    def __init__(self, quoi: str, ou: str | None = None, conseil: str | None = None) -> None:
        self.quoi, self.ou, self.conseil = quoi, ou, conseil
        message = f"{ou} : {quoi}" if ou else quoi
        super().__init__(typeset(f"{message} → {conseil}" if conseil else message))


class Invalide(RegistreError):
    """What was given cannot be recorded: an unknown code, a forbidden character, an empty reason."""


class Introuvable(RegistreError):
    """What was asked for is not in the register."""


class TransitionRefusee(RegistreError):
    """A deposit cannot go there from where it is."""


class Perime(RegistreError):
    """Somebody wrote since the caller read.

    ``version``: the one of now; ``par``, ``quand``: its author (« Nom (courriel) ») and its instant;
    ``changements``: the codes of the answers that differ from those the caller had read.
    """

    def __init__(
        self,
        quoi: str,
        ou: str,
        *,
        version: int,
        par: str | None = None,
        quand: datetime | None = None,
        changements: tuple[str, ...] = (),
    ) -> None:
        self.version, self.par, self.quand, self.changements = version, par, quand, changements
        super().__init__(quoi, ou, "relire, reporter ce qui manque, puis recommencer")


class Indisponible(RegistreError):
    """The register does not answer, is full, read-only or locked: nothing of what was asked was written."""


class Incertain(RegistreError):
    """The connection was lost while the write was being acknowledged: it may be there or not, and must be read."""


class SchemaRefuse(RegistreError):
    """The tables are not those of this version of the application."""


class Altere(RegistreError):
    """A file or a backup is not what was written."""


class NonVide(RegistreError):
    """A restore would have replaced what the register holds."""


def typeset(texte: str) -> str:
    """No-break spaces where French wants them; a text already set is left as it is."""
    texte = re.sub(r" (?=[;!?])", _FINE, texte)
    return re.sub(r" (?=[:»%])|(?<=«) ", _INSECABLE, texte)


def shown(texte: str, longest: int = LONGEST) -> str:
    """The beginning of a text, without what a terminal would obey."""
    clean = "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in texte[:longest])
    return clean if len(texte) <= longest else clean + "…"


def said(quand: datetime) -> str:
    """« le 28 novembre 2026 à 17 h 22 », in the time zone of the machine."""
    local = quand.astimezone()
    day = "1er" if local.day == 1 else str(local.day)
    month = get_month_names(locale="fr")[local.month]
    return f"le {day} {month} {local.year} à {local.hour}{_INSECABLE}h{_INSECABLE}{local.minute:02d}"


_SYSTEM = {
    errno.EACCES: ("accès refusé", "vérifier les droits"),
    errno.EPERM: ("accès refusé", "vérifier les droits"),
    errno.EROFS: ("ce dossier est en lecture seule", "donner un dossier où l’on peut écrire"),
    errno.ENOSPC: ("il n’y a plus de place sur le disque", "faire de la place, puis recommencer"),
    errno.EDQUOT: ("la place permise sur le disque est prise", "faire de la place, puis recommencer"),
    errno.EFBIG: ("le fichier dépasse la taille permise ici", "demander une limite plus grande"),
    errno.EIO: ("le disque ne répond pas bien", "vérifier le disque"),
    errno.EEXIST: ("un fichier porte déjà ce nom", "donner un autre nom"),
    errno.ENOTDIR: ("ce n’est pas un dossier", "donner un chemin qui ne passe que par des dossiers"),
    errno.EISDIR: ("c’est un dossier", "donner le chemin d’un fichier"),
    errno.ENOENT: ("fichier ou dossier absent", "vérifier le chemin"),
    errno.ENAMETOOLONG: ("nom trop long", "donner un chemin plus court"),
}


def refused(error: OSError, ou: str) -> Indisponible:
    """What the system refused, in French."""
    quoi, conseil = _SYSTEM.get(
        error.errno or 0, (f"refusé par le système (code {error.errno})", "vérifier le chemin et les droits")
    )
    return Indisponible(f"{quoi} ; rien n’a été écrit", ou, conseil)
