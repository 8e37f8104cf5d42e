"""Files on the disk: which paths are refused, how files are written, and what a killed process leaves."""

import fcntl
import os
import signal
import socket
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import attractorbind as ab
from attractorbind import _on_disk
from attractorbind._on_disk import checked_path, opened, write_whole


def read(path: Path) -> bytes:
    with opened(path) as (file, size):
        return file.read(size)


class Bytes(os.PathLike):
    def __fspath__(self) -> bytes:  # pyright: ignore[reportIncompatibleMethodOverride]
        return b"it"


@pytest.mark.parametrize(
    ("path", "told"),
    [
        *((path, "give the name of a file") for path in ("", None, 3, b"it", Bytes(), ["it"], True)),
        *((path, "no file's name can have") for path in ("a\0b", "\0", "it\udbff", "x" * 999 + "\0")),
        *((path, "the name of a folder") for path in ("new/", "dir/new/", "new/.", ".", "..", "dir/..", "/", "new//")),
    ],
)
def test_what_is_no_name_of_a_file_is_refused(path: object, told: str):
    with pytest.raises(ab.FileError, match=told) as caught:
        checked_path(path)
    assert len(str(caught.value)) <= 300


def no_files(folder: Path) -> Iterator[tuple[Path, str]]:
    (folder / "folder").mkdir()
    yield folder / "folder", "a directory"
    os.mkfifo(folder / "pipe")
    yield folder / "pipe", "a pipe"
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(folder / "socket"))
        yield folder / "socket", "a socket"
    (folder / "link").symlink_to("pipe")
    yield folder / "link", "a pipe"
    try:
        # A full disk of its own, for whoever replaced it would replace that of the machine.
        os.mknod(folder / "full", stat.S_IFCHR | 0o666, os.makedev(1, 7))
    except PermissionError:
        return
    yield folder / "full", "a device"


def test_what_is_no_file_is_neither_read_nor_replaced(tmp_path: Path):
    # A pipe would be waited for, and a device read without an end.
    signal.alarm(60)
    for path, kind in no_files(tmp_path):
        before = path.lstat()
        with pytest.raises(ab.FileError, match=f"cannot read .*: it is {kind}; give the name of a file"):
            read(path)
        with pytest.raises(ab.FileError, match=f"cannot write .*: it is {kind}; give the name of a file"):
            write_whole(path, [b"new"])
        assert path.lstat() == before
    signal.alarm(0)
    assert not list(tmp_path.glob("*.part"))


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no such device")
@pytest.mark.parametrize("device", ["/dev/full", "/dev/zero"])
def test_devices_without_an_end_are_not_read(device: str):
    with pytest.raises(ab.FileError, match="it is a device"):
        ab.Network.load(device)


def test_what_cannot_be_reached_is_an_error_of_our_own(tmp_path: Path):
    (tmp_path / "file").write_bytes(b"")
    (tmp_path / "round").symlink_to("round")
    for path in ("none/it", "file/it", "round", "x" * 300, "/".join(["x"] * 3000)):
        for call in (read, lambda path: write_whole(path, [b"new"])):
            with pytest.raises(ab.FileError, match=r"cannot (read|write) ") as caught:
                call(tmp_path / path)
            assert len(str(caught.value)) <= 300
    assert sorted(os.listdir(tmp_path)) == ["file", "round"]


@pytest.mark.parametrize("name", ["x" * 255, "ü" * 127, ".it", "it.part", "[a-z]*"])
def test_every_name_that_a_file_can_have_will_do(name: str, tmp_path: Path):
    write_whole(tmp_path / name, [b"a", memoryview(b"b")])
    assert read(tmp_path / name) == b"ab"
    assert os.listdir(tmp_path) == [name]


@pytest.fixture
def umask() -> Iterator[Callable[[int], int]]:
    before = os.umask(0)
    yield os.umask
    os.umask(before)


