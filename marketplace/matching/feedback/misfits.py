"""« Faux »: staff say that a notice is not for a supplier, why, and take it back."""

from __future__ import annotations

from django.utils.translation import gettext as _

from buyers.models import Tender
from marketplace.accounts.models import User
from marketplace.accounts.permissions import check_permission
from marketplace.matching.alerts.verbs import close_unsent_mentions
from marketplace.matching.feedback.models import Misfit
from marketplace.matching.models import Alert, PendingNotice, Suggestion
from marketplace.matching.suggestions import suggest_for_tender
from marketplace.web.verbs import verb
from suppliers.models import Supplier
from suppliers.permissions import can_curate_supplier


@verb
def mark_misfit(
    *, supplier: Supplier, tender: Tender, reason: str, by: User | None, note: str = ""
) -> Misfit:
    """The two are suggested to each other no more, and mails that have not left do not say it. A second time says why anew."""
    _check(supplier, by)
    misfit, _is_new = Misfit.objects.update_or_create(
        supplier=supplier, tender=tender, defaults={"reason": reason, "note": note, "by": by}
    )
    Suggestion.objects.filter(supplier=supplier, tender=tender).wanted().delete()
    PendingNotice.objects.filter(alert__supplier=supplier, tender=tender).delete()
    close_unsent_mentions(Alert.objects.filter(supplier=supplier), ocid=tender.ocid)
    return misfit


@verb
def take_back_misfit(*, misfit: Misfit, by: User | None) -> None:
    """The two may be suggested to each other again, if they still fit."""
    _check(misfit.supplier, by)
    tender = misfit.tender
    misfit.delete()
    suggest_for_tender(tender=tender, by=by)


def _check(supplier: Supplier, by: User | None) -> None:
    check_permission(
        can_curate_supplier,
        by,
        supplier,
        sentence=_("Seul le pôle de cette entreprise peut dire qu’une suggestion est fausse."),
    )
