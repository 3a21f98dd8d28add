"""The site's main pages as pictures for docs/screens: small files, both languages, drawn by a browser on a running demo."""

from __future__ import annotations

import io
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.db.models import Count
from django.urls import reverse
from django.utils import timezone, translation
from PIL import Image

from buyers.models import Need, NeedQuerySet
from marketplace.accounts.models import User
from marketplace.demo.seeding.trades import suppliers_of_trade
from marketplace.events.models import MatchmakingEvent
from marketplace.matching.models import Suggestion
from marketplace.outreach.models import Campaign
from marketplace.web.languages import is_english
from suppliers.models import DuplicatePair, Status, Supplier, SupplierImport

if TYPE_CHECKING:
    from playwright.sync_api import Browser

MOST_BYTES = 60_000
WIDE, NARROW = (1280, 1440), (390, 1100)  # CSS pixels: about a screen and a half
DENSE = (1280, 860)  # a page of many words: what fits one screen, or its picture would weigh too much
WRITTEN_WIDTH = 960  # of a wide picture; the browser draws at full size
QUALITIES = (82, 74, 66, 58, 50, 40)
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
MEMBER, CURATOR, ADMIN = "entreprise@demo.example", "mauricie@demo.example", "admin@demo.example"
BUYER = "acheteuse@demo.example"
LANGUAGES = ("fr", "en")

#: Ten suppliers of ten trades side by side: their pages should not look alike. By their keys in `seeding.trades`.
TRADES = {
    "traiteur": "Un traiteur",
    "mobilier_urbain": "Du mobilier urbain",
    "menage": "L’entretien ménager",
    "deneigement": "Le déneigement",
    "espaces_verts": "Les espaces verts",
    "imprimerie": "Une imprimerie",
    "transport": "Le transport de personnes",
    "electroniques": "Des appareils remis en état",
    "theatre": "Un théâtre",
    "buanderie": "Une buanderie",
}


@dataclass(frozen=True)
class Shot:
    """`address` is asked in each language; `person` signs in (None: a passer-by); `narrow`: on a phone too.

    `wide`: the window on a desk; a page that is dense with words shows less of itself, or its picture would weigh too much.
    `languages`: those in which it is taken.
    """

    name: str
    french: str
    english: str
    address: Callable[[], str]
    person: str | None = None
    narrow: bool = False
    wide: tuple[int, int] = WIDE
    languages: tuple[str, ...] = LANGUAGES


def pages_to_shoot() -> list[Shot]:
    return [
        Shot("accueil", "L’accueil", "Home", lambda: reverse("pages:home"), narrow=True),
        Shot("repertoire", "Le répertoire", "The directory", _searched, narrow=True, wide=DENSE),
        Shot(
            "carte",
            "La carte du répertoire",
            "The map of the directory",
            _mapped,
            narrow=True,
            wide=DENSE,
        ),
        Shot("fournisseur", "Un fournisseur", "A supplier", _supplier, narrow=True),
        *(
            Shot(f"fournisseur-{key}", title, "", partial(_of_trade, key), languages=("fr",))
            for key, title in TRADES.items()
        ),
        Shot(
            "selection",
            "Une sélection",
            "A shortlist",
            lambda: reverse("dealings:selection"),
            BUYER,
            True,
            DENSE,
        ),
        Shot(
            "comparaison",
            "Côte à côte",
            "Side by side",
            lambda: reverse("dealings:compare"),
            BUYER,
            wide=DENSE,
        ),
        Shot("besoin", "Un besoin de la Ville", "A need of the town", _own_need, BUYER, True, DENSE),
        Shot("qui-peut-repondre", "Qui peut répondre", "Who can answer", _who_fits, BUYER, wide=DENSE),
        Shot("propositions", "Les propositions reçues", "Quotes received", _quotes, BUYER, wide=DENSE),
        Shot("appel-doffres", "Un avis et ses raisons", "A notice and its reasons", _notice, MEMBER, True),
        Shot("mon-espace", "Mon espace", "My space", lambda: reverse("pages:my_space"), MEMBER, True),
        Shot(
            "inscription",
            "L’inscription d’une entreprise",
            "Registering",
            lambda: reverse("suppliers:register"),
        ),
        Shot("activites", "Les activités de maillage", "Matchmaking events", lambda: reverse("events:list")),
        Shot("horaire", "L’horaire d’une personne", "A person’s schedule", _agenda, MEMBER, True),
        Shot("cohortes", "Les cohortes", "Cohorts", lambda: reverse("cohorts:list")),
        Shot("verification", "La vérification d’une fiche", "Verifying a listing", _queue, ADMIN),
        Shot("grille", "La grille d’une journée", "The grid of a day", _grid, CURATOR),
        Shot(
            "importation", "Une liste que l’on importe", "A list being imported", _import, CURATOR, wide=DENSE
        ),
        Shot(
            "tri",
            "Les fiches à démarcher",
            "Prospects",
            lambda: reverse("suppliers_admin:triage"),
            CURATOR,
            wide=DENSE,
        ),
        Shot("doublons", "Deux fiches qui se ressemblent", "Two listings alike", _pair, CURATOR, wide=DENSE),
        Shot(
            "demarchage",
            "Le démarchage",
            "Outreach",
            lambda: reverse("outreach_admin:board"),
            CURATOR,
            wide=DENSE,
        ),
        Shot("campagne", "Une campagne", "A campaign", _campaign, CURATOR, wide=DENSE),
        Shot(
            "delais",
            "Les délais promis",
            "Promised times",
            lambda: reverse("outreach_admin:service_levels"),
            CURATOR,
            wide=DENSE,
        ),
        Shot("composants", "Les composants", "Components", lambda: reverse("gallery:components")),
    ]


