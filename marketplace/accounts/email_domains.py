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
        "10minutemail.com", "126.com", "163.com", "3web.net", "abacom.com", "abv.bg", "acanac.net", "aei.ca",
        "aibn.com", "aim.com", "alice.it", "aliceadsl.fr", "att.net", "axion.ca", "b2b2c.ca", "bbox.fr", "bell.ca",
        "bell.net", "bellaliant.net", "bellnet.ca", "bellsouth.net", "bk.ru", "bluewin.ch", "cablevision.qc.ca",
        "cam.org", "caramail.com", "cegetel.net", "centurylink.net", "cgocable.ca", "cgocable.net", "charter.net",
        "clic.net", "club-internet.fr", "cogeco.ca", "cogeco.net", "colba.net", "comcast.net", "consultant.com",
        "cooptel.qc.ca", "cox.net", "daum.net", "derytele.com", "derytelecom.ca", "dispostable.com", "disroot.org",
        "distributel.net", "duck.com", "earthlink.net", "eastlink.ca", "ebox.ca", "electronicbox.net", "email.com",
        "europe.com", "excite.com", "execulink.com", "fastmail.com", "fastmail.fm", "fido.ca", "foxmail.com",
        "free.fr", "freenet.de", "frontier.com", "generation.net", "getnada.com", "globetrotter.net",
        "globetrotter.qc.ca", "guerrillamail.com", "hanmail.net", "hey.com", "hushmail.com", "igs.net", "inbox.com",
        "inbox.ru", "infoteck.qc.ca", "inter.net", "interia.pl", "interlinx.qc.ca", "juno.com", "keemail.me",
        "laposte.net", "libero.it", "lino.com", "list.ru", "look.ca", "lycos.com", "mac.com", "magma.ca", "mail.com",
        "mail.ru", "mailbox.org", "maildrop.cc", "mailfence.com", "mailnesia.com", "maskatel.ca", "maskatel.net",
        "me.com", "microtec.net", "mlink.net", "mozmail.com", "mts.net", "mymts.net", "naver.com", "nbnet.nb.ca",
        "netcourrier.com", "netzero.net", "neuf.fr", "northwestel.net", "numericable.fr", "o2.pl", "odyssee.net",
        "onet.pl", "optimum.net", "optonline.net", "orange.fr", "oricom.ca", "persona.ca", "pm.me", "post.com",
        "posteo.net", "primus.ca", "privaterelay.appleid.com", "prodigy.net", "proton.me", "qc.aira.com", "qq.com",
        "quebectel.com", "rambler.ru", "rediffmail.com", "riq.qc.ca", "riseup.net", "rocketmail.com", "rocler.com",
        "rocler.qc.ca", "rogers.com", "royaume.com", "rr.com", "runbox.com", "saglac.qc.ca", "sasktel.net",
        "sbcglobal.net", "seznam.cz", "sfr.fr", "sharklasers.com", "shaw.ca", "sina.com", "skynet.be", "sogetel.net",
        "sohu.com", "sprint.ca", "start.ca", "startmail.com", "storm.ca", "sympatico.ca", "sympatico.qc.ca",
        "t-online.de", "tbaytel.net", "teksavvy.com", "telenet.be", "tellambton.net", "telus.net", "telusplanet.net",
        "telwarwick.net", "temp-mail.org", "throwawaymail.com", "tiscali.it", "total.net", "trashmail.com",
        "tuta.com", "tuta.io", "tutamail.com", "tutanota.com", "ukr.net", "uniserve.com", "usa.com", "verizon.net",
        "vianet.ca", "videotron.ca", "videotron.com", "videotron.net", "videotron.qc.ca", "vif.com", "virgilio.it",
        "voila.fr", "vtl.ca", "wanadoo.fr", "web.de", "windstream.net", "wp.pl", "xittel.ca", "xittel.net",
        "xplore.ca", "xplornet.ca", "xplornet.com", "yeah.net", "zoho.com", "zohomail.ca", "zohomail.com",
    }
)  # fmt: skip
#: The same under every ending: hotmail.fr, yahoo.com.br.
FAMILIES = frozenset(
    {
        "aol", "gmail", "googlemail", "gmx", "hotmail", "icloud", "live", "mailinator", "msn", "outlook", "protonmail", "yahoo",
        "yandex", "ymail", "yopmail",
    }
)  # fmt: skip
#: Whole public administrations write from there: no institution's own.
SHARED = frozenset(
    {
        "ca", "canada.ca", "cisss.gouv.qc.ca", "ciusss.gouv.qc.ca", "com", "gc.ca", "gouv.qc.ca", "mrc.qc.ca", "net",
        "onmicrosoft.com", "org", "qc.ca", "quebec", "quebec.ca", "reg.qc.ca", "rtss.qc.ca", "sante.quebec",
        "ssss.gouv.qc.ca", "ville.qc.ca",
    }
)  # fmt: skip
#: What the names of a Québec institution are written with. Anything else imitates: « а » in Cyrillic, « ı » without a dot.
_LETTERS = re.compile(r"[a-z0-9àâäçéèêëîïôöùûüÿœæ-]+")
_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
#: The first standard of domains with accents made « ss » of « ß » and dropped joiners; the second keeps them.
_READ_DIFFERENTLY = frozenset("ßς\u200c\u200d")
_LOOKS_LIKE = str.maketrans({"0": "o", "1": "l", "i": "l", "3": "e", "5": "s", "-": "", ".": ""})


def domain_of_email(email: str) -> str:
    """« maude@Ville.Exemple.qc.ca » → « ville.exemple.qc.ca »."""
    return ascii_domain(email.rpartition("@")[2]) or email.rpartition("@")[2].strip().lower().rstrip(".")


def domain_of_site(address: str) -> str:
    """« https://www.ville.exemple.qc.ca/contact » → « ville.exemple.qc.ca »; empty where there is no site."""
    host = (urlsplit(address).hostname or "").lower().rstrip(".")
    return ascii_domain(host.removeprefix("www."))


def ascii_domain(text: str) -> str:
    """As mail is addressed; empty where this is no domain, or one to some programs and another to others."""
    text = text.strip().lower().rstrip(".")
    if _READ_DIFFERENTLY & set(text):
        return ""
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
