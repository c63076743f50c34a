"""Makes the files that other programs export, small: DomiFa's workbook in its two layouts, balances of the DGFiP."""

from datetime import datetime

from openpyxl import Workbook

# As DomiFa writes them, typing mistakes included: a sub-title has no number.
PUBLIC = (
    ("Total des domiciliés actifs + leurs ayants-droit", 61),
    ("Nombre de domicilie", 50),
    ("Nombre d'ayants-droit", 11),
    None,
    ("Nombre de domiciliés actifs par sexe", None),
    ("Femme", 20),
    ("Homme", 30),
    None,
    ("Nombre de domiciliés actifs par type de demande", None),
    ("Première demande", 35),
    ("Renouvellement", 15),
    None,
    ("Nombre de domiciliés actifs + leurs ayants-droit par tranche d'âge", None),
    ("MINEURS", 10),
    ("MAJEURS", 51),
    None,
    ("Nombre de domiciliés actifs par tranche d'âge", None),
    ("MINEURS", 1),
    ("MAJEURS ", 49),
    ("18-25 ans", 49),
    None,
)
MENAGES = (
    ("Nombre de domiciliés actifs par type de ménage", None),
    ("Couple avec enfant(s)", 3),
    ("Couple sans enfant", 2),
    ("Femme isolée avec enfant(s)", 4),
    ("Femme isolée sans enfant", 10),
    ("Homme isolé avec enfant(s)", 1),
    ("Homme isolé sans enfant", 30),
    ("Non renseigné", 0),
    None,
)
SITUATION = (
    ("Situation professionnelle", None),
    ("RSA", 40),
    ("Autre", 9),
    ("Non renseigné", 1),
    None,
)
RESIDENCE = (
    ("Situation résidentielle", None),
    ("Hôtel", 5),
    ("Autre", 44),
    ("Non renseigné", 1),
    None,
)
CAUSE = (
    ("Cause de l'instabilité de logement", None),
    ("Errance", 49),
    ("Autre cause", 1),
    None,
)
ACTIVITE = (
    (
        "Nombre total de domiciliations (au sens d'attestations d'élection de domicile délivrées car une domiciliation"
        " peut concerner plusieurs personnes)",
        64,
    ),
    ("Dont premières demandes conclues par une attestation d'élection de domicile", 44),
    ("Dont renouvellements", 20),
    ("Ayants-droits concernés", 9),
    None,
    ("RADIATIONS", 12),
    ("Répartition des radiations par motif", None),
    ("À la demande de la personne", 1),
    ("Plus de lien avec la commune", 2),
    ("La domiciliation est arrivée à échéance (1 an) et son renouvellement n'a pas été sollicité", 3),
    ("Non-manifestation de la personne pendant plus de 3 mois consécutifs", 4),
    ("Non-respect du règlement", 0),
    ("Entrée dans un logement/hébergement stable", 1),
    ("Autre", 1),
    None,
    ("DEMANDES REFUSEES (y compris renouvellements)", 7),
    ("Répartition par motif de refus", None),
    ("En dehors des critères du public domicilié", 1),
    ("Absence de lien avec la commune", 3),
    ("Nombre maximal domiciliations atteint", 0),
    ("Autre", 3),
    ("Répartition des orientations", None),
    ("Orientation vers CCAS", 4),
    ("Orientation vers Organisme agrée", 3),
    ("Orientation vers CIAS", 0),
    ("Autre orientation", 0),
    None,
)
INTERACTIONS = (
    ("Appels téléphonique", 100),
    ("Colis rééxpédiés", 2),
    ("Passages enregistrés", 90),
    ("Passages avec remise de courrier", 60),
    ("Passages sans remise de courrier\t", 30),
)


