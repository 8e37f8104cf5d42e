"""Files on the disk: which paths are taken, and how a file is read, and written as a whole or not at all."""

import contextlib
import errno
import os
import re
import secrets
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

from attractorbind._errors import FileError, shortened

try:
    import fcntl
except ImportError:
    # Windows, where a file that is open cannot be deleted, so that it needs no lock.
    fcntl = None

_LONGEST_PATH = 100
# A name may have 255 bytes, and a character four of them.
_LONGEST_PREFIX = 50


def checked_path(path: object) -> Path:
    """The path, or an error if it cannot be that of a file."""
    given = os.fspath(path) if isinstance(path, str | os.PathLike) else None
    if not isinstance(given, str) or not given:
        raise FileError(f"path is {shortened(repr(path), _LONGEST_PATH)}; give the name of a file")
    if "\0" in given or not _can_be_encoded(given):
        raise FileError(f"path is {told(given)}, with characters that no file's name can have; give another name")
    if os.path.basename(given) in ("", os.curdir, os.pardir):
        raise FileError(f"path is {told(given)}, the name of a folder; add that of a file in it")
    return Path(given)


def made_folder(directory: object) -> Path:
    """The folder, made if it is not there, or an error if there can be none."""
    given = os.fspath(directory) if isinstance(directory, str | os.PathLike) else None
    if not isinstance(given, str) or not given:
        raise FileError(f"directory is {shortened(repr(directory), _LONGEST_PATH)}; give the name of a folder")
    if "\0" in given or not _can_be_encoded(given):
        raise FileError(
            f"directory is {told(given)}, with characters that no folder's name can have; give another name"
        )
    folder = Path(given)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except FileExistsError as error:
        raise FileError(f"directory is {told(given)}, which is a file; give the name of a folder") from error
    except OSError as error:
        raise _failed("make", folder, error) from error
    return folder


def _can_be_encoded(path: str) -> bool:
    try:
        return bool(os.fsencode(path))
    except UnicodeEncodeError:
        return False


def told(path: str | Path) -> str:
    """The path as errors tell it, the beginning of a long one left out."""
    text = str(path)
    return repr(text if len(text) <= _LONGEST_PATH else f"...{text[-_LONGEST_PATH:]}")


def is_there(path: Path) -> bool:
    """Whether there is anything at a path."""
    try:
        path.stat()
    except FileNotFoundError:
        return False
    except OSError as error:
        raise _failed("read", path, error) from error
    return True


@contextlib.contextmanager
def opened(path: Path) -> Iterator[tuple[BinaryIO, int]]:
    """A file to be read, and how many bytes it has; an error for what is no file, or cannot be read meanwhile."""
    try:
        # Before it is opened: a pipe would wait for somebody to write, and a device may do anything.
        status = path.stat()
        _check_regular("read", path, status)
        with open(path, "rb") as file:
            yield file, status.st_size
    except OSError as error:
        raise _failed("read", path, error) from error


def write_whole(path: Path, parts: Iterable[bytes | memoryview]) -> None:
    """Write a file; either it is there as a whole afterwards, or what was there before.

    It is written beside its place, and then put there. A symbolic link stays one: what it points to is written. A file
    that is there already keeps its mode; a new one gets that of the process's umask.
    """
    try:
        target = Path(os.path.realpath(path))
        mode = _mode(path, target)
        _clear_away(target)
        handle, part = _begun(target)
        try:
            with open(handle, "wb") as file:
                if mode is not None:
                    os.chmod(part, mode)
                for each in parts:
                    file.write(each)
                file.flush()
                os.fsync(handle)
                if fcntl is None:
                    file.close()
                os.replace(part, target)
        except BaseException:
            part.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise _failed("write", path, error) from error


def _mode(path: Path, target: Path) -> int | None:
    """The mode of the file that is there, None if there is none; an error if it is not to be replaced."""
    try:
        status = target.stat()
    except FileNotFoundError:
        return None
    _check_regular("write", path, status)
    if not os.access(target, os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    return stat.S_IMODE(status.st_mode)


def _begun(target: Path) -> tuple[int, Path]:
    """A new file beside the target, open and locked."""
    while True:
        part = target.with_name(f"{target.name[:_LONGEST_PREFIX]}.{secrets.token_hex(8)}.part")
        handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o666)
        _locked(handle, wait=True)
        # Another process may have cleared it away before it was locked.
        if fcntl is None or os.fstat(handle).st_nlink:
            return handle, part
        os.close(handle)


def _clear_away(target: Path) -> None:
    """Delete what processes have left that were killed while they wrote this file; what is being written is locked."""
    ours = re.compile(rf"{re.escape(target.name[:_LONGEST_PREFIX])}\.[0-9a-f]{{16}}\.part")
    with contextlib.suppress(OSError):
        for part in [each for each in target.parent.iterdir() if ours.fullmatch(each.name)]:
            with contextlib.suppress(OSError), open(part, "r+b") as file:
                if fcntl is None:
                    file.close()
                if fcntl is None or _locked(file.fileno(), wait=False):
                    part.unlink()


def _locked(handle: int, *, wait: bool) -> bool:
    """Whether a file could be locked; not if another process has, nor where the file system has no locks."""
    try:
        if fcntl is not None:
            fcntl.flock(handle, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
    except OSError:
        return False
    return True


_OTHERS = {
    stat.S_IFDIR: "a directory",
    stat.S_IFIFO: "a pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}


def _check_regular(what: str, path: Path, status: os.stat_result) -> None:
    kind = stat.S_IFMT(status.st_mode)
    if kind != stat.S_IFREG:
        raise FileError(f"cannot {what} {told(path)}: it is {_OTHERS.get(kind, 'no file')}; give the name of a file")


def _failed(what: str, path: Path, error: OSError) -> FileError:
    return FileError(f"cannot {what} {told(path)}: {error.strerror or error}")
