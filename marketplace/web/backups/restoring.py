"""`restore`: everything of an archive back in its place, in one transaction; before that is sure, nothing is touched."""

from __future__ import annotations

import contextlib
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path

from django.db.migrations.loader import MigrationLoader
from django.utils.translation import gettext as _
from psycopg import sql

from marketplace.web.backups import content, places
from marketplace.web.backups.archive import CHUNK, DUMP, Manifest, Reading, digest
from marketplace.web.backups.places import Place
from marketplace.web.backups.postgres import Database, Programs, programs
from marketplace.web.errors import Refused

OURS = """
    SELECT nspname FROM pg_catalog.pg_namespace
    WHERE nspname NOT LIKE 'pg\\_%' AND nspname <> 'information_schema' ORDER BY 1
"""
OTHERS = """
    SELECT count(*) FROM pg_catalog.pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'
"""


def restore(
    *,
    path: Path,
    wipe: bool = False,
    database: Database | None = None,
    into: Mapping[str, Place] | None = None,
) -> Manifest:
    """Bring a backup back into an empty database and empty places, or, with `wipe`, in place of what is there.

    The archive is read twice: whole, before anything is touched, then to write it. Rows arrive in one transaction that ends
    well only if every table holds what the manifest says; files wait beside their place until then. Raises Refused.
    """
    database, into = database or Database.of_settings(), into or places.of_settings()
    with Reading(path) as archive:
        archive.check()
        refuse_newer(archive.manifest)
        try:
            refuse_full(database, into, wipe=wipe)
            with staged(archive, into):
                restore_rows(archive, database)
                settle(archive, database, into)
        except OSError as error:
            raise Refused(
                _("Les fichiers ne s’écrivent pas (%(error)s).") % {"error": error.strerror or error}
            ) from error
        return archive.manifest


def settle(archive: Reading, database: Database, into: Mapping[str, Place]) -> None:
    """The rows are back for good: the files take their place, and are read again."""
    try:
        for place in into.values():
            place.take_place()
        check_files(archive, database, into)
    except OSError as error:
        raise Refused(
            _(
                "Les lignes sont revenues, mais pas tous les fichiers (%(error)s) : relancez la commande avec --wipe."
            )
            % {"error": error.strerror or error}
        ) from error


def refuse_newer(manifest: Manifest) -> None:
    known = MigrationLoader(None, ignore_no_migrations=True).disk_migrations
    apps = {app for app, _name in known}
    newer = [f"{app}.{name}" for app, name in manifest.migrations if app in apps and (app, name) not in known]
    if newer:
        raise Refused(
            _(
                "La sauvegarde vient d’une version plus récente de Maillage (%(migrations)s) : mettez-la d’abord à jour."
            )
            % {"migrations": ", ".join(newer[:3])}
        )


def refuse_full(database: Database, into: Mapping[str, Place], *, wipe: bool) -> None:
    with database.connect() as connection:
        full = connection.execute(content.TABLES).fetchone()
        others = connection.execute(OTHERS).fetchone()
    if others and others[0]:
        raise Refused(
            _(
                "La base est utilisée (%(count)s connexions) : arrêtez d’abord le site, ses ouvrières et son horloge."
            )
            % {"count": others[0]}
        )
    if full and not wipe:
        raise Refused(_("La base n’est pas vide : --wipe remplace tout ce qu’elle contient."))
    for place in into.values():
        if not wipe and not place.is_empty():
            raise Refused(
                _("Le dossier %(path)s n’est pas vide : --wipe remplace son contenu.") % {"path": place.title}
            )


@contextlib.contextmanager
def staged(archive: Reading, into: Mapping[str, Place]) -> Iterator[None]:
    """The archive's files beside their place, whole; gone at the end."""
    try:
        for folder, place in into.items():
            place.open_stage()
            for name, member in archive.below(folder):
                with archive.open(member.name) as source:
                    place.stage(name, source)
        yield
    finally:
        for place in into.values():
            place.clear_stage()


def restore_rows(archive: Reading, database: Database) -> None:
    """What is there goes and what was backed up comes, or neither.

    pg_restore writes SQL, psql runs it between our BEGIN and our COMMIT. The COMMIT is sent only once pg_restore has ended
    well; where psql sees no COMMIT, nothing has happened.
    """
    with database.connect() as connection:
        clients = programs(connection.info.server_version // 10_000)
        schemas = [row[0] for row in connection.execute(OURS)]
    begin = ["BEGIN;", "SET client_min_messages = warning;"]
    begin += [sql.SQL("DROP SCHEMA {} CASCADE;").format(sql.Identifier(name)).as_string() for name in schemas]
    # A dump never makes `public`: a new database has it.
    begin += ["CREATE SCHEMA public;", ""]
    end = "\n" + content.checks(archive.manifest.tables) + "COMMIT;\n"
    psql = subprocess.Popen(  # noqa: S603 (PostgreSQL's own program, arguments of ours, no shell)
        [clients["psql"], "--no-psqlrc", "--quiet", "--no-password", "--set=ON_ERROR_STOP=1", "--output=/dev/null"],
        env=database.environment(), stdin=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    assert psql.stdin is not None  # noqa: S101 (asked for above)
    problem = ""
    try:
        psql.stdin.write("\n".join(begin).encode())
        psql.stdin.flush()
        problem = feed(archive, clients, psql)
        if not problem:
            psql.stdin.write(end.encode())
    except BrokenPipeError:
        pass  # psql has stopped at an error, and says which below
    _out, errors = psql.communicate()
    said = errors.decode(errors="replace").strip()
    if problem or psql.returncode:
        raise Refused(
            _("La base est restée comme elle était : %(error)s") % {"error": (problem or said)[-500:]}
        )


def feed(archive: Reading, clients: Programs, psql: subprocess.Popen[bytes]) -> str:
    """pg_restore's SQL into psql; returns what went wrong."""
    restoring = subprocess.Popen(  # noqa: S603 (as above)
        [clients["pg_restore"], "--no-owner", "--no-privileges", "--no-comments", "--exit-on-error", "--file=-"],
        stdin=subprocess.PIPE, stdout=psql.stdin, stderr=subprocess.PIPE,
    )  # fmt: skip
    assert restoring.stdin is not None  # noqa: S101 (asked for above)
    with contextlib.suppress(BrokenPipeError), archive.open(DUMP) as dump:
        shutil.copyfileobj(dump, restoring.stdin, CHUNK)
    _out, errors = restoring.communicate()
    return errors.decode(errors="replace").strip() if restoring.returncode else ""


def check_files(archive: Reading, database: Database, into: Mapping[str, Place]) -> None:
    """Every file is there to the last byte, and every private file that a row names, but those that were missing."""
    for folder, place in into.items():
        for name, member in archive.below(folder):
            with place.open(name) as opened:
                if digest(opened.file) != (member.size, member.sha256):
                    raise Refused(_("Le fichier %(name)s n’est pas revenu entier.") % {"name": member.name})
    with database.connect() as connection:
        named = content.private_files(connection)
    lost = sorted(named.keys() - set(into["private"].names()))
    if lost != archive.manifest.missing:
        raise Refused(_("Des fichiers privés manquent : %(names)s.") % {"names": ", ".join(lost[:3])})
