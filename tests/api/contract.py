"""The API held against its own schema by schemathesis: every check, on answers to right and to wrong questions."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import schemathesis
from django.core.cache import cache
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis.config import SchemathesisConfig
from schemathesis.generation import GenerationMode

from marketplace.wsgi import application

#: A value that nothing knows is ignored and said in `messages`, with 200 (the contract): `say_what_was_ignored` asks
#: for the message in the place of schemathesis's own wish for a refusal.
CONFIG = {"checks": {"negative_data_rejection": {"expected-statuses": ["200", "400", "404", "405", "429"]}}}


def load() -> Any:
    for signal in (
        request_started,
        request_finished,
    ):  # as Django's test client does: the test's connection stays
        signal.disconnect(close_old_connections)
    return schemathesis.openapi.from_wsgi(
        "/api/v1/schema/?format=json", application, config=SchemathesisConfig.from_dict(CONFIG)
    )


def asked() -> dict[str, Any]:
    """What goes along with each request; how often one may ask is another test's."""
    cache.clear()
    return {"headers": {"Accept-Encoding": "identity"}}


def hypothesis_settings(examples: int) -> Any:
    return settings(
        max_examples=examples,
        derandomize=True,
        deadline=None,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )


def faults_of(operation: Any, examples: int) -> list[str]:
    """What no answer of the operation should have been; one line each."""
    found: list[str] = []
    for mode in GenerationMode:

        @hypothesis_settings(examples)
        @given(case=operation.as_strategy(generation_mode=mode))
        def ask(case: Any) -> None:
            try:
                case.call_and_validate(additional_checks=[say_what_was_ignored], **asked())
            except Exception as fault:
                found.append(f"{case.method} {case.formatted_path} {case.query}: {fault}"[:700])

        with suppress(Unsatisfiable):  # any text is right in this address: nothing is wrong
            ask()
    return found


def say_what_was_ignored(ctx: Any, response: Any, case: Any) -> None:
    """A question that does not follow the schema is answered, and told what of it was not; an empty value asks nothing."""
    if response.status_code != 200 or case.path_parameters:
        return
    known = {parameter.name for parameter in case.operation.query}
    sent = parse_qsl(urlsplit(response.request.url).query)
    wrong = [
        name
        for name, value in sent
        if name not in known
        or (name in ("page", "page_size") and not re.fullmatch(r"\s*[0-9]+\s*", value, re.ASCII))
    ]
    if wrong and not response.json().get("messages"):
        raise AssertionError(f"answered without a word about {wrong}: {sent}")