def domifa(
    recent=True,
    nom="CCAS de Saint-Denis",
    debut=datetime(2025, 1, 1),
    fin=datetime(2025, 12, 31),
    export=datetime(2026, 1, 12, 9, 30),
    titres=("31/12/2025", "01/01/2025 AU 31/12/2025"),
    **valeurs,
):
    """The workbook of a structure. ``recent``: its layout since 2024; ``valeurs``: numbers by the beginning of their
    label, « _ » for a space."""
    book = Workbook()
    sheet = book.active
    sheet.title = "Stats structure"
    header = (nom, datetime(2020, 3, 1), None, None, export, debut, fin)
    labels = ("Nom de la structure", "Date de création", "Date de dernier import", None, "Export", "Début", "Fin")
    for row, (label, value) in enumerate(zip(labels, header, strict=True), start=1):
        sheet.cell(row, 2, label)
        sheet.cell(row, 3, value)
    day, period = titres
    titles = (
        f"Axe 1. Connaissance du public domicilié au {day} (en nombre de personnes)",
        f"Axe 2. Activité de domiciliation du {period.replace(' AU ', ' au ')} (en nombre d'actes)",
    )
    if not recent:
        titles = (f"1. DOMICILIÉS PAR STATUT AU {day}", f"2. ACTIVITÉ DU {period}")
    groups = [*PUBLIC, *SITUATION, *MENAGES, *CAUSE, *RESIDENCE] if recent else [*PUBLIC, *MENAGES, *RESIDENCE, *CAUSE]
    rows = [(titles[0], None), None, *groups, (titles[1], None), None, *ACTIVITE]
    rows += [(f"3. TOTAL DES INTERACTIONS DU {period}", None), *INTERACTIONS]
    wanted = {label.replace("_", " "): value for label, value in valeurs.items()}
    for number, row in enumerate(rows, start=9):
        if row is None:
            continue
        label, value = row
        sheet.cell(number, 2, label)
        changed = next((new for start, new in wanted.items() if label.startswith(start)), value)
        sheet.cell(number, 3, changed)
    sheet.merge_cells("B9:C9")
    return book


ENTETE = (
    "EXER;IDENT;NDEPT;LBUDG;INSEE;CBUDG;CTYPE;CSTYP;NOMEN;SIREN;CREGI;CACTI;SECTEUR;FINESS;CODBUD1;CATEG;BAL;COMPTE;"
    "BEDEB;BECRE;OBNETDEB;OBNETCRE;ONBDEB;ONBCRE;OOBDEB;OOBCRE;SD;SC"
)
CCAS, RESIDENCE_93, AUTRE = ("CCAS SAINT-DENIS", "1", "431"), ("RÉSIDENCE DU CCAS", "3", "460"), ("VILLE", "1", "101")


def ligne(
    compte, debit="", credit="", *, budget=CCAS, nomen="M57", siren="269300066", insee="066", exer="2025", **plus
):
    """A line of a balance; ``plus``: other columns, by their names in lower case."""
    nom, cbudg, ctype = budget
    values = {
        "exer": exer,
        "ident": f"{siren}{'00010' if cbudg == '1' else '00028'}",
        "ndept": "093",
        "lbudg": nom,
        "insee": insee,
        "cbudg": cbudg,
        "ctype": ctype,
        "nomen": nomen,
        "siren": siren,
        "bal": "DEF",
        "compte": compte,
        "obnetdeb": debit,
        "obnetcre": credit,
    } | plus
    return ";".join(str(values.get(name.lower(), "")) for name in ENTETE.split(";"))


def balance(*lignes, entete=ENTETE):
    """A balance, as a text."""
    return "\r\n".join([entete, *lignes]) + "\r\n"


COURANTE = (
    ligne("6064", "1000,50", "0"),
    ligne("6215", "200"),
    ligne("6331", "50"),
    ligne("64111", "5000,25"),
    ligne("6419", "", "300"),
    ligne("65133", "400"),
    ligne("65134", "1500", "100"),
    ligne("6561", "70"),
    ligne("6811", "900", "", oobdeb="900"),
    ligne("675", "10", "", oobdeb="10"),
    ligne("7066", "", "800"),
    ligne("74748", "", "6000"),
    ligne("7552", "", "20"),
    ligne("777", "", "5", oobcre="5"),
    ligne("6411", "3000", budget=RESIDENCE_93, nomen="M22"),
    ligne("7351", "", "2500", budget=RESIDENCE_93, nomen="M22"),
    ligne("6064", "99999", budget=AUTRE, siren="219300662"),
    ligne("6064", "88888", siren="269300001", insee="001"),
    ligne("6064", "77777", exer="2024"),
)