def _searched() -> str:
    words = "cleaning" if is_english() else "entretien+ménager"
    return reverse("suppliers:directory") + f"?q={words}&territoire=371"


def _mapped() -> str:
    return reverse("suppliers:directory") + "?territoire=R04&vue=carte"


def _supplier() -> str:
    member = User.objects.get(email=MEMBER)
    supplier = Supplier.objects.filter(organisation__in=member.organisation_ids).earliest("pk")
    return reverse("suppliers:supplier", args=[supplier.slug])


def _of_trade(key: str) -> str:
    """The first supplier of a trade: the seed drew pictures for it."""
    return reverse("suppliers:supplier", args=[suppliers_of_trade(key).earliest("pk").slug])


def _notice() -> str:
    """The notice that suits the member best; the list of notices before any was matched."""
    member = User.objects.get(email=MEMBER)
    best = (
        Suggestion.objects.filter(supplier__organisation__in=member.organisation_ids)
        .order_by("-points", "pk")
        .select_related("tender")
        .first()
    )
    return reverse("tenders:tender", args=[best.tender.ocid]) if best else reverse("tenders:list")


def _own_needs() -> NeedQuerySet:
    buyer = User.objects.get(email=BUYER)
    return Need.objects.filter(buyer__organisation__in=buyer.organisation_ids).order_by("pk")


def _own_need() -> str:
    return reverse("needs:need", args=[_own_needs().running()[0].slug])


def _who_fits() -> str:
    return reverse("dealings:need_fit", args=[_own_needs().running()[0].slug])


def _quotes() -> str:
    """Of the need that had the most of them and is closed."""
    closed = _own_needs().filter(closes_at__lt=timezone.now())
    need = closed.annotate(received=Count("quotes")).order_by("-received", "pk")[0]
    return reverse("dealings:need_quotes", args=[need.slug])


def _published_day() -> MatchmakingEvent:
    return MatchmakingEvent.objects.filter(state="published").earliest("pk")


def _agenda() -> str:
    return reverse("events:agenda", args=[_published_day().slug])


def _grid() -> str:
    return reverse("events_admin:grid", args=[_published_day().pk])


def _import() -> str:
    waiting = SupplierImport.objects.filter(state=SupplierImport.State.READY).latest("pk")
    return reverse("suppliers_admin:import_job", args=[waiting.pk])


def _pair() -> str:
    """The likeliest that is to be compared."""
    curator = User.objects.get(email=CURATOR)
    pair = DuplicatePair.objects.visible_to(curator).open().order_by("-points", "pk")[0]
    return reverse("suppliers_admin:compare", args=[pair.first_id, pair.second_id])


def _campaign() -> str:
    return reverse("outreach_admin:campaign", args=[Campaign.objects.earliest("pk").pk])


