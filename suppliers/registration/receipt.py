"""What whoever sends a sheet to the pôle gets in return, once each time it is sent."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from marketplace.accounts.models import User
from marketplace.outbox import receipts
from suppliers.models import Decision, EvidenceFile, Supplier

from . import steps


def acknowledge(*, supplier: Supplier, decision: Decision, by: User) -> None:
    """To the person who sent it: their colleagues see it in « Mon espace », and have asked for nothing."""
    name = supplier.organisation.name
    offers = supplier.offers.count()
    files = EvidenceFile.objects.filter(answer__supplier=supplier).count()

    def words() -> receipts.Receipt:
        return receipts.Receipt(
            title=_("Nous avons la fiche « %(name)s »") % {"name": name},
            sentence=_("Vous avez envoyé la fiche « %(name)s » pour vérification.") % {"name": name},
            facts=[
                ngettext("%(n)s offre", "%(n)s offres", offers) % {"n": offers},
                ngettext("%(n)s pièce à l’appui", "%(n)s pièces à l’appui", files) % {"n": files},
            ],
            link=steps.address(supplier, steps.SUBMIT),
            why=_("Vous recevez ce courriel parce que vous avez envoyé la fiche « %(name)s ».")
            % {"name": name},
        )

    receipts.send(
        organisation=supplier.organisation,
        reader=by,
        say=words,
        kind="registration.received",
        subject=f"supplier:{supplier.pk}",
        version=str(decision.pk),
    )
