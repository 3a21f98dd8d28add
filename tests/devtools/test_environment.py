import os
import stat
from pathlib import Path

import environ
import pytest

from marketplace.devtools import environment
from marketplace.devtools.console import Failed
from marketplace.devtools.environment import Places

DEVELOPERS_OWN = {
    "PATH": "/usr/bin",
    "EMAIL_URL": "smtp://mail.real.example",
    "SENTRY_DSN": "https://key@sentry.example/1",
    "S3_URL": "s3://bucket",
    "DEBUG": "1",
    "PGHOST": "db.real.example",
    "PYTHONPATH": "/elsewhere",
    "DJANGO_SETTINGS_MODULE": "other.settings",
}
SERVICES = {
    "DATABASE_URL": "postgresql://app@/maillage?host=/run/x",
    "REDIS_URL": "redis+socket:///run/x/v.sock",
}


def test_demo_environment_keeps_the_developers_mail_server_and_keys_out(where: Places) -> None:
    env = environment.environment_for_demo(DEVELOPERS_OWN, where, SERVICES, port=8123)

    assert env["EMAIL_URL"] == f"eml://{where.home}/mail"
    assert env["DEMO"] == "1"
    assert env["SITE_URL"] == "http://localhost:8123"
    assert env["DJANGO_SETTINGS_MODULE"] == "marketplace.settings"
    assert not {"SENTRY_DSN", "S3_URL", "DEBUG", "PGHOST", "PYTHONPATH"} & set(env)
    assert env["PATH"] == "/usr/bin"


def test_demo_environment_uses_the_developers_database_where_given(where: Places) -> None:
    given = {**DEVELOPERS_OWN, "DATABASE_URL": "postgresql://me@db/mine"}
    env = environment.environment_for_demo(given, where, {"REDIS_URL": SERVICES["REDIS_URL"]}, port=8000)

    assert env["DATABASE_URL"] == "postgresql://me@db/mine"
    assert env["REDIS_URL"] == SERVICES["REDIS_URL"]


def test_manage_elsewhere_environment_is_the_developers_and_never_a_demo(where: Places) -> None:
    given = {
        **DEVELOPERS_OWN,
        "DATABASE_URL": "postgresql://me@db/mine",
        "SECRET_KEY": "theirs",
        "REDIS_URL": "",
    }
    env = environment.environment_for_manage_elsewhere(given, where, {"REDIS_URL": SERVICES["REDIS_URL"]})

    assert "DEMO" not in env
    assert env["EMAIL_URL"] == DEVELOPERS_OWN["EMAIL_URL"]
    assert env["SECRET_KEY"] == "theirs"
    assert env["REDIS_URL"] == SERVICES["REDIS_URL"]  # set, but to nothing
    assert env["PGHOST"] == DEVELOPERS_OWN["PGHOST"]


def test_tests_environment_sends_no_mail_and_is_no_demo(where: Places, tmp_path: Path) -> None:
    env = environment.environment_for_tests(
        {**DEVELOPERS_OWN, "DEMO": "1"}, where, SERVICES, scratch=tmp_path
    )

    assert "DEMO" not in env
    assert env["EMAIL_URL"] == "memorymail://"
    assert env["SITE_URL"] == "https://maillage.example"
    assert env["MEDIA_ROOT"].startswith(str(tmp_path))


def test_database_url_is_read_by_the_settings_as_a_socket() -> None:
    read = environ.Env().db_url_config(environment.database_url(Path("/srv/x/run")))

    assert read["NAME"] == "maillage"
    assert read["USER"] == "app"
    assert read["OPTIONS"]["host"] == "/srv/x/run"


def test_secret_key_stays_the_same_and_private(where: Places) -> None:
    key = environment.secret_key(where.home)

    assert environment.secret_key(where.home) == key
    assert len(key) >= 50
    assert stat.S_IMODE((where.home / "secret-key").stat().st_mode) == 0o600


def test_secret_key_is_made_again_after_a_kill_left_an_empty_file(where: Places) -> None:
    (where.home / "secret-key").touch()

    assert len(environment.secret_key(where.home)) >= 50


@pytest.mark.parametrize("text", ["abc", "-1", "0", "70000", "8000.5", "٨٠٠٠"])
def test_whole_number_names_the_variable_that_is_wrong(text: str) -> None:
    with pytest.raises(Failed, match="PORT"):
        environment.whole_number({"PORT": text}, "PORT", 8000, least=1, most=65535)


@pytest.mark.parametrize(("environ", "expected"), [({}, 8000), ({"PORT": ""}, 8000), ({"PORT": " 81 "}, 81)])
def test_whole_number_falls_back_on_its_default(environ: dict[str, str], expected: int) -> None:
    assert environment.whole_number(environ, "PORT", 8000, least=1, most=65535) == expected


def test_places_default_to_a_folder_in_the_checkout(tmp_path: Path) -> None:
    where = environment.find_places(tmp_path, {})

    assert where.home == tmp_path / ".dev"
    assert where.logs.is_dir()


def test_places_say_what_to_do_about_a_home_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(Failed, match="set DEMO_HOME"):
        environment.find_places(tmp_path, {"DEMO_HOME": str(tmp_path / "file" / "home")})


def test_record_that_is_cut_short_reads_as_none(tmp_path: Path) -> None:
    path = tmp_path / "demo.json"
    environment.write_record(path, {"port": 8000})
    assert environment.read_record(path) == {"port": 8000}

    path.write_text('{"port": 80')
    assert environment.read_record(path) == {}
    assert os.listdir(tmp_path) == ["demo.json"]
