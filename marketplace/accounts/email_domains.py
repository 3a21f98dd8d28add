"""What the part of an address after the @ says: an organisation's own domain, or one that anybody can have.

A domain is compared in ASCII, as mail is addressed: « Québec.ca » is « xn--qubec-csa.ca ».
"""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from urllib.parse import urlsplit

#: Mailboxes that anybody opens, or that come with a subscription: they prove nothing about an organisation.
GENERIC = frozenset(
    {
        "abacom.com", "aol.com", "axion.ca", "b2b2c.ca", "bell.ca", "bell.net", "bellnet.ca", "cablevision.qc.ca", "cgocable.ca",
        "cogeco.ca", "cogeco.net", "cooptel.qc.ca", "derytele.com", "derytelecom.ca", "distributel.net", "duck.com", "eastlink.ca",
        "ebox.ca", "execulink.com", "fastmail.com", "fido.ca", "free.fr", "globetrotter.net", "globetrotter.qc.ca", "hey.com",
        "hushmail.com", "igs.net", "laposte.net", "lino.com", "mac.com", "mail.com", "mailbox.org", "maskatel.ca", "maskatel.net",
        "me.com", "mail.ru", "mts.net", "netcourrier.com", "northwestel.net", "orange.fr", "oricom.ca",
        "pm.me", "posteo.net", "primus.ca", "proton.me", "qc.aibn.com", "qc.aira.com", "quebectel.com", "rocketmail.com",
        "rogers.com", "sasktel.net", "sfr.fr", "shaw.ca", "sogetel.net", "start.ca", "sympatico.ca",
        "tellambton.net", "telus.net", "telwarwick.net", "teksavvy.com", "tuta.com", "tutanota.com",
        "uniserve.com", "verizon.net", "videotron.ca", "videotron.com", "videotron.net", "videotron.qc.ca", "vtl.ca", "wanadoo.fr",
        "xittel.ca", "xplore.ca", "xplornet.ca", "xplornet.com", "zoho.com",
    }
)  # fmt: skip
#: The same under every ending: hotmail.fr, yahoo.com.br.
FAMILIES = frozenset(
    {"gmail", "googlemail", "gmx", "hotmail", "icloud", "live", "msn", "outlook", "protonmail", "yahoo", "yandex", "ymail"}
)  # fmt: skip
#: Whole public administrations write from there: no institution's own.
SHARED = frozenset(
    {
        "ca", "canada.ca", "cisss.gouv.qc.ca", "ciusss.gouv.qc.ca", "com", "gc.ca", "gouv.qc.ca", "mrc.qc.ca", "net", "org",
        "qc.ca", "quebec", "quebec.ca", "reg.qc.ca", "rtss.qc.ca", "sante.quebec", "ssss.gouv.qc.ca", "ville.qc.ca",
    }
)  # fmt: skip
#: What the names of a Québec institution are written with. Anything else imitates: « а » in Cyrillic, « ı » without a dot.
_LETTERS = re.compile(r"[a-z0-9àâäçéèêëîïôöùûüÿœæ-]+")
_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
_LOOKS_LIKE = str.maketrans({"0": "o", "1": "l", "i": "l", "3": "e", "5": "s", "-": "", ".": ""})


def domain_of_email(email: str) -> str:
    """« maude@Ville.Exemple.qc.ca » → « ville.exemple.qc.ca »."""
    return ascii_domain(email.rpartition("@")[2]) or email.rpartition("@")[2].strip().lower().rstrip(".")


def domain_of_site(address: str) -> str:
    """« https://www.ville.exemple.qc.ca/contact » → « ville.exemple.qc.ca »; empty where there is no site."""
    host = (urlsplit(address).hostname or "").lower().rstrip(".")
    return ascii_domain(host.removeprefix("www."))


def ascii_domain(text: str) -> str:
    """As mail is addressed; empty where this is no domain."""
    text = text.strip().lower().rstrip(".")
    try:
        written = text.encode("idna").decode("ascii") if text else ""
    except UnicodeError:
        return ""
    labels = written.split(".")
    fits = len(written) <= 253 and all(_LABEL.fullmatch(label) for label in labels)
    return written if fits and len(labels) > 1 and not labels[-1].isdecimal() else ""


def readable_domain(domain: str) -> str:
    """« xn--qubec-csa.ca » → « québec.ca »."""
    try:
        return domain.encode("ascii").decode("idna")
    except UnicodeError:
        return domain


def imitates_letters(domain: str) -> bool:
    """Whether it is written with letters that only look like ours."""
    return not all(_LETTERS.fullmatch(label) for label in readable_domain(domain).split("."))


def is_generic_domain(domain: str) -> bool:
    """Of a provider, or below one: « client.cogeco.ca » is cogeco's."""
    labels = domain.lower().split(".")
    if any(".".join(labels[n:]) in GENERIC for n in range(len(labels))):
        return True
    owner = (
        labels[-3]
        if len(labels) > 2 and labels[-2] in ("co", "com")
        else labels[-2]
        if len(labels) > 1
        else ""
    )
    return owner in FAMILIES


def is_shared_domain(domain: str) -> bool:
    """From which several institutions write."""
    return domain in SHARED


def is_within_domain(domain: str, known: str) -> bool:
    """The same domain, or one below it: « courriel.ville.ca » is within « ville.ca », « autreville.ca » is not."""
    return bool(known) and (domain == known or domain.endswith(f".{known}"))


def looks_like_domain(domain: str, known: str) -> bool:
    """Whether one could be taken for the other without being it: « vi11e.ca », « ville-ca.com »."""
    if not known or is_within_domain(domain, known) or is_within_domain(known, domain):
        return False
    one, other = (text.translate(_LOOKS_LIKE).replace("rn", "m") for text in (domain, known))
    return one == other or SequenceMatcher(None, one, other).ratio() > 0.85
