"""One tar file: the dump, public media, private files, and last a manifest that says what each of them must be."""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Any

from django.utils.translation import gettext as _

from marketplace.web.backups.content import Table
from marketplace.web.backups.places import CHUNK, Opened, Place
from marketplace.web.errors import Refused

FORMAT = 1
DUMP = "database.dump"
MANIFEST = "manifest.json"


@dataclass(frozen=True)
class Member:
    name: str
    size: int
    sha256: str


@dataclass(frozen=True)
class Manifest:
    made_at: str
    site: str
    version: str  # of the image
    postgresql: str
    migrations: list[tuple[str, str]]
    tables: list[Table]
    members: list[Member]
    #: Private files that a row names and that were not on disk when this was made.
    missing: list[str]

    def as_json(self) -> bytes:
        return json.dumps({"format": FORMAT, **asdict(self)}, ensure_ascii=False, indent=1).encode()

    @classmethod
    def of_json(cls, text: bytes) -> Manifest:
        given = json.loads(text)
        if given.pop("format") != FORMAT:
            raise ValueError("another format")
        given["migrations"] = [tuple(migration) for migration in given["migrations"]]
        given["tables"] = [Table(**table) for table in given["tables"]]
        given["members"] = [Member(**member) for member in given["members"]]
        return cls(**given)

    @property
    def rows(self) -> int:
        return sum(table.rows for table in self.tables)

    @property
    def files(self) -> int:
        return len(self.members) - 1  # the dump is none


class Hashing(io.RawIOBase):
    """A file that notes what is read from it."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file, self.sha256, self.size = file, hashlib.sha256(), 0

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        read = self.file.read(size)
        self.sha256.update(read)
        self.size += len(read)
        return read


class Writing:
    """A backup being written."""

    def __init__(self, file: IO[bytes]) -> None:
        self.tar = tarfile.TarFile(fileobj=file, mode="w", format=tarfile.PAX_FORMAT)
        self.members: list[Member] = []

    def add(self, opened: Opened, name: str) -> None:
        info = tarfile.TarInfo(name)
        info.size, info.mtime, info.mode = opened.size, opened.mtime, 0o600
        hashing = Hashing(opened.file)
        self.tar.addfile(info, hashing)
        self.members.append(Member(name, hashing.size, hashing.sha256.hexdigest()))

    def add_all(self, place: Place, folder: str) -> None:
        """The files of a place, one by one."""
        for name in place.names():
            try:
                with place.open(name) as opened:
                    self.add(opened, f"{folder}/{name}")
            except FileNotFoundError:
                continue  # deleted this instant, with its row; if not, the manifest says that it is missing

    def finish(self, manifest: Manifest) -> None:
        text = manifest.as_json()
        info = tarfile.TarInfo(MANIFEST)
        info.size, info.mode = len(text), 0o600
        self.tar.addfile(info, io.BytesIO(text))
        self.tar.close()


class Reading:
    """A backup that is read; nothing of it is trusted before `check`."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self.tar = tarfile.TarFile(path)
            self.infos = {info.name: info for info in self.tar.getmembers()}
            self.manifest = Manifest.of_json(self.open(MANIFEST).read())
        except (OSError, tarfile.TarError, ValueError, KeyError, TypeError) as error:
            raise Refused(
                _("%(path)s n’est pas une sauvegarde complète de Maillage.") % {"path": path}
            ) from error

    def __enter__(self) -> Reading:
        return self

    def __exit__(self, *problem: Any) -> None:
        self.tar.close()

    def open(self, name: str) -> IO[bytes]:
        file = self.tar.extractfile(self.infos[name])
        if file is None:
            raise KeyError(name)
        return file

    def check(self) -> None:
        """Refuses where a byte, a file or a name is not as the manifest has it."""
        listed = {member.name: member for member in self.manifest.members}
        if self.infos.keys() != listed.keys() | {MANIFEST} or DUMP not in listed:
            raise Refused(_("La sauvegarde ne contient pas exactement les fichiers que dit son manifeste."))
        for member in listed.values():
            if not safe(member.name) or not self.infos[member.name].isreg():
                raise Refused(
                    _("La sauvegarde contient un nom de fichier interdit : %(name)s.") % {"name": member.name}
                )
            if digest(self.open(member.name)) != (member.size, member.sha256):
                raise Refused(_("La sauvegarde est abîmée : %(name)s a changé.") % {"name": member.name})

    def below(self, folder: str) -> Iterator[tuple[str, Member]]:
        """The files of a folder, with their name in it."""
        for member in self.manifest.members:
            if member.name.startswith(f"{folder}/"):
                yield member.name.removeprefix(f"{folder}/"), member


def safe(name: str) -> bool:
    path = PurePosixPath(name)
    return name == DUMP or (
        path.parts[0] in ("media", "private")
        and len(path.parts) > 1
        and not path.is_absolute()
        and all(part not in ("", ".", "..") and not part.startswith(".") for part in name.split("/"))
    )


def digest(file: IO[bytes]) -> tuple[int, str]:
    hashing = Hashing(file)
    while hashing.read(CHUNK):
        pass
    return hashing.size, hashing.sha256.hexdigest()