def _queue() -> str:
    curator = User.objects.get(email=ADMIN)
    waiting = Supplier.objects.visible_to(curator).filter(status=Status.SUBMITTED).order_by("pk").first()
    if waiting is None:
        return reverse("suppliers_admin:queue")
    return reverse("admin:suppliers_supplier_change", args=[waiting.pk])


def take_screenshots(*, base: str, folder: Path) -> Iterator[Path]:
    """Every picture of every page in both languages, written as it comes, then the index."""
    # Playwright's synchronous API runs an event loop in this thread; Django would refuse the ORM beside it.
    os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    folder.mkdir(parents=True, exist_ok=True)
    with _chromium() as browser:
        for language in LANGUAGES:
            for shot in pages_to_shoot():
                if language not in shot.languages:
                    continue
                with translation.override(language), _speaking(shot.person, language):
                    yield _written(browser, base, folder, shot, language, shot.wide)
                    if shot.narrow:
                        yield _written(browser, base, folder, shot, language, NARROW)
    index = folder / "README.md"
    index.write_text(_index(folder), encoding="utf-8")
    yield index


@contextmanager
def _chromium() -> Iterator[Browser]:
    from playwright.sync_api import sync_playwright  # a development dependency

    path = shutil.which("chromium") or shutil.which("chromium-browser")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def _speaking(email: str | None, language: str) -> Iterator[None]:
    """The admin site speaks the language of the account: `language` while a picture is taken."""
    people = User.objects.filter(email=email)
    before = people.values_list("language", flat=True).first()
    people.update(language=language)
    try:
        yield
    finally:
        if before is not None:
            people.update(language=before)


def _written(
    browser: Browser, base: str, folder: Path, shot: Shot, language: str, size: tuple[int, int]
) -> Path:
    width, height = size
    context = browser.new_context(
        viewport={"width": width, "height": height},
        locale=f"{language}-CA",
        timezone_id=settings.TIME_ZONE,
        reduced_motion="reduce",
    )
    if shot.person:
        context.add_cookies(
            [{"name": settings.SESSION_COOKIE_NAME, "value": _session(shot.person), "url": base}]
        )
    page = context.new_page()
    answer = page.goto(base + shot.address(), wait_until="networkidle")
    if answer is None or answer.status != 200 or urlsplit(page.url).path == reverse("account_login"):
        raise LookupError(f"{shot.name} ({language}): {page.url} answers {answer and answer.status}")
    picture = page.screenshot()
    context.close()
    path = folder / f"{shot.name}-{language}{'' if size != NARROW else '-390'}.webp"
    path.write_bytes(_small(picture, WRITTEN_WIDTH if size != NARROW else width))
    return path


def _session(email: str) -> str:
    user = User.objects.get(email=email)
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[-1]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.set_expiry(300)
    session.create()
    return str(session.session_key)


def _small(picture: bytes, width: int) -> bytes:
    """WebP at the best quality that weighs at most MOST_BYTES; narrower where even the least would weigh more."""
    whole = Image.open(io.BytesIO(picture)).convert("RGB")
    for share in (1, 0.85, 0.7):
        size = round(width * share), round(whole.height * width * share / whole.width)
        image = whole.resize(size, Image.Resampling.LANCZOS)
        for quality in QUALITIES:
            written = io.BytesIO()
            image.save(written, "WEBP", quality=quality, method=6)
            if written.tell() <= MOST_BYTES:
                return written.getvalue()
    raise ValueError(f"a picture weighs {written.tell()} bytes at quality {QUALITIES[-1]}")


def _index(folder: Path) -> str:
    lines = [
        "# Screens",
        "",
        "Made by `python3 dev.py manage screens` while `python3 dev.py demo` runs. The enterprises are invented.",
    ]
    for shot in pages_to_shoot():
        titles = {"fr": shot.french, "en": shot.english}
        lines += ["", f"## {' / '.join(filter(None, titles.values()))}", ""]
        lines += [f"![{titles[one]}]({shot.name}-{one}.webp)" for one in shot.languages]
        if shot.narrow:
            lines += ["", *(f"![{titles[one]}, 390]({shot.name}-{one}-390.webp)" for one in shot.languages)]
    return "\n".join(lines) + "\n"
