"""Who answers for an organisation, and who followed whom, under /gestion/."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.admin.views.decorators import staff_member_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from marketplace.accounts.models import Membership, Organisation
from marketplace.accounts.people import note_reads
from marketplace.accounts.permissions import signed_in_user
from marketplace.outreach.contact_log.panels import pole_of_log, profile_links
from marketplace.outreach.models import Approach, Respondent
from marketplace.outreach.pipeline.following import start_approach
from marketplace.outreach.pipeline.forms import RespondentForm
from marketplace.outreach.pipeline.respondents import name_respondent, succeed_respondent
from marketplace.web.admin_pages import render_admin_page
from marketplace.web.errors import Refused


@staff_member_required
@require_http_methods(["GET", "HEAD", "POST"])
def respondents_page(request: HttpRequest, pk: int) -> HttpResponse:
    """The line of those who answered; POST names the first, or who follows the present one."""
    by = signed_in_user(request)
    organisation = get_object_or_404(Organisation.objects.curated_by(by), pk=pk)
    pole = pole_of_log(organisation, by)
    line = list(
        Respondent.objects.visible_to(by)
        .filter(organisation=organisation, pole=pole)
        .select_related("user", "replaces")
        .order_by("-since", "-pk")
    )
    present = next((one for one in line if one.until is None), None)
    members = Membership.objects.filter(organisation=organisation, user__is_active=True).select_related(
        "user"
    )
    if present is not None and present.user_id:
        members = members.exclude(user=present.user_id)
    form = RespondentForm(
        request.POST if request.method == "POST" else None,
        members=members.order_by("pk"),
        is_succession=present is not None,
        initial={"seen": str(present.pk) if present else ""},
    )
    if request.method == "POST" and form.is_valid():
        try:
            _name(organisation, present, form, by)
        except Refused as why:
            form.add_error(None, str(why))
        else:
            messages.success(
                request,
                _("%(who)s répond pour %(name)s.") % {"who": form.person.name, "name": organisation.name},
            )
            return redirect(request.path)
    note_reads(reader=by, organisations=[organisation.pk], what="outreach.respondents")
    log = reverse("outreach_admin:organisation_log", args=[pk])
    return render_admin_page(
        request,
        "admin/outreach/respondents.html",
        title=_("Répondantes et répondants"),
        crumbs=[(_("Démarchage"), reverse("outreach_admin:board")), (organisation.name, log)],
        organisation=organisation,
        profiles=profile_links(organisation),
        line=line,
        present=present,
        form=form,
    )


def _name(organisation: Organisation, present: Respondent | None, form: RespondentForm, by: object) -> None:
    said = form.cleaned_data
    if said["seen"] != (str(present.pk) if present else ""):
        raise Refused(_("Une autre personne a été nommée depuis l’ouverture de cette page : rechargez-la."))
    if present is None:
        name_respondent(organisation=organisation, person=form.person, since=said["on"], by=by)
        return
    succeed_respondent(
        respondent=present,
        person=form.person,
        on=said["on"],
        pass_needs=said["pass_needs"],
        pass_membership=said["pass_membership"],
        by=by,
    )


@staff_member_required
@require_POST
def follow_page(request: HttpRequest, pk: int) -> HttpResponse:
    """« Suivre dans le démarchage », from the log of an organisation."""
    by = signed_in_user(request)
    rows = Organisation.objects.curated_by(by).select_related("buyer", "supplier")
    organisation = get_object_or_404(rows, pk=pk)
    is_enterprise = hasattr(organisation, "supplier") and not hasattr(organisation, "buyer")
    side = Approach.Side.SELLING if is_enterprise else Approach.Side.BUYING
    try:
        row, is_new = start_approach(organisation=organisation, side=side, owner=by, by=by)
    except Refused as why:
        messages.warning(request, str(why))
        return redirect("outreach_admin:organisation_log", pk)
    messages.success(
        request,
        _("Vous suivez maintenant cette organisation.")
        if is_new
        else _("Cette organisation est déjà suivie."),
    )
    return redirect("admin:outreach_approach_change", row.pk)
