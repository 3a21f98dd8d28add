"""docker-compose.yml holds together without an engine to try it: its schema, its names, its variables, its confinement."""

from __future__ import annotations

import json
import re
from importlib import resources

import jsonschema
import pytest
import yaml

from marketplace.devtools import postgres
from tests.production import files
from tests.production.files import NEEDED, ROOT, Missing, compose, variables

SERVICES = compose()["services"]
OURS = sorted(name for name, service in SERVICES.items() if service["image"].startswith("maillage:"))
LASTING = sorted(set(SERVICES) - {"migrate"})


def schema() -> dict:
    folder = resources.files("check_jsonschema") / "builtin_schemas" / "vendor"
    return json.loads((folder / "compose-spec.json").read_text(encoding="utf-8"))


def test_file_follows_the_compose_schema():
    jsonschema.validate(yaml.safe_load(files.compose_text()), schema())
    jsonschema.validate(compose(), schema())


def test_schema_would_see_a_mistake():
    broken = compose()
    broken["services"]["web"]["healthchek"] = {}
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(broken, schema())


def test_every_service_of_the_release_is_there():
    assert set(SERVICES) == {
        "migrate", "web", "worker", "worker-mail", "beat", "backup", "postgres", "valkey", "mail", "proxy",
        "replies",
    }  # fmt: skip
    assert OURS == ["backup", "beat", "migrate", "replies", "web", "worker", "worker-mail"]
    assert len({SERVICES[name]["image"] for name in OURS}) == 1, "one image"


def test_everything_named_exists():
    whole = compose()
    for name, service in SERVICES.items():
        for needed, how in (service.get("depends_on") or {}).items():
            assert needed in SERVICES, f"{name} needs {needed}"
            if how["condition"] == "service_healthy":
                assert "healthcheck" in SERVICES[needed], f"{name} waits for {needed} to be healthy"
        for volume in service.get("volumes", []):
            source = volume.split(":")[0]
            assert source.startswith(("/", ".")) or source in whole["volumes"], f"{name} mounts {source}"
        for config in service.get("configs", []):
            assert config["source"] in whole["configs"]
    mounted = {volume.split(":")[0] for service in SERVICES.values() for volume in service.get("volumes", [])}
    assert mounted >= set(whole["volumes"]), "a volume that nobody mounts"


def test_services_wait_for_what_they_use():
    for name in OURS:
        assert SERVICES[name]["depends_on"]["postgres"] == {"condition": "service_healthy"}
    for name in set(OURS) - {"migrate"}:
        assert SERVICES[name]["depends_on"]["migrate"] == {"condition": "service_completed_successfully"}
    assert SERVICES["proxy"]["depends_on"]["web"] == {"condition": "service_healthy"}


@pytest.mark.parametrize("name", LASTING)
def test_service_is_watched_and_comes_back(name):
    service = SERVICES[name]
    assert service["restart"] == "unless-stopped"
    assert service["healthcheck"]["test"][0] in ("CMD", "CMD-SHELL")
    assert service["healthcheck"]["retries"] >= 2


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_service_is_confined(name):
    service = SERVICES[name]
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["read_only"] is True
    assert service["logging"]["options"].keys() == {"max-size", "max-file"}
    assert service["pids_limit"]
    assert not service.get("privileged")
    if name in OURS:
        assert files.of_image("USER") == ["maillage"]
        assert service["mem_limit"]
    elif name == "proxy":
        assert service["cap_add"] == ["NET_BIND_SERVICE"]
    else:
        assert service["user"].split(":")[0] not in ("", "root", "0")


def test_only_the_proxy_is_open_to_the_world():
    for name, service in SERVICES.items():
        for port in service.get("ports", []):
            assert name == "proxy" or str(port).startswith("127.0.0.1:"), f"{name} publishes {port}"


def test_our_folders_are_volumes_wherever_they_are_used():
    places = files.image_environment()
    for name in set(OURS) - {"migrate"}:
        mounted = {volume.split(":")[1] for volume in SERVICES[name]["volumes"]}
        assert {places["MEDIA_ROOT"], places["PRIVATE_ROOT"]} <= mounted
    assert "/srv/backups" in {volume.split(":")[1] for volume in SERVICES["backup"]["volumes"]}
    assert set(json.loads(files.of_image("VOLUME")[0])) == {"/srv/media", "/srv/private", "/srv/backups"}


@pytest.mark.parametrize("name", sorted(NEEDED))
def test_what_must_be_said_is_asked_for(name):
    with pytest.raises(Missing, match=name):
        compose({key: value for key, value in NEEDED.items() if key != name})


def test_variables_that_must_be_given_are_those_of_a_first_try():
    assert {name for name, must in variables().items() if must} == set(NEEDED)
    header = files.compose_text().split("\nname:")[0]
    assert set(re.findall(r"^#   (\w+)=", header, re.MULTILINE)) == set(NEEDED)


@pytest.mark.parametrize("name", sorted(variables()))
def test_variable_is_documented(name):
    assert f"`{name}`" in (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")


def test_clients_of_the_image_are_of_the_servers_version():
    server = re.fullmatch(r"postgres:(\d+)", SERVICES["postgres"]["image"])
    assert server
    assert any(f"postgresql-client-{server[1]} " in f"{run} " for run in files.of_image("RUN"))


def test_address_of_the_asker_comes_from_the_one_proxy():
    for name in OURS:
        assert SERVICES[name]["environment"]["TRUSTED_PROXIES"] == "1"
        assert "DEMO" not in SERVICES[name]["environment"]
        assert "DEBUG" not in SERVICES[name]["environment"]


def test_proxy_leads_to_web_and_hides_our_own_checks():
    caddyfile = compose()["configs"]["caddyfile"]["content"]
    assert re.search(r"^maillage.example \{$", caddyfile, re.MULTILINE)
    assert re.search(r"^  @private path /readyz$", caddyfile, re.MULTILINE)
    assert "respond @private 404" in caddyfile
    assert re.search(r"^  reverse_proxy web:8000 \{$", caddyfile, re.MULTILINE)
    assert files.image_command()[2:4] == ["--bind", "0.0.0.0:8000"]


def test_proxy_lets_whichever_process_is_free_take_a_request():
    """Kept connections often lie all with one process; and one that web has just closed would meet a request."""
    caddyfile = compose()["configs"]["caddyfile"]["content"]
    assert re.search(r"^      keepalive off$", caddyfile, re.MULTILINE)


def test_database_is_given_what_it_is_measured_with():
    given = dict(option.removeprefix("-c").split("=") for option in SERVICES["postgres"]["command"][1:])
    measured = postgres.SETTINGS
    for memory in ("shared_buffers", "work_mem", "maintenance_work_mem"):
        assert int(given[memory].removesuffix("MB")) >= int(measured[memory].removesuffix("MB"))
    for name in ("jit", "random_page_cost", "log_min_error_statement", "log_error_verbosity"):
        assert given[name] == measured[name]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a$$b", "a$b"),
        ("${A}-${B:-c}", "1-c"),
        ("${B:-x@${A}}", "x@1"),
        ("${A:?no}", "1"),
    ],
)
def test_variables_are_filled_in_as_compose_does(text, expected):
    assert files.interpolated(text, {"A": "1", "B": ""}) == expected
