"""What the part of an address after the @ says: an organisation's own domain, or one that anybody can have."""

from __future__ import annotations

from urllib.parse import urlsplit

#: Mailboxes that anybody opens: they prove nothing about an organisation.
GENERIC = frozenset(
    {
        "aol.com",
        "bell.net",
        "cgocable.ca",
        "cooptel.qc.ca",
        "fastmail.com",
        "globetrotter.net",
        "gmail.com",
        "gmx.com",
        "googlemail.com",
        "hotmail.ca",
        "hotmail.com",
        "hotmail.fr",
        "icloud.com",
        "laposte.net",
        "live.ca",
        "live.com",
        "live.fr",
        "mac.com",
        "mail.com",
        "me.com",
        "msn.com",
        "orange.fr",
        "outlook.com",
        "outlook.fr",
        "proton.me",
        "protonmail.com",
        "qc.aira.com",
        "rogers.com",
        "sogetel.net",
        "sympatico.ca",
        "telus.net",
        "tlb.sympatico.ca",
        "videotron.ca",
        "videotron.qc.ca",
        "xplornet.com",
        "yahoo.ca",
        "yahoo.com",
        "yahoo.fr",
        "ymail.com",
        "zoho.com",
    }
)


def domain_of_email(email: str) -> str:
    """« maude@Ville.Exemple.qc.ca » → « ville.exemple.qc.ca »."""
    return email.rpartition("@")[2].strip().lower().rstrip(".")


def domain_of_site(address: str) -> str:
    """« https://www.ville.exemple.qc.ca/contact » → « ville.exemple.qc.ca »; empty where there is no site."""
    host = (urlsplit(address).hostname or "").lower().rstrip(".")
    return host.removeprefix("www.")


def is_generic_domain(domain: str) -> bool:
    return domain in GENERIC


def is_within_domain(domain: str, known: str) -> bool:
    """The same domain, or one below it: « courriel.ville.ca » is within « ville.ca », « autreville.ca » is not."""
    return bool(known) and (domain == known or domain.endswith(f".{known}"))
