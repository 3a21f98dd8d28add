"""What nobody types, in addresses, headers, cookies and forms: a page or a plain no, never a fault of ours.

A sample, the same at every run; `dev.py prove hostile_queries` asks everything.
"""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.test import Client, RequestFactory
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from marketplace.web.form_values import validate_year
from marketplace.wsgi import application
from tests import factories
from tests.roles import world as worlds
from tests.roles.test_walk import path_of
from tests.roles.walking import addresses
from tests.security import hostile
from tests.web.versions import posted_back

pytestmark = pytest.mark.django_db
FORM = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data; boundary=x"
#: Header → values. Each is asked of the sign-in page and of the API.
HEADERS = {
    "Accept": ["", "x", "*/*;q=a", "text/html;q=0, \u00e9"],
    "Accept-Language": ["x" * 5000, "fr;q=a", "*;q=0", ",,,", "en-\u00e9"],
    "Accept-Encoding": ["gzip;q=x", "\u00e9"],
    "Cookie": [
        r'sessionid="\000"; csrftoken="\000"; django_language="\000"',
        r'"\000"="\000"; messages="\000"',
        "sessionid=" + "x" * 5000,
        "=;;=",
        "messages=W1tdXQ:1:x",
    ],
    "Content-Type": ["x; charset=utf-7", "x; charset=unicode_escape", "x; charset=\u00e9", ";;"],
    "Content-Length": ["-1", "x", "9" * 30],
    "Host": ["", "a b", "[", "localhost:99999999", "\u00e9"],
    "HX-Request": ["true", "\u00e9"],
    "HX-Current-URL": ["http://[", "%"],
    "If-Modified-Since": ["x", "Mon, 01 Jan 0000 00:00:00 GMT", "Fri, 31 Dec 99999 23:59:59 GMT"],
    "If-None-Match": ["x", '"', "*", "W/", '"\u00e9"'],
    "Origin": ["http://[", "null"],
    "Range": ["bytes=9-1", "x"],
    "Referer": ["http://[", "x" * 5000],
    "X-Forwarded-For": ["x", ",,,", "9" * 5000],
    "X-Forwarded-Proto": ["x"],
    "User-Agent": ["x" * 5000, "\u00e9"],
}  # fmt: skip
#: (content type, body): what no browser sends.
BODIES = [
    (FORM, b"email=%00&password=%ED%A0%80"),
    (FORM, b"&".join(b"a=%d" % n for n in range(5001))),
    (FORM, b"a=" + b"x" * 3_000_000),
    (f"{FORM}; charset=utf-16", b"a=b"),
    ("multipart/form-data", b"x"),
    ("multipart/form-data; boundary=", b"x"),
    (f"multipart/form-data; boundary={'x' * 500}", b"x"),
    ("multipart/form-data; boundary=\u00e9", b"x"),
    (MULTIPART, b"--x"),
    (MULTIPART, b"--x\r\nContent-Disposition: form-data\r\n\r\na\r\n--x--"),
    (MULTIPART, b'--x\r\nContent-Disposition: form-data; name="login"\r\n\r\na\0b\r\n--x--\r\n'),
    (
        MULTIPART,
        b'--x\r\nContent-Disposition: form-data; name="a"\r\nContent-Transfer-Encoding: base64\r\n\r\n!\r\n--x--\r\n',
    ),
    (
        MULTIPART,
        b"".join(
            b'--x\r\nContent-Disposition: form-data; name="f"; filename="%d"\r\n\r\na\r\n' % n
            for n in range(120)
        )
        + b"--x--\r\n",
    ),
    ("application/json", b"{"),
    ("text/xml", b"<a/>"),
    ("", b"\xff"),
]
PATHS = [
    "/fournisseurs/a%00b/", "/en/suppliers/%ED%A0%80/", "/fournisseurs/%2F/", "/fournisseurs/%E2%80%AE/", "/%", "/%FF",
    "/acheteurs/%C3%A9/", "/appels-doffres/%00/", "/appels-doffres/%FF%FE/", "/appels-doffres/a%0Ab/", "/gestion/%00/",
    f"/gestion/suppliers/supplier/{'9' * 40}/change/", f"/gestion/suppliers/supplier/{'9' * 5000}/change/",
    "/gestion/suppliers/supplier/%C2%B2/change/", "/gestion/suppliers/supplier/_00/change/",
    "/gestion/suppliers/supplier/_ED_A0_80/history/", "/gestion/territories/pole/_00/change/",
    f"/fournisseurs/inscription/{'9' * 40}/identite/", f"/fournisseurs/inscription/{'9' * 5000}/identite/",
    "/api/v1/suppliers/%FF/", "/api/v1/tenders/%00/", "/api/v1/nulle-part/", f"/mon-espace/invitations/{'9' * 25}/",
    "/static/%00", "/static/../settings.py", "//evil.example/", "/gestion//", "/healthz/%00",
]  # fmt: skip


