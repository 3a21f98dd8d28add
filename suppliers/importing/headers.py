"""A file's headers, in French or English and however they are written, against the columns that a mapping knows."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from marketplace.web.folding import fold_text

#: Words that say nothing of which column it is.
SMALL_WORDS = frozenset(
    [
        "a",
        "au",
        "aux",
        "d",
        "de",
        "des",
        "du",
        "en",
        "et",
        "l",
        "la",
        "le",
        "les",
        "leur",
        "of",
        "or",
        "ou",
        "s",
        "son",
        "the",
        "your",
        "vos",
        "votre",
        "and",
    ]
)


def header_key(text: str) -> str:
    """« Nom de l’organisme * » is « nomorganisme »: small words, accents, plurals and punctuation left out."""
    words = [word for word in fold_text(text).split() if word not in SMALL_WORDS]
    return "".join(_singular(word) for word in words)


def _singular(word: str) -> str:
    return word[:-1] if len(word) > 3 and word[-1] in "sx" and not word.endswith("ss") else word


def known_column(header: str, columns: Mapping[str, str]) -> str | None:
    """The column that a header names; « Courriel / Email » where both sides name the same one."""
    without_notes = re.sub(r"\([^()]*\)|\[[^\[\]]*\]|\*|^\s*[0-9]+[.)]\s", " ", header)
    for said in (header, without_notes):
        if (column := columns.get(fold_text(said).replace(" ", ""))) or (
            column := columns.get(header_key(said))
        ):
            return column
    parts = [part for part in re.split(r"[/|\n;,]|\s[–—-]\s", without_notes) if fold_text(part)]
    named = {columns.get(header_key(part)) for part in parts}
    if len(parts) > 1 and len(named) == 1:
        return named.pop()
    inside = re.findall(r"\(([^()]*)\)", header)
    found = {column for part in inside if (column := columns.get(header_key(part)))}
    if len(found) == 1 and not header_key(without_notes):
        return found.pop()
    return _named_within(f" {fold_text(header)} ", set(columns.values()))


#: What a longer header is about, the first that fits; « Courriel pour les factures » is still a courriel.
WITHIN = (
    (re.compile(r" (fax|telecopieur|facebook|linkedin|instagram|twitter|cell|cellulaire|mobile|poste|extension) "), None),
    (re.compile(r" neq | (numero|no|n) (d )?entreprise "), "neq"),
    (re.compile(r" (contact|responsable|personne|direction|president\w*|direct(eur|rice)) .*(courriel|e ?mail) | (courriel|e ?mail) .*(contact|responsable|personne|direction|president\w*|direct(eur|rice)) "), "contact_email"),
    (re.compile(r" (contact|responsable|personne|direction|president\w*|direct(eur|rice)) .*(tel|telephone|phone) | (tel|telephone|phone) .*(contact|responsable|personne|direction|president\w*|direct(eur|rice)) "), "contact_phone"),
    (re.compile(r" (courriels?|e ?mails?) "), "email"),
    (re.compile(r" (telephones?|phone) "), "phone"),
    (re.compile(r" (code postal|postal code|zip) "), "postal_code"),
    (re.compile(r" (site (web|internet)|web ?site|url) "), "website"),
    (re.compile(r" (forme|statut|structure) juridique | legal (form|status|structure) "), "form"),
    (re.compile(r" raison sociale | nom (legal )?(de l |de la |du )?(entreprise|organisme|organisation|cooperative) | (company|organi[sz]ation) name "), "name"),
    (re.compile(r" (territoires?|regions?|zones?|secteurs?|mrc|villes?|municipalites?) .*(desserv|servi|couvert)| (areas?|regions?|territor(y|ies)) (are )?served | service areas? "), "areas"),
    (re.compile(r" territoires? | territor(y|ies) "), "territory"),
)  # fmt: skip


def _named_within(folded: str, columns: set[str]) -> str | None:
    for pattern, column in WITHIN:
        if pattern.search(folded):
            return column if column in columns else None
    return None


def columns_by_key(printed: Mapping[str, str], synonyms: Mapping[str, Iterable[str]]) -> dict[str, str]:
    """What `known_column` looks up: our own headers as they are, then every synonym."""
    found: dict[str, str] = {}
    for column, said in synonyms.items():
        for header in said:
            if (before := found.setdefault(header_key(header), column)) != column:
                raise ValueError(f"{header!r} is {before} and {column}")
    return found | {fold_text(header).replace(" ", ""): column for column, header in printed.items()}


LISTING_SYNONYMS: dict[str, tuple[str, ...]] = {
    "neq": (
        "NEQ", "No NEQ", "N NEQ", "Numéro NEQ", "Code NEQ", "NEQ REQ", "NEQ entreprise", "Numéro d’entreprise",
        "Numéro d’entreprise du Québec", "Numéro entreprise Québec NEQ", "No d’entreprise", "N d’entreprise",
        "No d’entreprise du Québec", "Enterprise number", "Québec enterprise number", "NEQ number",
        "Quebec business number", "Company number", "Enterprise no", "Numéro du registraire", "Matricule REQ",
    ),
    "name": (
        "Nom", "Nom légal", "Nom légal de l’entreprise", "Nom officiel", "Nom complet", "Raison sociale",
        "Raison sociale de l’entreprise", "Dénomination", "Dénomination sociale", "Nom de l’entreprise",
        "Nom de l’organisme", "Nom de l’organisation", "Nom de la coopérative", "Nom de la coop", "Nom du fournisseur",
        "Nom du membre", "Nom de l’EÉS", "Nom de l’OBNL", "Nom corporatif", "Nom commercial", "Nom d’usage", "Nom usuel",
        "Nom de l’établissement", "Nom de l’entreprise d’économie sociale", "Organisme", "Organisation", "Entreprise",
        "Entreprise d’économie sociale", "EÉS", "Fournisseur", "Name", "Company", "Company name", "Organization",
        "Organization name", "Organisation name", "Name of organization", "Business", "Business name", "Legal name",
        "Enterprise", "Enterprise name", "Supplier", "Supplier name", "Corporate name", "Trade name",
    ),
    "form": (
        "Forme", "Forme juridique", "Forme légale", "Forme d’entreprise", "Statut juridique", "Statut légal",
        "Structure juridique", "Type juridique", "Type", "Type d’organisme", "Type d’organisation", "Type d’entreprise",
        "Type de structure", "Type de personne morale", "Legal form", "Legal status", "Legal structure", "Legal type",
        "Type of organization", "Organization type", "Organisation type", "Entity type", "Business type",
    ),
    "activity": (
        "Activité", "Activité principale", "Activités économiques", "Description", "Description de l’entreprise",
        "Description de l’organisme", "Description des activités", "Description des services", "Brève description",
        "Mission", "Mission de l’organisme", "Mission de l’entreprise", "Services", "Services offerts", "Produits et services",
        "Produits services", "Présentation", "Activity", "Main activity", "Business activity", "Description of activities",
        "Products and services", "Products services", "Services offered", "Business description", "Mission statement",
    ),
    "address": (
        "Adresse", "Adresse civique", "Adresse postale", "Adresse complète", "Adresse du siège", "Adresse du siège social",
        "Adresse de l’entreprise", "Siège social", "Rue", "Numéro et rue", "No et rue", "Address", "Street", "Street address",
        "Mailing address", "Civic address",
    ),
    "town": (
        "Ville", "Municipalité", "Localité", "Ville ou municipalité", "Ville municipalité", "Nom de la municipalité", "City",
        "Town", "Municipality", "City town", "Locality", "Ville du siège",
    ),
    "postal_code": ("Code postal", "CP", "C.P.", "Code P", "Postal code", "Zip", "Zip code", "Postcode", "Postal"),
    "lat": ("Latitude", "Lat"),
    "lon": ("Longitude", "Long", "Lon", "Lng"),
    "email": (
        "Courriel", "Courriel général", "Courriel de l’entreprise", "Courriel de l’organisme", "Courriel principal", "Email",
        "E-mail", "Mail", "Mél", "Adresse courriel", "Adresse de courriel", "Adresse électronique", "Adresse email",
        "Courrier électronique", "Email address", "E-mail address", "Company email", "General email",
    ),
    "phone": (
        "Téléphone", "Tél", "No de téléphone", "N de téléphone", "No tél", "N tél", "Num tél", "Numéro de téléphone",
        "Téléphone principal", "Téléphone bureau", "Tél bureau", "Téléphone de l’entreprise", "Phone", "Phone number",
        "Phone no", "Telephone number", "Tel no", "Main phone", "Business phone", "Tel number",
    ),
    "website": (
        "Site", "Site Web", "Site internet", "Website", "Web site", "Web", "URL", "Page Web", "Adresse Web",
        "Adresse internet", "Adresse du site Web", "Lien", "Lien Web", "Internet", "Webpage", "Web address", "Web page", "Homepage",
    ),
    "sector": (
        "Secteur", "SCIAN", "Code SCIAN", "Secteur SCIAN", "Secteur d’activité", "Secteur d’activité SCIAN",
        "Secteur économique", "Secteur d’activité économique", "NAICS", "NAICS code", "Sector", "Industry", "Business sector",
        "Industry sector", "Activity sector",
    ),
    "staff_count": (
        "Effectif", "Employés", "Nombre d’employés", "Nb employés", "Nbre employés", "Nb d’employés", "Nombre employés",
        "No employés", "N employés", "Nombre de travailleurs", "Nombre de personnes", "Personnes employées", "Employees",
        "Number of employees", "No of employees", "Staff", "Staff count", "Headcount", "Nombre d’emplois", "Emplois",
    ),
    "capacity": (
        "Capacité", "Capacité par contrat", "Capacité par contrat $", "Capacité maximale", "Plus gros contrat", "Capacity",
        "Capacity per contract", "Contract capacity", "Largest contract",
    ),
    "offers": ("Offres", "Offre", "Offre de services", "Offre de biens et services", "Biens et services", "Offers", "Offering", "Offerings"),
    "codes": ("Codes UNSPSC", "UNSPSC", "Code UNSPSC", "UNSPSC codes", "UNSPSC code"),
    "areas": (
        "Territoire desservi", "Territoires desservis", "Territoire couvert", "Territoire de desserte", "Territoire de service",
        "Territoire servi", "Zone desservie", "Zone de service", "Zone de livraison", "Zone couverte", "Région desservie",
        "MRC desservies", "Secteur desservi", "Secteurs desservis", "Aire desservie", "Aire de service", "Desserte",
        "Régions couvertes", "Service area", "Service areas", "Area served", "Areas served", "Served area", "Regions served",
        "Territory served", "Territories served", "Delivery area", "Service territory", "Coverage area",
    ),
    # Where it is, or where it serves: the file does not say.
    "territory": (
        "Territoire", "Territory", "Territoire MRC", "Territoire de MRC", "Territoire région", "Zone", "Secteur géographique",
        "Zone géographique", "Area", "Couverture géographique", "Territoire d’intervention",
    ),
    "mrc": ("MRC", "Nom de la MRC", "MRC du siège", "MRC ou ville", "Municipalité régionale de comté", "RCM", "Regional county municipality"),
    "region": ("Région", "Région administrative", "Nom de la région", "Région du siège", "Region", "Administrative region"),
    "purposes": ("Finalités", "Finalité", "Finalité sociale", "Mission sociale", "Purposes", "Purpose", "Social purpose"),
    "certifications": ("Certifications", "Certification", "Certifications et accréditations", "Accréditations", "Labels"),
    "contact_name": (
        "Contact", "Nom du contact", "Contact nom", "Personne contact", "Personne-contact", "Personne ressource",
        "Nom de la personne ressource", "Nom de la personne contact", "Responsable", "Nom du responsable", "Contact name",
        "Contact person", "Name of contact", "Main contact", "Personne responsable",
    ),
    "contact_title": (
        "Contact fonction", "Fonction", "Fonction du contact", "Titre", "Titre du contact", "Poste", "Poste occupé", "Title",
        "Job title", "Contact title", "Position",
    ),
    "contact_email": (
        "Contact courriel", "Courriel du contact", "Courriel contact", "Courriel de la personne ressource",
        "Courriel du responsable", "Contact email", "Contact e-mail", "Email contact", "Courriel de la personne contact",
    ),
    "contact_phone": (
        "Contact téléphone", "Téléphone du contact", "Tél contact", "Téléphone de la personne ressource", "Contact phone",
        "Phone contact", "Contact tel", "Téléphone du responsable", "Téléphone de la personne contact",
    ),
    "contact_public": ("Contact public",),
}  # fmt: skip
