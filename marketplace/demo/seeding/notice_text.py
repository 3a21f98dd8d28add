"""The words of one notice: its title and description, its amount and method, its lots and documents."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from random import Random

from buyers.models import Buyer
from marketplace.web.typography import NB, format_day, format_hour

from .buyers import PEOPLE
from .notice_subjects import Subject, Wording, buyer_size, notice_words, with_article
from .prose import fragment

#: Above it a municipality calls publicly (133 800 $ in 2024 and 2025, revised every second year); we keep some way off.
THRESHOLD, UNDER, ABOVE = 133_800, 124_000, 148_000
OPEN, LIMITED, DIRECT = "open", "limited", "direct"
METHOD_DETAILS = {
    OPEN: "Avis d’appel d’offres",
    LIMITED: "Avis d’appel d’offres sur invitation",
    DIRECT: "Contrat de gré à gré",
}
AWARDED_DETAILS = {
    OPEN: "Contrat à la suite d’un appel d’offres public",
    LIMITED: "Contrat à la suite d’un appel d’offres sur invitation",
    DIRECT: "Contrat de gré à gré",
}
VALIDITY = (60, 90, 90, 120)
BEGINNINGS = (
    "{Buyer} demande des soumissions pour {purpose}.",
    "Le présent appel d’offres vise {purpose}.",
    "{Buyer} souhaite conclure un contrat pour {purpose}.",
    "Le contrat a pour objet {purpose}.",
)
PRICE = (
    "Le contrat est adjugé au soumissionnaire conforme qui demande le prix le plus bas.",
    "Le prix total du bordereau, avant les taxes, sert à comparer les soumissions conformes; le plus bas l’emporte.",
)
QUALITY = (
    "Une offre qui obtient moins de 70 points n’est pas retenue, et son prix n’est pas ouvert. Le contrat va au pointage "
    "final le plus élevé.",
    "Un comité de sélection note les offres sans connaître les prix. Il faut 70 points pour que le prix soit ouvert; le pointage "
    "final tient compte des deux.",
)
LIMITED_NOTE = (
    "Cet avis est publié pour information : {n} entreprises ont été invitées. Celles qui veulent l’être la prochaine "
    "fois s’inscrivent au fichier des fournisseurs."
)
SOCIAL = (
    "Les entreprises d’économie sociale sont invitées à soumissionner, seules ou en groupement.",
    "Plusieurs entreprises peuvent soumissionner ensemble; une seule signe et répond du contrat.",
    "La sous-traitance est permise jusqu’à 40 % de la valeur du contrat.",
)


@dataclass(frozen=True)
class NoticeText:
    """`amount`: before taxes and options, in dollars. `documents`: (title, OCDS document type)."""

    subject: Subject
    title: str
    description: str
    amount: int
    method: str
    years: int
    first_year: int
    lots: tuple[str, ...]
    documents: tuple[tuple[str, str], ...]
    option: str
    visit: datetime | None = None


def write_notice(
    subject: Subject,
    buyer: Buyer,
    rng: Random,
    *,
    published: datetime,
    closes: datetime,
    questions: datetime,
    visit: datetime | None = None,
    with_lots: bool = False,
    to_all: bool = False,
) -> NoticeText:
    """Larger institutions ask for more, and pay more; from May on, what is asked is for the next year.

    `to_all`: never by invitation, however small.
    """
    size = buyer_size(PEOPLE.get(buyer.organisation.name), rng)
    years = rng.choice(subject.years)
    first_year = published.year + (published.month >= 5)
    words = notice_words(rng, str(buyer.kind), first_year, years)
    wording = Wording(rng, size, words)
    low, high = subject.amount
    amount = rounded_amount(low * (high / low) ** size * (1 if subject.once else years))
    method = OPEN
    if amount < ABOVE:
        amount = min(amount, UNDER) if amount < THRESHOLD else ABOVE
        method = LIMITED if amount <= UNDER and rng.random() < 0.3 and not to_all else OPEN
    option = _option(subject, years, rng)
    lots = tuple(wording.write(lot) for lot in subject.lots) if with_lots else ()
    title = wording.write(rng.choice(subject.titles_for(str(buyer.kind)) or subject.titles_for("")))
    paragraphs = [
        " ".join([_beginning(subject, buyer, wording), *(wording.write(one) for one in subject.scope)]),
        "\n".join(
            ["Ce qui est exigé" + NB + ":"]
            + [
                f"• {wording.write(term)}"
                for term in rng.sample(subject.terms, min(len(subject.terms), rng.choice((2, 3, 3))))
            ]
        ),
        " ".join(_conditions(subject, rng, option, method, lots)),
        " ".join(_dates(rng, questions, visit if subject.site_visit else None)),
    ]
    return NoticeText(
        subject=subject,
        title=title,
        description="\n\n".join(paragraphs),
        amount=amount,
        method=method,
        years=years,
        first_year=first_year,
        lots=lots,
        documents=tuple(
            (name, kind) for name, _bar, kind in (one.partition("|") for one in subject.documents)
        ),
        option=option,
    )


def rounded_amount(amount: float) -> int:
    """As estimates are written: 18 500, 152 000, 1 240 000."""
    step = 500 if amount < 100_000 else 1_000 if amount < 400_000 else 5_000
    return round(amount / step) * step


def _beginning(subject: Subject, buyer: Buyer, wording: Wording) -> str:
    named = with_article(buyer.organisation.name)
    purpose = wording.write(subject.purpose)
    begins = wording.rng.choice(BEGINNINGS[:3] if purpose[0].isdigit() else BEGINNINGS)
    return begins.format(Buyer=named[0].upper() + named[1:], purpose=purpose)


def _option(subject: Subject, years: int, rng: Random) -> str:
    if subject.once or rng.random() < 0.4:
        return ""
    more = rng.choice((1, 1, 2))
    return f"{'Une année' if more == 1 else 'Deux années'} d’option, au choix de l’acheteur, aux mêmes conditions."


def _conditions(subject: Subject, rng: Random, option: str, method: str, lots: tuple[str, ...]) -> list[str]:
    found = []
    if subject.award == "quality":
        points = [one.partition("|") for one in subject.criteria]
        listed = ", ".join(f"{name[0].lower()}{name[1:]} ({score})" for name, _bar, score in points)
        found += [f"L’évaluation porte sur 100 points{NB}: {listed}.", rng.choice(QUALITY)]
    else:
        found.append(rng.choice(PRICE))
    if lots:
        found.append(
            "On peut soumissionner pour un lot, pour plusieurs ou pour tous; chacun est adjugé à part."
        )
    if option:
        found.append(option)
    if rng.random() < 0.45:
        found.append(
            rng.choice(SOCIAL[0 if subject.trade else 1 : 2 if subject.nature == "goods" else 3]).replace(
                " %", NB + "%"
            )
        )
    if method == LIMITED:
        found.append(LIMITED_NOTE.format(n=rng.choice(("deux", "trois", "quatre"))).replace(" :", NB + ":"))
    return found


def _dates(rng: Random, questions: datetime, visit: datetime | None) -> list[str]:
    found = []
    if visit is not None:
        found.append(
            f"Une visite des lieux a lieu le {format_day(visit)}, à {format_hour(visit)}, sur inscription."
        )
    found.append(f"Les questions sont reçues par écrit, dans SEAO, jusqu’au {format_day(questions)}.")
    found.append(f"Les soumissions restent valables {rng.choice(VALIDITY)} jours.")
    return found


def written(text: str, rng: Random) -> str:
    """A fragment without places or numbers of its own."""
    return fragment(text)(rng, {}, 0.5)
