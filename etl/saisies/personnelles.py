"""Personal data of the people helped: what no field, no note and no file name may hold.

Numbers are known by their key (social security, IBAN); the rest by how it is written. Officials are named in notes, and
their offices have addresses and phones: those pass. What cannot be told apart is refused, with what to do.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from stdnum import iban
from stdnum.exceptions import ValidationError as WrongNumber
from stdnum.fr import nir

# Mailboxes that people open for themselves.
MESSAGERIES = frozenset(
    {"gmail.com", "googlemail.com", "hotmail.com", "hotmail.fr", "outlook.com", "outlook.fr", "live.com", "live.fr"}
    | {"msn.com", "yahoo.com", "yahoo.fr", "ymail.com", "orange.fr", "wanadoo.fr", "free.fr", "sfr.fr", "neuf.fr"}
    | {"bbox.fr", "laposte.net", "icloud.com", "me.com", "aol.com", "numericable.fr", "gmx.com", "gmx.fr", "proton.me"}
    | {"protonmail.com", "caramail.com", "club-internet.fr", "aliceadsl.fr", "cegetel.net"}
)


@dataclass(frozen=True)
class Trouvaille:
    """What was found in a text: its kind, in French (« un numéro de sécurité sociale »), and where it starts."""

    nature: str
    debut: int
    fin: int


_SPACE = r"[ \u00a0\u202f.\-]?"
_NIR = re.compile(
    rf"(?<![0-9A-Za-z])[1-478]{_SPACE}[0-9]{{2}}{_SPACE}(?:0[1-9]|1[0-2]|[2-4][0-9]|[5-9][0-9]){_SPACE}"
    rf"(?:[0-9]{{2}}|2[AaBb]){_SPACE}[0-9]{{3}}{_SPACE}[0-9]{{3}}(?:{_SPACE}[0-9]{{2}})?(?![0-9A-Za-z])"
)
_IBAN = re.compile(r"(?<![0-9A-Za-z])[A-Za-z]{2}[0-9]{2}(?:[ \u00a0\u202f\-]?[0-9A-Za-z]){11,30}(?![0-9A-Za-z])")
_PHONE = re.compile(
    r"(?<![0-9A-Za-z])(?:(?:\+|00)33[ \u00a0\u202f.]?(?:\(0\)[ \u00a0\u202f]?)?|0)([1-9])"
    r"(?P<s>[ \u00a0\u202f.\-/]?)[0-9]{2}(?:(?P=s)[0-9]{2}){3}(?![0-9A-Za-z])"
)
_MAIL = re.compile(r"([A-Za-z0-9._%+'-]+)@([A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+)")
_DAY = (
    r"(?:[0-9]{1,2}(?:er)?[ /.\-](?:[0-9]{1,2}|janv\w*|f[ée]v\w*|mars|avr\w*|mai|juin|juil\w*|ao[ûu]t|sept\w*|oct\w*"
    r"|nov\w*|d[ée]c\w*)[ /.\-][0-9]{2,4}|[0-9]{4}-[0-9]{2}-[0-9]{2})"
)
_BORN = re.compile(rf"\bn[ée]+(?:\(e\)|·e|\.e|e)?s?\s+(?:le|en|:)\s*{_DAY}", re.IGNORECASE)
_BIRTH = re.compile(rf"(?:date de naissance|\bddn\b|\bd\.d\.n\.|naissance)\s*(?:le|:|=|du)?\s*{_DAY}", re.IGNORECASE)
_THINGS = re.compile(
    r"\b(dispositif|projet|r[ée]seau|association|service|convention|partenariat|[ée]picerie|maison|collectif|id[ée]e"
    r"|initiative|ccas|cias|structure|action|programme|instance|conseil|d[ée]marche|observatoire|union|plan)\b",
    re.IGNORECASE,
)
_STREET = re.compile(
    r"(?<![0-9A-Za-z])[0-9]{1,4}(?:\s?(?:bis|ter|quater|[A-D])\b)?\s?,?\s+(?:"
    r"(?:rue|avenue|av\.|boulevard|bd\.?|bld|impasse|all[ée]e|chemin|sente|sentier|square|faubourg)\s+"
    r"(?:(?:de|du|des|le|la|les|aux?)\s|d[’']|l[’']|[A-ZÀ-Ý0-9])"
    r"|(?:place|cours|quai|passage|villa|cit[ée]|route|voie|mail)\s+(?:(?:de|du|des)\s+(?:l[ae]\s+|l[’'])?|d[’']|l[ae]s?\s+)?[A-ZÀ-Ý])",
)
_OFFICE = re.compile(
    r"\b(ccas|cias|mairies?|h[ôo]tel de ville|si[èe]ge|locaux|antennes?|permanences?|accueil|maisons?|centres?"
    r"|[ée]piceries?|associations?|espaces?|bureaux?|services?|guichets?|sites?|standard|secr[ée]tariat|m[ée]diath[èe]que|[ée]cole"
    r"|r[ée]sidence autonomie|foyer|France services|pimms|cpam|caf|mission locale|num[ée]ro vert|plateforme)\b",
    re.IGNORECASE,
)
_LIVES = re.compile(
    r"\b(demeurant|domicili[ée]e?s?|habit(?:e|ent|ant)|r[ée]side(?:nt)?|log[ée]e?s?|chez|h[ée]berg[ée]e?s?)\b",
    re.IGNORECASE,
)
_CIVIL = re.compile(
    r"\b(?:M\.|Mr\.?|MM\.|Mme\.?|Mmes|Mlle|Monsieur|Madame|Mademoiselle|famille|usag[èe]re?|b[ée]n[ée]ficiaire"
    r"|allocataire)\s*:?\s+(?:et\s+(?:Mme|Madame)\s+)?([A-ZÀ-Ý][\wÀ-ÿ’'\-]*\.?(?:\s+[A-ZÀ-Ý][\wÀ-ÿ’'\-]*\.?)*)"
)
_BENEFICIARY = re.compile(r"usag|b[ée]n|allo", re.IGNORECASE)
_FUNCTION = (
    r"(?:maires?|adjointe?|pr[ée]sident(?:e|s)?|vice-pr[ée]sidente?|direct(?:eur|rice|ion)|conseill[eè]re?|[ée]lue?"
    r"|responsable|chef(?:fe)?|cheffe|dga|dgs|pr[ée]f[eè]te?|sous-pr[ée]f[eè]te?|ministre|d[ée]put[ée]e?"
    r"|s[ée]nat(?:eur|rice)|docteure?|r[ée]f[ée]rente?|cadre|assistante? sociale?|travailleu(?:r|se) sociale?"
    r"|coordinat(?:eur|rice)|administrat(?:eur|rice)|secr[ée]taire|charg[ée]e? de|m[ée]diat(?:eur|rice)|agente?"
    r"|formateur|formatrice|intervenante?|avocate?|notaire|d[ée]l[ée]gu[ée]e?)"
)
_BEFORE = re.compile(rf"\b{_FUNCTION}\b[^.;:!?\n]{{0,25}}$", re.IGNORECASE)
_AFTER = re.compile(
    rf"^\s*[,(]\s*(?:l[ae]s?\s+|l[’']|notre\s+|ancien(?:ne)?\s+)?(?:[\w-]+\s+){{0,1}}{_FUNCTION}\b", re.IGNORECASE
)
_ENTITLED = re.compile(rf"^(?:l[ae]s?|l[’'])?\s*{_FUNCTION}\b", re.IGNORECASE)
_HELP = re.compile(
    r"\b(aid[ée]e?s?|aides?|secours|colis|bons?|ch[èe]ques?|pr[êe]ts?|avances?|dossiers?|rsa|aah|apa|aspa|fsl|ame|c2s|css"
    r"|pch|mdph|loyers?|impay[ée]e?s?|dettes?|surendettement|h[ée]berg\w*|accompagn\w*|domicili\w*|expuls\w*|obs[èe]ques"
    r"|b[ée]n[ée]fici\w*|allocations?|allocataire|attribu\w*|accord[ée]\w*|re[çc]u[es]?|per[çc]\w+|vers[ée]e?s?|repas"
    r"|portage|handicap\w*|malad\w*|enfants?|divorc\w*|veu(?:f|ve)|sans[- ]domicile|usag[èe]re?|orient[ée]e?|suivie?"
    r"|urgence|demande\w*)\b|€|\beuros?\b",
    re.IGNORECASE,
)
# Names of streets, buildings and bodies that « famille » or « Monsieur » may come before, without naming anyone.
_NO_NAME = frozenset({"le", "la", "les", "de", "du", "des", "et", "en", "un", "une", "ccas", "caf"})


def personal_data(text: str, identity: bool = False) -> list[Trouvaille]:
    """What a text says of the people helped, in the order of the text.

    ``identity``: the text is a professional identity, where a name and an e-mail are meant to be.
    """
    found = [*_numbers(text), *_phones(text), *_births(text), *_addresses(text)]
    if not identity:
        found += [*_mails(text), *_people(text)]
    return sorted(found, key=lambda one: one.debut)


def in_file_name(name: str) -> list[Trouvaille]:
    """The same for the name of a file, where words are parted by « _ » or « - »."""
    spaced = re.sub(r"[_+]+", " ", name.rpartition(".")[0] or name)
    with_points = re.sub(
        r"\b(Mme|Mlle|Mr|Monsieur|Madame|M)[ -]+(?=[A-ZÀ-Ý])", lambda m: f"{_POINTS.get(m[1], m[1])} ", spaced
    )
    return personal_data(spaced) or personal_data(with_points) or list(_named(with_points))


_POINTS = {"M": "M."}


def _named(text: str) -> Iterator[Trouvaille]:
    """Anyone named in the name of a file: nothing there says an aid, the file does."""
    for match in _CIVIL.finditer(text):
        if match[0][0] == "M" and not _ENTITLED.match(match[1]):
            yield Trouvaille("le nom d’une personne", match.start(), match.end())


def _numbers(text: str) -> Iterator[Trouvaille]:
    for match in _IBAN.finditer(text):
        # The text goes on after the number: every length that a country gives to its own is tried.
        compact = re.sub(r"[ \u00a0\u202f\-]", "", match[0])
        if any(_is_iban(compact[:length]) for length in range(15, len(compact) + 1)):
            yield Trouvaille("un IBAN", match.start(), match.end())
    for match in _NIR.finditer(text):
        compact = re.sub(r"[ \u00a0\u202f.\-]", "", match[0])
        # A key mistyped is no excuse: parted as a social security number is, nothing else is written so.
        parted = len(match[0]) - len(compact) >= 5
        if parted or len(compact) == 13 or _is_nir(compact):
            yield Trouvaille("un numéro de sécurité sociale", match.start(), match.end())


def _is_iban(compact: str) -> bool:
    try:
        iban.validate(compact)
    except WrongNumber:
        return False
    return True


def _is_nir(compact: str) -> bool:
    try:
        nir.validate(compact)
    except WrongNumber:
        return False
    return True


def _phones(text: str) -> Iterator[Trouvaille]:
    for match in _PHONE.finditer(text):
        mobile = match[1] in "67"
        if mobile or not _OFFICE.search(_sentence_before(text, match.start(), 60)):
            yield Trouvaille("un numéro de téléphone", match.start(), match.end())


def _mails(text: str) -> Iterator[Trouvaille]:
    generic = re.compile(r"ccas|cias|contact|accueil|mairie|social|secretariat|direction|service|info", re.IGNORECASE)
    for match in _MAIL.finditer(text):
        if match[2].lower() in MESSAGERIES or not generic.search(match[1]):
            yield Trouvaille("un courriel", match.start(), match.end())


def _births(text: str) -> Iterator[Trouvaille]:
    for match in _BORN.finditer(text):
        if not _THINGS.search(_sentence_before(text, match.start(), 60)):
            yield Trouvaille("une date de naissance", match.start(), match.end())
    for match in _BIRTH.finditer(text):
        yield Trouvaille("une date de naissance", match.start(), match.end())


def _addresses(text: str) -> Iterator[Trouvaille]:
    for match in _STREET.finditer(text):
        before = _sentence_before(text, match.start(), 80)
        if _LIVES.search(before) or not _OFFICE.search(before):
            yield Trouvaille("une adresse", match.start(), match.end())


def _people(text: str) -> Iterator[Trouvaille]:
    """Someone named beside an aid, unless a function goes with the name: « Mme X, adjointe », « la maire, Mme X »."""
    for match in _CIVIL.finditer(text):
        name = match[1]
        if name.lower() in _NO_NAME or _ENTITLED.match(name) or _AFTER.search(text[match.end() :]):
            continue
        if _BEFORE.search(text[: match.start()]):
            continue
        if _BENEFICIARY.match(match[0]):
            # « bénéficiaire RSA » names nobody.
            if ":" in match[0] or len(name.split()) > 1:
                yield Trouvaille("une personne aidée, nommée", match.start(), match.end())
            continue
        start, end = _paragraph(text, match.start(), match.end())
        if _HELP.search(text[start : match.start()] + " " + text[match.start(1) : end]):
            yield Trouvaille("une personne nommée auprès d’une aide", match.start(), match.end())


_ENDS = re.compile(r"[.;!?]\s|\n")


def _sentence_before(text: str, at: int, longest: int) -> str:
    """The sentence up to ``at``, its last ``longest`` characters."""
    before = text[max(0, at - longest) : at]
    ends = list(_ENDS.finditer(before))
    return before[ends[-1].end() :] if ends else before


def _paragraph(text: str, start: int, end: int) -> tuple[int, int]:
    """Where the paragraph that holds a name starts and ends: an aid is often in the sentence that follows."""
    return text.rfind("\n", 0, start) + 1, text.find("\n", end) if "\n" in text[end:] else len(text)
