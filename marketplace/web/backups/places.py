"""Where files lie that a backup holds besides the rows: a folder, or a part of a bucket. The same moves on either."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Protocol

from django.conf import settings
from django.core.files.storage import storages

if TYPE_CHECKING:
    from marketplace.web.bucket.storage import BucketStorage

CHUNK = 1 << 20
STAGED = ".restore-"


@dataclass(frozen=True)
class Opened:
    file: IO[bytes]
    size: int
    mtime: int


class Place(Protocol):
    """Names are relative, with slashes. What begins with a point is somebody's work in progress, and not there.

    Faults are OSError; a name that is gone is FileNotFoundError.
    """

    @property
    def title(self) -> str:
        """For the person who runs the command."""

    def names(self) -> Iterator[str]:
        """Every file, in order."""

    def is_empty(self) -> bool: ...

    def open(self, name: str) -> contextlib.AbstractContextManager[Opened]: ...

    def open_stage(self) -> None:
        """Make ready to stage; what a restore that was killed had staged goes."""

    def stage(self, name: str, source: IO[bytes]) -> None:
        """Write a file whole, out of sight, where it only has to be moved to its place."""

    def take_place(self) -> None:
        """What is staged is now what there is. Where this breaks off, a restore that is run again mends it."""

    def clear_stage(self) -> None: ...


@dataclass(frozen=True)
class Folder:
    path: Path
    private: bool = False  # its owner's alone; public media is served by nobody but us either way

    @property
    def title(self) -> str:
        return str(self.path)

    def names(self) -> Iterator[str]:
        for root, below, names in os.walk(self.path):
            below[:] = sorted(name for name in below if not name.startswith("."))
            for name in sorted(names):
                path = Path(root, name)
                if not name.startswith(".") and path.is_file() and not path.is_symlink():
                    yield path.relative_to(self.path).as_posix()

    def is_empty(self) -> bool:
        return not self.path.is_dir() or all(entry.name.startswith(".") for entry in self.path.iterdir())

    @contextlib.contextmanager
    def open(self, name: str) -> Iterator[Opened]:
        with (self.path / name).open("rb") as file:
            status = os.fstat(file.fileno())
            yield Opened(file, status.st_size, int(status.st_mtime))

    @property
    def _stage(self) -> Path:
        """On the same disk: room is needed before the rows are touched, and moving is but renaming."""
        return self.path / f"{STAGED}{os.getpid()}"

    def open_stage(self) -> None:
        for left in self.path.glob(f"{STAGED}*"):
            shutil.rmtree(left)
        self._stage.mkdir(parents=True, mode=0o700)

    def stage(self, name: str, source: IO[bytes]) -> None:
        target = self._stage / name
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700 if self.private else 0o755)
        with target.open("xb") as file:
            shutil.copyfileobj(source, file, CHUNK)
            os.fsync(file.fileno())
        target.chmod(0o600 if self.private else 0o644)

    def take_place(self) -> None:
        """The folder itself stays: it may be a volume's root."""
        for entry in list(self.path.iterdir()):
            if entry.name.startswith(STAGED):
                continue
            if entry.is_dir() and not entry.is_symlink():
                shutil.rmtree(entry)
            else:
                entry.unlink()
        for entry in list(self._stage.iterdir()):
            entry.rename(self.path / entry.name)

    def clear_stage(self) -> None:
        shutil.rmtree(self._stage, ignore_errors=True)


@dataclass(frozen=True)
class InBucket:
    """One object at a time is fetched, into memory or a temporary file (bucket.storage); names alone are held together."""

    storage: BucketStorage

    @property
    def title(self) -> str:
        return str(self.storage)

    def names(self) -> Iterator[str]:
        return self._below("")

    def _below(self, folder: str, *, hidden: bool = False) -> Iterator[str]:
        folders, files = self.storage.listdir(folder)
        for name, is_folder in sorted([(name, False) for name in files] + [(name, True) for name in folders]):
            if name.startswith(".") and not hidden:
                continue
            path = f"{folder}/{name}" if folder else name
            if is_folder:
                yield from self._below(path, hidden=hidden)
            else:
                yield path

    def is_empty(self) -> bool:
        return next(self.names(), None) is None

    @contextlib.contextmanager
    def open(self, name: str) -> Iterator[Opened]:
        with contextlib.closing(self.storage._open(name)) as file:
            file.seek(0)  # fetches it: nothing of a file that does not come whole is handed on
            yield Opened(file, file.size, int(file.modified.timestamp()))

    @property
    def _stage(self) -> str:
        return f"{STAGED}{os.getpid()}"

    def open_stage(self) -> None:
        self._clear(STAGED)

    def stage(self, name: str, source: IO[bytes]) -> None:
        self.storage.write(f"{self._stage}/{name}", source)

    def take_place(self) -> None:
        """Everything new first, by copies inside the bucket; only then does what was there go."""
        kept = set()
        for staged in self._below(self._stage, hidden=True):
            name = staged.removeprefix(f"{self._stage}/")
            self.storage.copy(staged, name)
            kept.add(name)
        for name in [name for name in self._below("", hidden=True) if not name.startswith(STAGED)]:
            if name not in kept:
                self.storage.delete(name)
        self._clear(self._stage)

    def clear_stage(self) -> None:
        with contextlib.suppress(OSError):  # after a failure: the restore that is run again clears it first
            self._clear(self._stage)

    def _clear(self, prefix: str) -> None:
        for folder in self.storage.listdir("")[0]:
            if folder.startswith(prefix):
                for name in list(self._below(folder, hidden=True)):
                    self.storage.delete(name)


def of_settings() -> dict[str, Place]:
    """The site's own."""
    if settings.BUCKET is not None:
        return {"media": InBucket(storages["default"]), "private": InBucket(storages["private"])}  # type: ignore[arg-type]
    return folders(Path(settings.MEDIA_ROOT), Path(settings.PRIVATE_ROOT))


def folders(media: Path, private: Path) -> dict[str, Place]:
    return {"media": Folder(media), "private": Folder(private, private=True)}
