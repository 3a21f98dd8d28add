"""Handing the sheet to the pôle: what must be there, what the person declares, who decides."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from marketplace.accounts.models import User
from marketplace.web.errors import WrongMove
from marketplace.web.verbs import verb
from suppliers.curation import submit_supplier
from suppliers.emails import send_registration_received
from suppliers.models import Decision, Registration, Supplier

from . import steps

#: The words are kept with the date: what a person declared is what they read.
DECLARATION = gettext_lazy(
    "J’ai le mandat d’inscrire cette entreprise. Ce que j’ai écrit est exact, et les pièces sont les siennes. J’accepte que le pôle les examine; le public n’en voit que la fiche."
)


@verb
def submit_registration(*, supplier: Supplier, by: User, declaration: str) -> Decision:
    """Send the sheet for verification, with the declaration as it was read. Evidence may still be missing."""
    whole = Supplier.objects.select_for_update(of=("self",)).select_related("organisation", "registration")
    lacks = steps.progress_of(whole.get(pk=supplier.pk)).lacks
    if lacks:
        raise WrongMove(
            _("Il manque encore : %(what)s.") % {"what": ", ".join(str(lack.text) for lack in lacks)}
        )
    if not declaration:
        raise WrongMove(_("Cochez la déclaration : sans elle, le pôle ne peut pas examiner la fiche."))
    decision = submit_supplier(supplier=supplier, by=by)
    said = {"declared_by": by, "declared_at": timezone.now(), "declaration": declaration}
    # A supplier that a listing brought has no registration yet.
    Registration.objects.update_or_create(supplier=supplier, defaults=said)
    send_registration_received(supplier=supplier, decision=decision, by=by)
    return decision
