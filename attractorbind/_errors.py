"""The error hierarchy, and the text that every error about an unknown name has."""

import difflib
from collections.abc import Iterable
from typing import Any

# What a text may be long: more is not read, and would hide what else is on the screen.
LONGEST = 300
_LEFT_OUT = " ... "


def abridged(text: str) -> str:
    """The text, the middle of a long one left out: the culprit stands at the beginning, and the cure at the end."""
    if len(text) <= LONGEST:
        return text
    half = (LONGEST - len(_LEFT_OUT)) // 2
    return text[:half] + _LEFT_OUT + text[-half:]


class AttractorBindError(Exception):
    """Root of every error that attractorbind raises on purpose. Its text has 300 characters at the most.

    **Example:**

        >>> import attractorbind as ab
        >>> try:
        ...     ab.Vocabulary([])
        ... except ab.AttractorBindError as error:
        ...     print(error)
        a vocabulary needs at least one symbol; give it a list of names
    """

    def __init__(self, text: str = "") -> None:
        super().__init__(abridged(text))


class UnknownNameError(AttractorBindError, KeyError):
    """The name of a buffer, symbol, gate or argument that does not exist."""

    def __str__(self) -> str:
        # KeyError would show the repr of the text, quotes and all.
        return str(self.args[0])


class VocabularyError(AttractorBindError, ValueError):
    """The names given for a vocabulary cannot be one."""


class NetworkError(AttractorBindError, ValueError):
    """A network, a state or a gating was described that cannot exist."""


class ProgramError(AttractorBindError, ValueError):
    """A program is ill-formed, or does not fit the network it is for."""


class ArgumentError(AttractorBindError, ValueError):
    """A value given to a run is missing, ragged or out of range."""


class CapacityError(AttractorBindError):
    """A storage rule could not store the vocabulary in the network."""


class FileError(AttractorBindError, ValueError):
    """A file cannot be read or written, or is not what it should be: foreign, truncated, altered or newer."""


class CapacityWarning(UserWarning):
    """A network was built although some symbols are not stored exactly."""


class CodeWarning(UserWarning):
    """Codes were given for a buffer that are too much alike to be told apart."""


class RunError(AttractorBindError, RuntimeError):
    """A run ended in a state that its result codes mark as trouble.

    **Attributes:**

    - `trace`: the `Trace` of the run, with all trials: those that ended well are not lost.
    """

    def __init__(self, told: str, trace: Any = None) -> None:
        super().__init__(told)
        self.trace = trace


def listed(names: Iterable[str], limit: int = 12) -> str:
    """The names in quotes, the end of a long list left out."""
    names = list(names)
    shown = ", ".join(repr(name) for name in names[:limit])
    return f"{shown}, ... ({len(names)} in all)" if len(names) > limit else shown


def shortened(text: str, most: int) -> str:
    """The text in one line, the end of a long one left out."""
    line = " ".join(text.split())
    return line if len(line) <= most else f"{line[: most - 3]}..."


def unknown_name(kind: str, plural: str, name: object, known: Iterable[str]) -> UnknownNameError:
    """The error for a name that is not known: it tells the name, the names that are known, and the most similar one."""
    known = list(known)
    text = f"unknown {kind} {name!r}; "
    text += f"{plural} are {listed(known)}" if known else f"there are no {plural}"
    nearest = difflib.get_close_matches(str(name), known, n=1)
    return UnknownNameError(text + (f"; did you mean {nearest[0]!r}?" if nearest else ""))
