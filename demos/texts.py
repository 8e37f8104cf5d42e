"""The lines of a text file that a demo is given."""

import codecs
import unicodedata
from pathlib import Path

import attractorbind as ab

# Far more than a sentence, a fact or a command has.
LONGEST = 10_000
UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def read_text_lines(path: Path) -> list[str]:
    """The lines of a text in UTF-8, or in UTF-16 with a byte order mark; characters are composed in one way."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ab.FileError(f"{str(path)!r} cannot be read: {error.strerror}") from error
    encoding = "utf-16" if content.startswith(UTF_16) else "utf-8-sig"
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        raise ab.FileError(
            f"{str(path)!r} is no text in {encoding.removesuffix('-sig').upper()}, byte {error.start} is "
            f"0x{content[error.start]:02x}; save it as UTF-8"
        ) from error
    if "\0" in text:
        raise ab.FileError(f"{str(path)!r} holds zero bytes, as no text in UTF-8 does; save it as UTF-8")
    lines = unicodedata.normalize("NFC", text).splitlines()
    for number, line in enumerate(lines, 1):
        if len(line) > LONGEST:
            raise ab.FileError(
                f"line {number} of {str(path)!r} has {len(line):,} characters, and {LONGEST:,} is the most; part it"
            )
    return lines
