"""No form can forget its version: every page and every form class of the site, against what says why it needs none."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django import forms
from django.contrib import admin
from django.http import HttpResponse
from django.test import Client
from django.urls import Resolver404, resolve

from tests.web.versions import page_forms

from . import world as worlds
from .walking import Address

NEW = "makes something new"
ONE_PERSON = "edits what is one person's own"
DECIDES = "decides, under a lock that checks the state"
SEARCH = "asks a question"

#: Pages whose form, with something to type, carries no version.
PAGES_WITHOUT = {
    "suppliers:register_add_offer": NEW,
    "suppliers:register": SEARCH,
    "suppliers:register_pictures": NEW,
    "suppliers:register_references": NEW,
    "suppliers:claim": NEW,
    "needs:new": NEW,
    "needs:cancel": DECIDES,
    "needs_admin:need": DECIDES,
    "admin:buyers_need_change": DECIDES,
    "buyers:register": SEARCH,
    "buyers:register_institution": NEW,
    "cohorts:apply": NEW,
    "events:register": NEW,  # of who is registered it carries one, see tests/events/test_pages
    "matching:new_alert": NEW,
    "matching:alert": ONE_PERSON,
    "matching:alert_address": ONE_PERSON,
    "matching:my_mails": ONE_PERSON,
    "matching:save_search": NEW,
    "matching:new_suppliers": ONE_PERSON,
    "admin:matching_newsupplieralert_changelist": DECIDES,
    "matching:saved_search": ONE_PERSON,
    "admin:matching_savedsearch_changelist": DECIDES,
    "dealings:ask": NEW,
    "dealings:exchange": NEW,  # a message; it carries the last one that it showed
    "dealings:decline_inquiry": NEW,
    "dealings:inquiry": DECIDES,  # it carries the day that it showed
    "dealings:report": NEW,
    "dealings:own_lists": NEW,
    "dealings:own_list": DECIDES,
    "dealings:own_list_columns": DECIDES,
    "dealings:decline_notice": NEW,
    "dealings:declined": DECIDES,
    "matching_admin:misfit": DECIDES,
    "admin:matching_misfit_changelist": DECIDES,
    "dealings:consortium_search": NEW,
    "dealings:create_shortlist": NEW,
    "dealings:selection": SEARCH,
    "dealings:compare": SEARCH,
    "dealings:need_fit": NEW,
    "dealings:need_questions": DECIDES,  # asking is new; an answer waits for the lock, and the first one stands
    "dealings:need_quotes": DECIDES,
    "dealings:need_quote": NEW,  # declining; the quote beside it carries its version
    "accounts:own_data": ONE_PERSON,
    "accounts:erase": ONE_PERSON,
    "accounts:enrolment": DECIDES,
    "accounts_admin:join_request": DECIDES,
    "accounts_admin:email_domain": DECIDES,  # it carries the state that it showed
    "admin:accounts_emaildomain_change": DECIDES,
    "accounts:domains": NEW,
    "accounts_admin:people": SEARCH,
    "outreach_admin:organisation_log": NEW,
    "outreach:pole_letters": ONE_PERSON,
    "outreach_admin:letter": DECIDES,  # the words of a draft carry their version; sending names the words that it showed
    "outreach_admin:catalogue": NEW,
    "outreach_admin:embed": SEARCH,
    "outreach_admin:featured": DECIDES,  # it names the one that it showed
    "outreach_admin:board": SEARCH,
    "outreach_admin:map": SEARCH,
    "outreach_admin:audience": SEARCH,
    "outreach_admin:calls": NEW,
    "outreach_admin:bodies": NEW,
    "outreach_admin:hand_over": DECIDES,
    "outreach_admin:invite": NEW,
    "outreach_admin:respondents": DECIDES,  # it carries whom it showed
    "suppliers_admin:import": NEW,
    "suppliers_admin:import_job": DECIDES,  # its buttons and cells carry the revision that they showed
    "suppliers_admin:import_columns": DECIDES,  # it carries the revision that it showed
    "suppliers_admin:drift_extract": NEW,
    "suppliers_admin:compare": DECIDES,  # it carries what both listings were (`seen`)
    "suppliers_admin:sheets": NEW,
    "admin:accounts_joinrequest_change": DECIDES,
    "admin:cohorts_application_change": DECIDES,
    "admin:cohorts_application_changelist": DECIDES,
    "admin:matching_alert_changelist": DECIDES,
    "admin:outbox_message_changelist": DECIDES,
    "admin:outbox_suppression_changelist": DECIDES,
    "admin:suppliers_supplier_changelist": DECIDES,
    "cohorts_admin:application": DECIDES,
    "suppliers_admin:batch": DECIDES,
    "accounts:members": NEW,  # an invitation; a role's button carries the role that it showed
}
#: Forms of the site that edit no row that others edit too.
CLASSES_WITHOUT = {
    "suppliers.admin.import_forms": DECIDES,
    "suppliers.admin.sheet_views.SheetForm": NEW,
    "buyers.registration_forms": NEW,
    "buyers.needs.admin_views.WordsForm": DECIDES,
    "buyers.needs.forms.ReasonForm": DECIDES,
    "cohorts.forms.ApplicationForm": NEW,
    "cohorts.forms.MessageForm": DECIDES,
    "marketplace.accounts.forms": ONE_PERSON,
    "marketplace.accounts.domain_admin_views.DomainDecisionForm": DECIDES,
    "marketplace.accounts.domain_views.DomainForm": NEW,
    "marketplace.accounts.join_admin_views.JoinDecisionForm": DECIDES,
    "marketplace.accounts.member_views.InviteForm": NEW,
    "marketplace.accounts.people_views.PersonForm": SEARCH,
    "marketplace.accounts.security.forms": ONE_PERSON,
    "marketplace.dealings.inquiries.forms": "makes something new, or carries what it showed",
    "marketplace.dealings.own_lists.forms.ColumnsForm": DECIDES,
    "marketplace.matching.feedback.admin_views.MisfitForm": DECIDES,
    "marketplace.matching.what_if.WhatIfForm": SEARCH,
    "marketplace.dealings.own_lists.forms.OwnListForm": NEW,
    "marketplace.dealings.forms.DeclineForm": NEW,
    "marketplace.dealings.need_exchanges.forms.AskForm": NEW,
    "marketplace.dealings.need_exchanges.forms.AnswerForm": DECIDES,
    "marketplace.dealings.need_exchanges.forms.ContractForm": "what one side says by itself",
    "marketplace.dealings.need_exchanges.forms.DecisionForm": DECIDES,
    "marketplace.dealings.need_exchanges.forms.DeclineInvitationForm": DECIDES,
    "marketplace.dealings.need_exchanges.forms.PlainForm": "a base",
    "marketplace.outreach.contact_log.forms.ContactForm": NEW,
    "marketplace.outreach.promotion.forms.CatalogueForm": NEW,
    "marketplace.outreach.promotion.forms.EmbedForm": SEARCH,
    "marketplace.outreach.promotion.forms.SkipForm": DECIDES,
    "marketplace.outreach.campaigns.forms.AudienceForm": SEARCH,
    "marketplace.outreach.pipeline.forms": "makes something new, or decides under a lock",
    "marketplace.demo": "a gallery of fields",
    "marketplace.matching.alerts.forms.AlertForm": ONE_PERSON,
    "marketplace.matching.alerts.reading_views.AddressForm": ONE_PERSON,
    "marketplace.matching.saved_searches.forms": ONE_PERSON,
    "marketplace.web.filters": SEARCH,
    "suppliers.admin.forms.BulkForm": DECIDES,
    "suppliers.admin.forms.DecisionForm": DECIDES,
    "suppliers.admin.forms.SharedProofForm": NEW,
    "suppliers.admin.drift_views.ExtractForm": NEW,
    "suppliers.admin.import_views.ImportForm": NEW,
    "suppliers.admin.undo_views.UndoForm": DECIDES,
    "suppliers.claim_views.ClaimForm": NEW,
    "suppliers.registration.forms.DeclarationForm": DECIDES,
    "suppliers.registration.offer_forms.ServedPlacesForm": "a base",
    "suppliers.registration.showing_forms": NEW,
    "suppliers.registration.forms.StartForm": SEARCH,
    "suppliers.forms.SupplierFieldsForm": "a base",
}
PROJECT = ("marketplace.", "suppliers.", "buyers.", "cohorts.")


def versions_seen(address: Address, response: HttpResponse) -> tuple[int, list[str]]:
    """How many forms of a page carry a version, and what is wrong with its others; the walk by role asks of each page."""
    if address.key.startswith(("account_", "mfa_", "demo:", "api:")) or "/add/" in address.route:
        return 0, []
    if response.status_code != 200 or response.streaming:
        return 0, []
    seen, without = 0, []
    for form in page_forms(response):
        if not form["typed"] or form["action"].startswith("/compte/"):
            continue
        if any(name == "form_version" for name, _value in form["fields"]):
            seen += 1
        elif not {address.key, _posts_to(form["action"])} & PAGES_WITHOUT.keys():
            without.append(f"{address.key}: no version beside {sorted(form['typed'])[:4]}")
    return seen, without


def _posts_to(action: str) -> str:
    """The page that a form is sent to, where it is another one: a short form beside a row's own."""
    try:
        return resolve(action.partition("?")[0]).view_name
    except Resolver404:
        return ""


