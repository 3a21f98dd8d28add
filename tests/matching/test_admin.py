"""Stopping an alert for someone who asked by mail or telephone."""

from __future__ import annotations

import pytest
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.urls import reverse

from marketplace.matching.models import Alert
from tests.matching.factories import alert_for

pytestmark = pytest.mark.django_db

LIST = "admin:matching_alert_changelist"


def stop(client, alert):
    return client.post(
        reverse(LIST),
        {"action": "stop_selected", "index": "0", ACTION_CHECKBOX_NAME: [alert.pk]},
        follow=True,
    )


def test_platform_admin_stops_an_alert_on_request(client, platform_admin):
    alert, other = alert_for(), alert_for()
    client.force_login(platform_admin)
    assert str(alert.user) in client.get(reverse(LIST), {"q": str(alert.pk)}).content.decode()
    assert "1 alerte arrêtée" in stop(client, alert).content.decode()
    assert list(Alert.objects.active()) == [other]


def test_staff_of_a_pole_cannot(client, pole_staff):
    alert = alert_for()
    client.force_login(pole_staff)
    assert stop(client, alert).status_code == 403
    assert Alert.objects.active().exists()
