"""Two people at the same moment, on real connections: nobody is left out, and no page fails."""

from __future__ import annotations

import re
import threading
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection

from marketplace.accounts.joining import accept_join_request
from marketplace.accounts.models import JoinRequest, Membership, Organisation, User
from marketplace.accounts.personal_data import erase_personal_data
from marketplace.outreach.models import Approach
from marketplace.outreach.pipeline.importing import import_bodies
from marketplace.outreach.pipeline.respondents import Person, name_respondent
from marketplace.web.errors import Refused
from suppliers.claims import claim_supplier
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)
OWNER = Membership.Role.OWNER


def at_once(*acts: Callable[[], Any]) -> list[str]:
    """What became of each: « done », or the fault's name."""
    gate, became = threading.Barrier(len(acts)), [""] * len(acts)

    def run(place: int, act: Callable[[], Any]) -> None:
        try:
            gate.wait(20)
            act()
            became[place] = "done"
        except Exception as fault:
            became[place] = "refused" if isinstance(fault, Refused) else repr(fault)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return became


def test_two_owners_who_erase_themselves_leave_one_for_their_colleague():
    place = factories.OrganisationFactory()
    owners = [factories.MembershipFactory(organisation=place, role=OWNER).user.pk for _n in range(2)]
    factories.MembershipFactory(organisation=place)

    def erase(key: int) -> None:
        person = User.objects.get(pk=key)
        erase_personal_data(user=person, by=person)

    assert sorted(at_once(*(lambda key=key: erase(key) for key in owners))) == ["done", "refused"]
    assert place.memberships.filter(role=OWNER).count() == 1


def test_two_claims_on_one_sheet_accepted_at_once_wait_for_each_other():
    sheet = factories.SupplierFactory()
    staff = [factories.PolePostFactory(pole=factories.pole("mauricie")).user.pk for _n in range(2)]
    for _round in range(2):
        asked = [
            claim_supplier(
                supplier=sheet, title="Trésorière", message="Appelez.", by=factories.UserFactory()
            ).pk
            for _n in range(2)
        ]

        def accept(claim: int, by: int) -> None:
            accept_join_request(join_request=JoinRequest.objects.get(pk=claim), by=User.objects.get(pk=by))

        became = at_once(*(lambda pair=pair: accept(*pair) for pair in zip(asked, staff, strict=True)))
        assert sorted(became) == ["done", "refused"]
    assert sheet.organisation.memberships.filter(role=OWNER).count() == 1


def test_a_list_sent_twice_at_once_brings_each_institution_once(tmp_path):
    staff = factories.PolePostFactory(pole=factories.pole("mauricie")).user.pk
    path = tmp_path / "liste.csv"
    path.write_text("Nom;MRC\n" + "".join(f"Ville {n};Maskinongé\n" for n in range(20)))

    def bring() -> None:
        by = User.objects.get(pk=staff)
        import_bodies(path=path, pole=factories.pole("mauricie"), owner=None, by=by, is_trial=False)

    assert at_once(bring, bring) == ["done", "done"]
    assert Approach.objects.count() == Organisation.objects.filter(name__startswith="Ville ").count() == 20


def test_two_who_name_a_respondent_at_once_hear_of_each_other():
    staff = factories.PolePostFactory(pole=factories.pole("mauricie")).user.pk
    for _round in range(3):
        place = factories.OrganisationFactory().pk

        def name(who: str, place: int = place) -> None:
            by, organisation = User.objects.get(pk=staff), Organisation.objects.get(pk=place)
            name_respondent(organisation=organisation, person=Person(who), by=by)

        assert sorted(at_once(lambda: name("Zoé"), lambda: name("Alma"))) == ["done", "refused"]


def test_each_lock_has_a_number_of_its_own():
    """Two jobs that have nothing to do with each other would wait for each other."""
    found = Counter(
        number
        for package in ("marketplace", "suppliers", "buyers", "cohorts")
        for path in (Path(settings.BASE_DIR) / package).rglob("*.py")
        for number in re.findall(r"^LOCK = ([\d_]+)", path.read_text(), re.MULTILINE)
    )
    assert [number for number, times in found.items() if times > 1] == []