@pytest.mark.parametrize("mask", [0o000, 0o022, 0o027, 0o077])
def test_a_new_file_has_the_umasks_mode_and_an_old_one_keeps_its_own(mask: int, umask, tmp_path: Path):
    umask(mask)
    write_whole(tmp_path / "it", [b"new"])
    assert stat.S_IMODE((tmp_path / "it").stat().st_mode) == 0o666 & ~mask
    for mode in (0o604, 0o600, 0o777):
        (tmp_path / "it").chmod(mode)
        write_whole(tmp_path / "it", [b"newer"])
        assert stat.S_IMODE((tmp_path / "it").stat().st_mode) == mode


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everything")
def test_a_file_that_must_not_be_written_is_not_replaced(tmp_path: Path):
    (tmp_path / "it").write_bytes(b"old")
    (tmp_path / "it").chmod(0o444)
    with pytest.raises(ab.FileError, match="Permission denied"):
        write_whole(tmp_path / "it", [b"new"])
    assert read(tmp_path / "it") == b"old"


def test_a_symbolic_link_is_written_through(tmp_path: Path):
    (tmp_path / "there").mkdir()
    (tmp_path / "link").symlink_to("there/other")
    (tmp_path / "there" / "other").symlink_to("it")
    for text in (b"new", b"newer"):
        write_whole(tmp_path / "link", [text])
        assert read(tmp_path / "there" / "it") == text
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "there" / "other").is_symlink()
    assert sorted(os.listdir(tmp_path / "there")) == ["it", "other"]


KILLED = """
import os, signal, sys
from pathlib import Path
from attractorbind._on_disk import write_whole
os.fsync = lambda handle: os.kill(os.getpid(), signal.SIGKILL)
write_whole(Path(sys.argv[1]), [b"half"])
"""


@pytest.mark.parametrize("name", ["it", "x" * 255])
def test_what_a_killed_process_leaves_is_cleared_away_by_the_next(name: str, tmp_path: Path):
    path, mine = tmp_path / name, f"{name[:50]}.final.part"
    path.write_bytes(b"old")
    (tmp_path / mine).write_bytes(b"of the user's own")
    for _ in range(2):
        assert subprocess.run([sys.executable, "-c", KILLED, str(path)]).returncode == -signal.SIGKILL
    assert read(path) == b"old"
    # The second has cleared away what the first has left.
    assert len(os.listdir(tmp_path)) == 3
    write_whole(path, [b"new"])
    assert read(path) == b"new"
    assert sorted(os.listdir(tmp_path)) == sorted([name, mine])


def test_what_another_process_is_writing_is_left_alone(tmp_path: Path):
    part = tmp_path / "it.0123456789abcdef.part"
    part.write_bytes(b"half")
    with open(part, "r+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        write_whole(tmp_path / "it", [b"new"])
        assert part.exists()
    write_whole(tmp_path / "it", [b"newer"])
    assert os.listdir(tmp_path) == ["it"]


def test_of_many_that_write_one_file_at_a_time_each_writes_it_whole(tmp_path: Path):
    texts = [bytes([letter]) * 5000 for letter in range(8)]

    def write(text: bytes) -> None:
        for _ in range(20):
            write_whole(tmp_path / "it", [text])
            assert read(tmp_path / "it") in texts

    with ThreadPoolExecutor(len(texts)) as pool:
        list(pool.map(write, texts))
    assert os.listdir(tmp_path) == ["it"]


def test_where_locks_are_missing_files_are_written_all_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def missing(*arguments: object) -> None:
        raise OSError(37, "No locks available")

    monkeypatch.setattr(_on_disk.fcntl, "flock", missing)
    write_whole(tmp_path / "it", [b"new"])
    monkeypatch.setattr(_on_disk, "fcntl", None)
    write_whole(tmp_path / "it", [b"newer"])
    assert read(tmp_path / "it") == b"newer"
    assert os.listdir(tmp_path) == ["it"]


@pytest.mark.parametrize("failure", [KeyboardInterrupt, OSError(28, "No space left on device"), MemoryError])
def test_a_write_that_fails_leaves_what_was_there(failure, tmp_path: Path):
    path = tmp_path / "it"
    path.write_bytes(b"old")

    def parts() -> Iterator[bytes]:
        yield b"half"
        raise failure

    with pytest.raises(ab.FileError if isinstance(failure, OSError) else failure):
        write_whole(path, parts())
    assert read(path) == b"old"
    assert os.listdir(tmp_path) == ["it"]
