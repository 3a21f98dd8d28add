"""Every address as every role, against the table; what is not a role's to see shows nowhere in what it gets.

Every form that edits a shared row carries its version: the roles that edit look for it on the way.
"""

from __future__ import annotations

import re

import pytest
from django.core import signing
from django.http import HttpResponse
from django.test import Client

from . import world as worlds
from .table import expected
from .test_versions import versions_seen
from .walking import Address, addresses

#: What stands for the parts of an address that the world has no row for.
PLACEHOLDERS = {
    "<slug:size>": "petite",
    "<slug:key>": "0" * 32,
    "<slug:token>": "faux",
    r"^(?P<app_label>": "suppliers/",
    r"^confirm-email/(?P<key>[-:\w]+)/$": "confirm-email/faux/",
    r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$": "password/reset/key/1-faux/",
    r"^(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$": "1-faux/",
    "<str:key>": "faux",
    r"(?P<url>.*)$": "nulle-part/",
    "<str:name>": "aucun",
    "<str:token>": signing.dumps("faux"),
}

#: Roles that meet every form of the site between them.
EDITING = ("enterprise", "buyer", "platform_admin")


def letter_of(response: HttpResponse) -> str:
    if response.status_code in (301, 302):
        return "l" if response["Location"].startswith(("/compte/connexion/", "/gestion/login/")) else "a"
    return {200: "o", 400: "b", 403: "f", 404: "m", 405: "n"}.get(
        response.status_code, str(response.status_code)
    )


def path_of(address: Address, ids: dict[str, object]) -> str:
    route = address.route
    if found := re.match(r"gestion/(\w+)/(\w+)/(<path:object_id>|<int:pk>)", route):
        route = route.replace(found[3], str(ids[f"{found[1]}_{found[2]}"]))
    route = route.replace("invitation/<str:token>", f"invitation/{ids['invitation']}")
    route = route.replace("<ocid:ocid>", str(ids["ocid"])).replace(
        "acheteurs/<slug:slug>", "acheteurs/zacharie"
    )
    route = route.replace(
        "organisations/<int:pk>/domaines/<int:domain>",
        f"organisations/{ids['institution']}/domaines/{ids['accounts_emaildomain']}",
    ).replace("organisations/<int:pk>/domaines", f"organisations/{ids['institution']}/domaines")
    route = route.replace("organisations/<int:pk>", f"organisations/{ids['accounts_organisation']}")
    route = route.replace("selection/<int:pk>", f"selection/{ids['dealings_shortlist']}")
    route = route.replace(
        "selection/fournisseurs/<int:pk>", f"selection/fournisseurs/{ids['shortlist_entry']}"
    )
    route = route.replace("appareils/<int:pk>", "appareils/999999999")
    route = route.replace(
        "demandes/echanges/<int:pk>", f"demandes/echanges/{ids['dealings_inquiryrecipient']}"
    )
    route = route.replace("demandes/<int:pk>", f"demandes/{ids['inquiry']}")
    route = route.replace("<int:message>", str(ids["inquiry_message"]))
    former = f"suppliers.supplier/{ids['suppliers_supplier']}/suppliers.supplier/{ids['former']}"
    route = route.replace("<str:label>/<str:object_id>/<str:model>/<int:event>", former)
    route = route.replace("<uuid:batch>", str(ids["batch"]))
    route = route.replace("<int:membership>", str(ids["membership"]))
    route = route.replace(
        "mon-espace/invitations/<int:pk>", f"mon-espace/invitations/{ids['accounts_invitation']}"
    )
    route = route.replace("acheteurs/inscription/<int:pk>", f"acheteurs/inscription/{ids['enrolment']}")
    route = route.replace("<int:member>/", f"{ids['consortium_member']}/")
    route = route.replace("groupements/<int:pk>", f"groupements/{ids['dealings_consortium']}")
    route = route.replace("<notice:key>", f"avis-{ids['buyers_tender']}")
    route = route.replace("doublons/<int:first>/<int:second>", f"doublons/{ids['twins']}")
    route = route.replace("doublons/reunion/<int:pk>", f"doublons/reunion/{ids['merge']}")
    sheet = ids["suppliers_supplier"]
    route = route.replace("mon-espace/fournisseur/<int:pk>", f"mon-espace/fournisseur/{sheet}")
    route = route.replace("mon-espace/acheteur/<int:pk>", f"mon-espace/acheteur/{ids['buyers_buyer']}")
    route = route.replace("<supplier_figure:figure>", "convenaient").replace(
        "<buyer_figure:figure>", "publies"
    )
    route = route.replace("mes-fournisseurs/<int:pk>", f"mes-fournisseurs/{ids['dealings_ownlist']}")
    route = route.replace("recherches/<int:pk>", f"recherches/{ids['matching_savedsearch']}")
    route = route.replace("mon-espace/alertes/<int:pk>", f"mon-espace/alertes/{ids['matching_alert']}")
    route = route.replace("<int:row>", str(ids["own_row"]))
    route = route.replace("fournisseurs/inscription/<int:pk>", f"fournisseurs/inscription/{sheet}")
    route = route.replace("<slug:slug>/revendiquer", "zephirine/revendiquer")
    route = route.replace("revendications/<int:pk>", f"revendications/{ids['accounts_joinrequest']}")
    route = re.sub(
        r"besoins/<slug:slug>/(qui-peut|questions|proposition|dossier|contrat|invitations)",
        r"besoins/echange-zacharie/\1",
        route,
    )
    route = route.replace("besoins/<slug:slug>", "besoins/besoin-zacharie")
    route = route.replace("d-apres-un-avis/<int:pk>", f"d-apres-un-avis/{ids['buyers_tender']}")
    route = route.replace(
        "zacharie/invitations/<int:pk>", f"zacharie/invitations/{ids['dealings_needinvitation']}"
    )
    route = route.replace("propositions/<int:pk>", f"propositions/{ids['dealings_quote']}")
    route = route.replace("documents/<uuid:pk>", f"documents/{ids['need_document']}")
    route = route.replace("campagnes/<slug:slug>", "campagnes/tournee").replace("<slug:figure>", "needs")
    route = route.replace("cohortes/<slug:slug>", "cohortes/zelee")
    route = route.replace("mon-espace/cohortes/<int:pk>", f"mon-espace/cohortes/{ids['cohorts_application']}")
    route = route.replace("pieces/<uuid:file>", f"pieces/{ids['evidence']}").replace(
        "<step:step>", "identite"
    )
    route = route.replace("<int:offer>", str(ids["offer"])).replace("<int:criterion>", "1")
    route = route.replace("<slug:code>", "iso-9001").replace("<slug:what>", "soumises")
    route = route.replace("<slug:pole>", "mauricie").replace("guides/<slug:slug>", "guides/acheter")
    route = route.replace("catalogue/<int:pk>.pdf", f"catalogue/{ids['catalogue']}.pdf")
    route = route.replace("<slug:section>-<int:number>", "pages-1")
    route = route.replace("<slug:slug>", str(ids["slug"]))
    for written, filled in PLACEHOLDERS.items():
        before, mark, rest = route.partition(written)
        if mark:
            route = before + filled + ("" if written.startswith("^") or written.endswith("$") else rest)
    assert "<" not in route, f"{address}: say in PLACEHOLDERS what stands here"
    return f"/{route}"


