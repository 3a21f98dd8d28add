"""Where things lie and what our children find in their environment."""

import contextlib
import json
import os
import secrets
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .console import Failed

PORT = 8000
SUPPLIERS = 11_200
TENDERS = 500

OURS_ALONE = (
    "DATABASE_URL", "REDIS_URL", "EMAIL_URL", "SENTRY_DSN", "S3_URL", "MEDIA_ROOT", "PRIVATE_ROOT", "STATIC_ROOT",
    "DEBUG", "DEMO", "SECURE_SSL_REDIRECT", "TRUSTED_PROXIES", "REQUIRE_STAFF_MFA", "DJANGO_SETTINGS_MODULE",
)  # fmt: skip
"""A developer's own values of these must not reach a demo or a test: mail would leave, files would mix."""
HARMFUL = (
    "PYTHONHOME",
    "PYTHONPATH",
    "PYTHONDONTWRITEBYTECODE",
    "VIRTUAL_ENV",
    "PIP_USER",
    "PIP_TARGET",
    "PIP_PREFIX",
)


@dataclass(frozen=True)
class Places:
    checkout: Path
    home: Path

    @property
    def venv(self) -> Path:
        return self.home / "venv"

    @property
    def python(self) -> Path:
        return self.venv / "bin" / "python"

    @property
    def logs(self) -> Path:
        return self.home / "logs"

    @property
    def demo_record(self) -> Path:
        return self.home / "demo.json"

    def package(self, name: str) -> Path:
        """The folder of an installed package."""
        for found in self.venv.glob(f"lib/python3*/site-packages/{name}"):
            return found
        raise Failed(f"The package {name} is missing from {self.venv}: remove that folder and start again.")


def find_places(checkout: Path, environ: Mapping[str, str]) -> Places:
    """Resolve DEMO_HOME and make the folder."""
    home = Path(environ.get("DEMO_HOME") or checkout / ".dev").expanduser().absolute()
    try:
        if not home.exists():
            home.mkdir(parents=True)
            home.chmod(0o755)
        found = Places(checkout, home.resolve())
        found.logs.mkdir(exist_ok=True)
    except OSError as error:
        raise Failed(f"{home} does not do ({error.strerror}): set DEMO_HOME to a folder of yours.") from error
    if not os.access(found.home, os.W_OK | os.X_OK):
        raise Failed(f"{home} cannot be written to: set DEMO_HOME to a folder of yours.")
    return found


def whole_number(environ: Mapping[str, str], name: str, default: int, *, least: int, most: int) -> int:
    text = environ.get(name, "").strip() or str(default)
    if not text.isascii() or not text.isdigit() or not least <= int(text) <= most:
        raise Failed(f"{name} is {text!r}; it must be a whole number from {least} to {most}.")
    return int(text)


def secret_key(home: Path) -> str:
    """The demo's own key, the same from one start to the next so that sessions last."""
    path = home / "secret-key"
    with contextlib.suppress(FileExistsError):
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with open(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(50))
    if key := path.read_text().strip():
        return key
    path.unlink()  # killed between creating and writing it
    return secret_key(home)


def database_url(sockets: Path) -> str:
    return f"postgresql://app@/maillage?host={sockets}"


def redis_url(sockets: Path) -> str:
    return f"redis+socket://{sockets}/valkey.sock"


def base_environment(environ: Mapping[str, str], *, drop: tuple[str, ...] = OURS_ALONE) -> dict[str, str]:
    """The developer's environment less what would change what we run."""
    kept = {name: value for name, value in environ.items() if name not in (*drop, *HARMFUL)}
    if "DATABASE_URL" in drop:
        kept = {name: value for name, value in kept.items() if not name.startswith("PG")}
    return {**kept, "DJANGO_SETTINGS_MODULE": "marketplace.settings", "PYTHONUNBUFFERED": "1"}


def _given(environ: Mapping[str, str]) -> dict[str, str]:
    return {name: environ[name] for name in ("DATABASE_URL", "REDIS_URL") if environ.get(name)}


def environment_for_demo(
    environ: Mapping[str, str], where: Places, services: Mapping[str, str], *, port: int
) -> dict[str, str]:
    """The demo's children, and `manage` on its services. The developer's DATABASE_URL and REDIS_URL win."""
    return {
        **base_environment(environ),
        **services,
        **_given(environ),
        "SECRET_KEY": environ.get("SECRET_KEY") or secret_key(where.home),
        "DEMO": "1",
        "ALLOWED_HOSTS": environ.get("ALLOWED_HOSTS") or "localhost,127.0.0.1,[::1]",
        "SITE_URL": environ.get("SITE_URL") or f"http://localhost:{port}",
        "EMAIL_URL": f"eml://{where.home}/mail",
        "MEDIA_ROOT": str(where.home / "media"),
        "PRIVATE_ROOT": str(where.home / "private"),
    }


def environment_for_manage_elsewhere(
    environ: Mapping[str, str], where: Places, services: Mapping[str, str]
) -> dict[str, str]:
    """`manage` on the developer's own database: everything comes from the environment, as in production."""
    given = base_environment({name: value for name, value in environ.items() if value}, drop=())
    return {"SECRET_KEY": secret_key(where.home), **services, **given}


def environment_for_tests(
    environ: Mapping[str, str], where: Places, services: Mapping[str, str], *, scratch: Path
) -> dict[str, str]:
    """Tests, proofs and the bench: nothing of the demo's and nothing of the developer's but the two URLs."""
    return {
        **base_environment(environ),
        **services,
        **_given(environ),
        "DEMO_HOME": str(where.home),  # where the snapshot of the database lies
        "SECRET_KEY": secrets.token_urlsafe(50),
        "ALLOWED_HOSTS": "localhost,127.0.0.1,[::1],maillage.example",
        "SITE_URL": "https://maillage.example",
        "SECURE_SSL_REDIRECT": "0",  # Django's test client asks by http
        "EMAIL_URL": "memorymail://",
        "MEDIA_ROOT": str(scratch / "media"),
        "PRIVATE_ROOT": str(scratch / "private"),
        "STATIC_ROOT": str(scratch / "static"),
    }


def write_record(path: Path, record: Mapping[str, Any]) -> None:
    unfinished = path.with_name(f"{path.name}.{os.getpid()}")
    unfinished.write_text(json.dumps(record))
    unfinished.replace(path)


def read_record(path: Path) -> dict[str, Any]:
    """What was written there, or nothing if there is none or it cannot be read."""
    with contextlib.suppress(OSError, ValueError):
        record = json.loads(path.read_text())
        if isinstance(record, dict):
            return record
    return {}


def python_version() -> str:
    return f"{sys.version_info.major}.{sys.version_info.minor}"
