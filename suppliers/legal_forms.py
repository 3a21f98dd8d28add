"""A legal form as people write it: « O.B.N.L. », « Coop de trav. », « CPE », « non-profit », the registry's « APE »."""

from __future__ import annotations

import functools
import re

from django.utils.translation import gettext as _

from marketplace.web.folding import fold_text
from suppliers.models import LegalForm

#: From an enterprise's own name: its words in full, so that « Coop Solidaire » says nothing of its kind.
NAMED_KINDS = (
    (re.compile(r"\bco ?op(erative)?s? de (travailleurs? actionnaires?)\b"), LegalForm.COOP_SHAREHOLDERS),
    (re.compile(r"\bco ?op(erative)?s? de solidarite\b"), LegalForm.COOP_SOLIDARITY),
    (re.compile(r"\bco ?op(erative)?s? de (travail|travailleurs)\b"), LegalForm.COOP_WORK),
    (re.compile(r"\bco ?op(erative)?s? de consommat(ion|eurs)\b"), LegalForm.COOP_CONSUMERS),
    (re.compile(r"\bco ?op(erative)?s? de product(ion|eurs)\b"), LegalForm.COOP_PRODUCERS),
)
#: In a column that only speaks of forms, the beginning of a word is enough.
COLUMN_KINDS = (
    (re.compile(r"\b(actionnaires?|shareholders?|cta)\b"), LegalForm.COOP_SHAREHOLDERS),
    (re.compile(r"\bsolid"), LegalForm.COOP_SOLIDARITY),
    (re.compile(r"\b(trav|worker|work\b|employee)"), LegalForm.COOP_WORK),
    (re.compile(r"\b(consom|consum)"), LegalForm.COOP_CONSUMERS),
    (re.compile(r"\b(produ|agricole)"), LegalForm.COOP_PRODUCERS),
)
COOPERATIVE = re.compile(r"\b(co ?op(s|erative\w*|erativ\w*)?|cop|cta|scop)\b")
NON_PROFIT = re.compile(
    r"\b(obnl|osbl|obl|asbl|npo|nfp|onbl|pmsbl|oca?|ape|ass|cpe|ei)s?\b"
    r"|\b(but|buts) (non )?lucratifs?\b|\bnon lucratifs?\b|\b(non?|not) ?(for )?profit\b|\bnonprofit\b"
    r"|\bassociations?( personnifiee?s?)?\b|\bfondations?\b|\bfoundation\b|\bpartie (3|iii)\b"
    r"|\bcentres? (de la petite enfance|communautaires?)\b|\bentreprises? (d )?(insertion|adaptees?)\b"
    r"|\borganismes? (communautaires?|de bienfaisance|de charite)\b|\bbienfaisance\b|\bcharit(y|able)\b"
)
MUTUAL = re.compile(r"\b(mutuel(le)?s?|mutual\w*|mut)\b")
NOT_LUCRATIVE = re.compile(
    r"\b(a|sans|non) (but )?(non )?lucratif|\bnon ?profit|\bnot for profit|\bbut (non )?lucratif"
)
EITHER = re.compile(
    r"\b(cpe|centres? de la petite enfance|associations?|fondations?|entreprises? d insertion)\b"
)
OUTSIDE = re.compile(
    r"\b(par actions|senc|snc|individuelle|individuel|business corporation|sole proprietor\w*|sec)\b"
)


def read_legal_form(value: str, name: str = "") -> LegalForm | None:
    """The form that `value` says, the kind of a plain co-operative read from the enterprise's `name`; None if unknown."""
    folded = join_initials(fold_text(value))
    form = exact_legal_forms().get(folded) or _form_of(folded)
    if form == LegalForm.COOP:
        return kind_in_name(name) or form
    return form


def _form_of(folded: str) -> LegalForm | None:
    if OUTSIDE.search(folded):
        return None
    is_coop, is_mutual = bool(COOPERATIVE.search(folded)), bool(MUTUAL.search(folded))
    is_obnl = bool(NON_PROFIT.search(folded))
    if is_coop and is_obnl:
        # « Coopérative à but non lucratif » is one; « OBNL ou coop » is a question. A child-care centre may be either.
        without = NOT_LUCRATIVE.sub(" ", EITHER.sub(" ", folded))
        is_obnl = bool(NON_PROFIT.search(without))
    if is_coop + is_mutual + is_obnl != 1:
        return None
    if is_obnl:
        return LegalForm.OBNL
    if is_mutual:
        return LegalForm.MUTUAL
    return next((form for pattern, form in COLUMN_KINDS if pattern.search(folded)), LegalForm.COOP)


def kind_in_name(name: str) -> LegalForm | None:
    folded = fold_text(name)
    return next((form for pattern, form in NAMED_KINDS if pattern.search(folded)), None)


def join_initials(folded: str) -> str:
    """« o b n l » (it was « O.B.N.L. ») → « obnl »."""
    return re.sub(r"\b[a-z](?: [a-z]\b)+", lambda match: match[0].replace(" ", ""), folded)


def accepted_legal_forms() -> str:
    """What to write, for a message."""
    return _(
        "OBNL (ou OSBL, association personnifiée), coopérative (de travail, de solidarité, de consommateurs, "
        "de producteurs, de travailleurs actionnaire), mutuelle"
    )


@functools.cache
def exact_legal_forms() -> dict[str, LegalForm]:
    """Our own codes and labels, as an export of ours writes them."""
    return {fold_text(said): form for form in LegalForm for said in (form.value, str(form.label))}