def test_every_address_stands_in_the_table():
    known, walked = set(expected()), {address.key for address in addresses()}
    assert not walked - known, "say in tests/roles/table.py who may open these"
    demo = {key for key in known if key.startswith("demo:")}
    assert not known - walked - demo, "these are in the table and no longer in the site"


@pytest.mark.django_db
@pytest.mark.parametrize("role", worlds.ROLES)
def test_every_address_answers_each_role_as_the_table_says(role):
    world = worlds.build()
    place = worlds.ROLES.index(role)
    table = expected()
    wrong, leaks = [], []
    versions, unversioned = 0, []
    client = Client(raise_request_exception=False)
    if world.people[role] is not None:
        client.force_login(world.people[role])
    for address in addresses():
        response = client.get(path_of(address, world.ids))
        letter = letter_of(response)
        if letter != table[address.key][place]:
            wrong.append(f"{address.key}: {letter}, not {table[address.key][place]}")
        if role in EDITING:
            seen, without = versions_seen(address, response)
            versions, unversioned = versions + seen, unversioned + without
        if role in ("anonymous", "buyer", "foreign_staff") and not response.streaming:
            text = response.content.decode(errors="replace")
            secrets = worlds.SECRETS if role == "buyer" else (*worlds.SECRETS, worlds.SECRET_NEED)
            leaks += [f"{address.key}: {secret}" for secret in secrets if secret in text]
        if role != "buyer" and not response.streaming and worlds.SECRET_CHOICE.encode() in response.content:
            leaks.append(f"{address.key}: {worlds.SECRET_CHOICE}")
        if role not in ("enterprise", "buyer") and not response.streaming:
            words = worlds.SECRET_WORDS.encode()
            leaks += [f"{address.key}: {worlds.SECRET_WORDS}"] if words in response.content else []
    assert not wrong
    assert not leaks
    assert not unversioned
    assert versions > 2 or role not in EDITING, "a walk that meets no version proves nothing"


def test_secrets_do_show_to_those_they_belong_to(db):
    """Else the walk above could not fail."""
    world = worlds.build()
    client = Client()
    client.force_login(world.people["staff"])
    page = client.get(
        f"/gestion/suppliers/supplier/{world.ids['suppliers_supplier']}/change/"
    ).content.decode()
    assert all(secret in page for secret in worlds.SECRETS)
