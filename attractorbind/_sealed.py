"""Files with a seal: what they are, how long they are, and a checksum over it; written as a whole or not at all."""

import hashlib
import os
import tempfile
from pathlib import Path

from attractorbind._errors import FileError

_NUMBER, _DIGEST = 8, hashlib.sha256().digest_size


def write_sealed(path: Path, magic: bytes, payload: bytes) -> None:
    """Write a file; either it is there as a whole afterwards, or what was there before."""
    envelope = magic + len(payload).to_bytes(_NUMBER, "little") + hashlib.sha256(payload).digest()
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=path.name, suffix=".part")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(envelope + payload)
                file.flush()
                os.fsync(file.fileno())
            os.replace(name, path)
        except BaseException:
            os.unlink(name)
            raise
    except OSError as error:
        raise FileError(f"cannot write {str(path)!r}: {error.strerror}") from error


def read_sealed(path: Path, magic: bytes, kind: str, writer: str) -> bytes:
    """What is in the envelope, once its checksum has been seen to be right.

    **Arguments:**

    - `magic`: what files of this kind begin with.
    - `kind`, `writer`: what is in the file, and what writes it, for errors.
    """
    try:
        whole = path.read_bytes()
    except OSError as error:
        raise FileError(f"cannot read {str(path)!r}: {error.strerror}") from error
    head = len(magic) + _NUMBER + _DIGEST
    if whole[: len(magic)] != magic[: len(whole)] or not whole:
        raise FileError(f"{str(path)!r} is no {kind} of attractorbind's; such files are written by {writer}")
    length = int.from_bytes(whole[len(magic) : len(magic) + _NUMBER], "little")
    if len(whole) < head + length:
        raise FileError(
            f"{str(path)!r} is truncated: it has {len(whole)} bytes of {head + length}; copy or save it again"
        )
    payload = whole[head:]
    if len(payload) != length or hashlib.sha256(payload).digest() != whole[head - _DIGEST : head]:
        raise FileError(f"{str(path)!r} was altered: its checksum is not right; copy or save it again")
    return payload


def checked_path(path: object) -> Path:
    """The path, or an error if it is no name of a file."""
    if not isinstance(path, str | os.PathLike) or not os.fspath(path):
        raise FileError(f"path is {path!r}; give the name of a file")
    return Path(path)
