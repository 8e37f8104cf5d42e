"""The symbols that a program names: a name of the vocabulary, an argument of the run, or the next input."""

from dataclasses import dataclass

from attractorbind._errors import ProgramError
from attractorbind._visible import is_visible


@dataclass(frozen=True)
class Arg:
    """A symbol that is named when the program is run; made by `arg`."""

    name: str

    def __repr__(self) -> str:
        return f"arg({self.name!r})"


def arg(name: str) -> Arg:
    """A symbol to be named when the program is run, one for each trial: `ab.run(..., args={name: symbols})`.

    **Example:**

        >>> import attractorbind as ab
        >>> print(ab.load("focus", ab.arg("noun")))
        load('focus', arg('noun'))
    """
    if not is_visible(name):
        raise ProgramError(f"an argument's name is a non-empty string that can be seen, not {name!a}")
    return Arg(name)


@dataclass(frozen=True)
class Next:
    """The next symbol of the trial's input sequence."""

    def __repr__(self) -> str:
        return "next input"


NEXT = Next()