def _subclasses(base):
    for one in base.__subclasses__():
        yield one
        yield from _subclasses(one)


def _versioned_names() -> str:
    """The source of every module that compares versions."""
    root = Path(__file__).parents[2]
    sources = [
        path.read_text()
        for app in ("marketplace", "suppliers", "buyers", "cohorts")
        for path in (root / app).rglob("*.py")
    ]
    return "\n".join(
        s for s in sources if "versioned_form(" in s or "def other_forms(" in s or "standing_findings" in s
    )


def test_every_form_class_is_compared_or_says_why_not():
    """A form of rows is the admin's, whose pages are walked below; another is named where versions are compared."""
    sources = _versioned_names()
    forgotten = set()
    for one in _subclasses(forms.BaseForm):
        name = f"{one.__module__}.{one.__qualname__}"
        if not name.startswith(PROJECT) or "<locals>" in name or issubclass(one, forms.BaseModelForm):
            continue
        known = any(name == key or name.startswith(f"{key}.") for key in CLASSES_WITHOUT)
        if not known and not re.search(rf"\b{one.__name__}\(", sources):
            forgotten.add(name)
    assert not forgotten, "compare their version (web/versioned_forms.py), or say here why they need none"


@pytest.mark.django_db
def test_every_row_of_the_admin_that_may_change_carries_its_version():
    """Whatever is registered tomorrow: the page of a row that a platform admin may change has the hidden field."""
    world = worlds.build()
    client = Client()
    client.force_login(world.people["platform_admin"])
    request = client.get("/gestion/").wsgi_request
    request.user = world.people["platform_admin"]
    checked = set()
    for model, model_admin in admin.site._registry.items():
        row = model._default_manager.first()
        if row is None or not model_admin.has_change_permission(request, row):
            continue
        address = f"/gestion/{model._meta.app_label}/{model._meta.model_name}/{row.pk}/change/"
        found = [one for one in page_forms(client.get(address)) if "form_version" in dict(one["fields"])]
        assert found, address
        checked.add(model._meta.label_lower)
    needed = {"suppliers.supplier", "buyers.buyer", "accounts.user", "cohorts.cohort", "territories.pole"}
    assert checked >= needed
