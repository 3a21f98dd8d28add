"""Bulk moves: a second page says what will happen, then each row is decided on its own and told apart."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

from django.contrib import admin, messages
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from marketplace.accounts.models import PersonalDataRead
from marketplace.accounts.people import note_reads
from marketplace.accounts.permissions import signed_in_user
from marketplace.accounts.security.log import record_security_event
from marketplace.accounts.security.models import Kind
from marketplace.territories.models import Pole
from marketplace.web.admin_lists import confirmed_data, csv_response, run_bulk_action
from suppliers.admin.forms import BulkForm
from suppliers.admin.undo_views import batch_done
from suppliers.curation import (
    DecisionNote,
    archive_not_social_economy,
    assign_supplier,
    publish_supplier,
    return_supplier,
)
from suppliers.models import Status, Supplier
from suppliers.renewals import remind_supplier, renew_proofs
from suppliers.verification import verification_of


def _bulk(
    model_admin: admin.ModelAdmin,
    request: HttpRequest,
    queryset: QuerySet[Supplier],
    *,
    verb: Callable[..., Any],
    title: str,
    button: str,
    done: Callable[[int], str],
    fields: tuple[str, ...] = (),
    needs: str = "",
    consequence: str = "",
) -> HttpResponse | None:
    form = BulkForm(confirmed_data(request))
    batch = uuid4()
    form.fields["pole"].queryset = Pole.objects.all()
    for name in set(form.fields) - set(fields):
        del form.fields[name]
    if needs:
        form.fields[needs].required = True
    return run_bulk_action(
        model_admin,
        request,
        queryset.select_related("organisation").order_by("pk"),
        form=form,
        template="admin/suppliers/supplier/bulk.html",
        title=title,
        button=button,
        consequence=consequence,
        too_many=_("Choisissez au plus %(limit)s fiches à la fois. Rien n’a changé."),
        decide=lambda supplier, values: verb(
            supplier=supplier,
            by=request.user,
            note=DecisionNote(values.get("message", ""), batch=batch),
            **{name: values[name] for name in fields if name != "message"},
        ),
        named=str,
        done=lambda suppliers: batch_done(done(len(suppliers)), batch),
    )


def publication_consequence(queryset: QuerySet[Supplier]) -> str:
    """How many of the chosen the public will read as verified, and how many as « vérification en cours »; one query."""
    today = timezone.localdate()
    hidden = ~Q(status=Status.PUBLISHED)
    counted = queryset.order_by().aggregate(
        verified=Count("pk", filter=hidden & Q(verified_until__gte=today)),
        lapsed=Count("pk", filter=hidden & Q(verified_until__lt=today)),
        others=Count("pk", filter=hidden & Q(verified_until__isnull=True)),
        already=Count("pk", filter=~hidden),
    )
    sentences = [_("Le public verra ces fiches. Publier ne vérifie rien.")]
    for n, one, many in (
        (
            counted["verified"],
            _("%(n)s affichera « Vérifiée » (six critères prouvés, à jour)."),
            _("%(n)s afficheront « Vérifiée » (six critères prouvés, à jour)."),
        ),
        (
            counted["lapsed"],
            _("%(n)s affichera « Vérification échue »."),
            _("%(n)s afficheront « Vérification échue »."),
        ),
        (
            counted["others"],
            _("%(n)s affichera « Inscrite; vérification en cours »."),
            _("%(n)s afficheront « Inscrite; vérification en cours »."),
        ),
        (
            counted["already"],
            _("%(n)s est déjà publiée : rien n’y change."),
            _("%(n)s sont déjà publiées : rien n’y change."),
        ),
    ):
        if n or len(sentences) == 1:  # how many are verified is said, none too
            sentences.append((one if n < 2 else many) % {"n": n})
    return " ".join(sentences)


@admin.action(description=gettext_lazy("Publier"), permissions=["change"])
def publish_selected_suppliers(
    model_admin: admin.ModelAdmin, request: HttpRequest, queryset: QuerySet[Supplier]
) -> HttpResponse | None:
    return _bulk(
        model_admin,
        request,
        queryset,
        verb=publish_supplier,
        title=_("Publier des fiches"),
        button=_("Publier"),
        consequence=publication_consequence(queryset),
        done=lambda n: ngettext("%(n)s publiée.", "%(n)s publiées.", n) % {"n": n},
    )


@admin.action(description=gettext_lazy("Demander un complément"), permissions=["change"])
def return_selected_suppliers(
    model_admin: admin.ModelAdmin, request: HttpRequest, queryset: QuerySet[Supplier]
) -> HttpResponse | None:
    return _bulk(
        model_admin,
        request,
        queryset,
        verb=return_supplier,
        title=_("Demander un complément"),
        button=_("Envoyer la demande"),
        consequence=_("Chaque entreprise reçoit votre message; sa fiche redevient un brouillon."),
        fields=("message",),
        needs="message",
        done=lambda n: ngettext("%(n)s demande envoyée.", "%(n)s demandes envoyées.", n) % {"n": n},
    )


@admin.action(
    description=gettext_lazy("Archiver : n’est pas une entreprise d’économie sociale"), permissions=["change"]
)
def archive_selected_suppliers(
    model_admin: admin.ModelAdmin, request: HttpRequest, queryset: QuerySet[Supplier]
) -> HttpResponse | None:
    return _bulk(
        model_admin,
        request,
        queryset,
        verb=archive_not_social_economy,
        title=_("Archiver : n’est pas une entreprise d’économie sociale"),
        button=_("Archiver"),
        consequence=_(
            "Ces fiches quittent le répertoire; une importation ne les y ramène pas. Vous pourrez les rouvrir."
        ),
        fields=("message",),
        done=lambda n: ngettext("%(n)s archivée.", "%(n)s archivées.", n) % {"n": n},
    )


@admin.action(description=gettext_lazy("Rappeler la fin de la vérification"), permissions=["change"])
def remind_selected_suppliers(
    model_admin: admin.ModelAdmin, request: HttpRequest, queryset: QuerySet[Supplier]
) -> HttpResponse | None:
    return _bulk(
        model_admin,
        request,
        queryset,
        verb=remind_supplier,
        title=_("Rappeler la fin de la vérification"),
        button=_("Envoyer le rappel"),
        consequence=_(
            "Chaque entreprise reçoit un courriel et peut attester en un clic que rien n’a changé."
        ),
        fields=("message",),
        done=lambda n: ngettext("%(n)s rappel envoyé.", "%(n)s rappels envoyés.", n) % {"n": n},
    )


@admin.action(description=gettext_lazy("Renouveler les preuves"), permissions=["change"])
def renew_selected_suppliers(
    model_admin: admin.ModelAdmin, request: HttpRequest, queryset: QuerySet[Supplier]
) -> HttpResponse | None:
    return _bulk(
        model_admin,
        request,
        queryset,
        verb=renew_proofs,
        title=_("Renouveler les preuves"),
        button=_("Renouveler"),
        consequence=_(
            "Pour chaque entreprise qui atteste que rien n’a changé, les preuves sont renouvelées à partir "
            "d’aujourd’hui."
        ),
        done=lambda n: (
            ngettext("%(n)s vérification renouvelée.", "%(n)s vérifications renouvelées.", n) % {"n": n}
        ),
    )


@admin.action(description=gettext_lazy("Confier à un pôle"), permissions=["change"])
def assign_selected_suppliers(
    model_admin: admin.ModelAdmin, request: HttpRequest, queryset: QuerySet[Supplier]
) -> HttpResponse | None:
    return _bulk(
        model_admin,
        request,
        queryset,
        verb=assign_supplier,
        title=_("Confier à un pôle"),
        button=_("Confier"),
        consequence=_("Le pôle choisi verra ces fiches, où que soit leur siège."),
        fields=("pole", "message"),
        done=lambda n: ngettext("%(n)s confiée.", "%(n)s confiées.", n) % {"n": n},
    )


@admin.action(description=gettext_lazy("Exporter en CSV"), permissions=["view"])
def export_selected_suppliers(
    model_admin: admin.ModelAdmin, request: HttpRequest, queryset: QuerySet[Supplier]
) -> HttpResponse:
    """The chosen rows, streamed; a cell that a spreadsheet would compute is neutralised. Who took them away is recorded."""
    reached = queryset.exclude(organisation__email="", organisation__phone="")
    note_reads(
        reader=signed_in_user(request),
        organisations=reached.order_by().values_list("organisation", flat=True),
        what="supplier.export",
        purpose=PersonalDataRead.Purpose.EXPORT,
    )
    record_security_event(
        kind=Kind.EXPORTED, by=signed_in_user(request), target="suppliers", rows=queryset.count()
    )
    return csv_response(_table(queryset), name="fournisseurs", day=timezone.localdate())


def _table(queryset: QuerySet[Supplier]) -> Any:
    yield [
        _("NEQ"), _("Nom"), _("Forme juridique"), _("État"), _("Motif"), _("Depuis le"), _("Ville"), _("MRC"),
        _("Région"), _("Courriel"), _("Téléphone"), _("Site Web"), _("Activité"), _("Vérifiée le"), _("Source"),
    ]  # fmt: skip
    rows = queryset.select_related("organisation__mrc", "organisation__region").order_by("pk")
    for supplier in rows.iterator(chunk_size=500):
        organisation = supplier.organisation
        yield [
            organisation.neq, organisation.name, supplier.get_legal_form_display(), supplier.get_status_display(),
            supplier.get_reason_display() if supplier.reason else "",
            timezone.localtime(supplier.status_changed_at).date().isoformat(), organisation.town,
            organisation.mrc.name if organisation.mrc else "", organisation.region.name if organisation.region else "", organisation.email, organisation.phone,
            organisation.website, supplier.activity, verification_day(supplier),
            supplier.get_source_display(),
        ]  # fmt: skip


def verification_day(supplier: Supplier) -> str:
    """The day of a verification that holds; empty otherwise."""
    verification = verification_of(supplier)
    return supplier.verified_on.isoformat() if verification.is_verified and supplier.verified_on else ""


@admin.action(description=gettext_lazy("Comparer et réunir deux fiches"), permissions=["change"])
def compare_selected_suppliers(
    model_admin: admin.ModelAdmin, request: HttpRequest, queryset: QuerySet[Supplier]
) -> HttpResponse | None:
    """Two that nobody proposed, side by side."""
    keys = sorted(queryset.order_by().values_list("pk", flat=True)[:3])
    if len(keys) != 2:
        messages.warning(request, _("Choisissez deux fiches, pas plus."))
        return None
    return redirect("suppliers_admin:compare", *keys)


BULK = [
    publish_selected_suppliers,
    return_selected_suppliers,
    archive_selected_suppliers,
    remind_selected_suppliers,
    renew_selected_suppliers,
    assign_selected_suppliers,
    compare_selected_suppliers,
    export_selected_suppliers,
]