@pytest.fixture
def faults():
    found = hostile.Faults()
    with found.watching():
        yield found
    assert not found, f"\n{found}"


def signed_in(user) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(user)
    return client


def test_headers_bodies_and_paths_that_no_browser_sends(faults):
    factories.SupplierFactory()
    client = signed_in(factories.UserFactory(is_superuser=True))
    anonymous = Client(raise_request_exception=False)
    for name, values in HEADERS.items():
        meta = name.upper().replace("-", "_")
        meta = meta if meta.startswith("CONTENT_") else f"HTTP_{meta}"
        for value in values:
            for path in ("/compte/connexion/", "/api/v1/suppliers/?q=a"):
                extra = {meta: value.encode().decode("latin-1")}
                faults.ask(f"{path} {name}: {value}", anonymous.get, path, **extra)
    for content_type, body in BODIES:
        for path in ("/compte/connexion/", "/langue/"):
            faults.ask(
                f"POST {path} {content_type} {body[:40]!r}",
                anonymous.generic,
                "POST",
                path,
                body,
                content_type=content_type,
            )
    for path in PATHS:
        faults.ask(path, client.get, path)


@pytest.mark.parametrize("charset", ["hex", "utf-16", "unicode_escape", "idna", "\xe9"])
def test_encodings_that_only_python_knows(charset):
    """By the door itself: Django's test client makes its requests otherwise."""
    for method, body, expected in (("GET", b"", "200"), ("POST", b"login=a", "400")):
        answered: list[str] = []
        environ = (
            RequestFactory().generic(method, "/compte/connexion/", body, f"x/y; charset={charset}").environ
        )
        environ |= {"QUERY_STRING": "next=%5Cu0000", "SERVER_NAME": "testserver"}
        b"".join(application(environ, lambda status, headers, kept=answered: kept.append(status)))
        assert answered[0].startswith(expected)


def test_parameters_that_nobody_types(faults):
    """Every address, every parameter that it may read, values drawn from what has broken sites before."""
    world = worlds.build()
    clients = [signed_in(world.people[role]) for role in ("enterprise", "staff", "platform_admin")]
    pages = [path_of(address, world.ids) for address in addresses()]
    names = sorted(hostile.names_in_source() | hostile.names_of_filters() | hostile.names_of_admin() | {""})
    pairs = st.lists(
        st.tuples(st.sampled_from(names), st.sampled_from(hostile.ENCODED)), min_size=1, max_size=6
    )

    @settings(
        max_examples=150,
        derandomize=True,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(st.sampled_from(pages), st.sampled_from(clients), pairs)
    def ask(path, client, asked):
        query = "&".join(f"{name}={value}" for name, value in asked)
        faults.ask(f"{path}?{query}", client.get, f"{path}?{query}")

    ask()


@pytest.mark.parametrize(
    "field", ["memberships-0-id", "memberships-0-organisation", "memberships-INITIAL_FORMS"]
)
def test_row_of_a_form_whose_number_no_row_could_have(faults, field):
    person = factories.MembershipFactory().user
    client = signed_in(factories.UserFactory(is_superuser=True))
    page = f"/gestion/accounts/user/{person.pk}/change/"
    shown = posted_back(client.get(page))
    for value in ("x", "\x00", "0", "9" * 30):
        faults.ask(f"{field}={value!r}", client.post, page, shown | {field: [value]})


def test_no_form_of_the_admin_takes_a_year_out_of_reach(rf):
    """The last evening of 9999 is 10000 in UTC: PostgreSQL keeps it, and Python reads the row no more."""
    request, asked, missing = rf.get("/gestion/"), 0, []
    request.user = factories.UserFactory(is_superuser=True)
    for model_admin in admin.site._registry.values():
        inlines = [inline.get_formset(request).form for inline in model_admin.get_inline_instances(request)]
        for form in (model_admin.get_form(request, change=True), *inlines):
            for name, field in form.base_fields.items():
                if isinstance(field, forms.DateField | forms.DateTimeField | forms.SplitDateTimeField):
                    asked += 1
                    if validate_year not in field.validators:
                        missing.append((form.__name__, name))
    assert asked > 5
    assert not missing
    with pytest.raises(ValidationError):
        validate_year(datetime.max.replace(tzinfo=UTC))


def test_lists_of_the_admin_count_what_each_filter_would_find(faults):
    world = worlds.build()
    client = signed_in(world.people["platform_admin"])
    for address in addresses():
        if address.key.endswith("_changelist"):
            faults.ask(address.key, client.get, f"/{address.route}?_facets=1")
