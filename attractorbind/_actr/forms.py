"""Lisp's parentheses as nested forms, each with the line that it begins on."""

import re
from dataclasses import dataclass

from attractorbind._errors import ProgramError, shortened

_TOKEN = re.compile(
    r"""(?P<space>\s+)|(?P<line>;[^\n]*)|(?P<block>\#\|.*?\|\#)|(?P<open>\()|(?P<close>\))
    |(?P<quote>['`,\#])|(?P<text>"(?:[^"\\]|\\.)*")|(?P<symbol>[^\s()"';`,]+)""",
    re.DOTALL | re.VERBOSE,
)
# Marks of what is computed rather than read.
_COMPUTED = ("'", "`", ",", "#")
# How much of a form an error shows.
_SHOWN = 60
# How many lists inside each other.
_DEPTH = 20


@dataclass(frozen=True)
class Form:
    """A symbol, a text in quotes, or a list of forms.

    **Attributes:**

    - `line`: where it begins, counted from 1.
    - `word`: the symbol in small letters, or the text with its quotes; None for a list.
    - `parts`: of a list.
    """

    line: int
    word: str | None = None
    parts: "tuple[Form, ...]" = ()

    @property
    def head(self) -> str | None:
        """The symbol that a list begins with, or None."""
        return self.parts[0].word if self.parts else None

    def __str__(self) -> str:
        return self._text(_DEPTH)

    def _text(self, depth: int) -> str:
        if self.word is not None:
            return self.word
        return f"({' '.join(part._text(depth - 1) for part in self.parts)})" if depth else "(...)"


class FormError(ProgramError):
    """Raised for a model file that cannot be read; the text has the line and the form."""


def computed(form: Form) -> Form | None:
    """The first mark of Lisp that is computed in a form, as ' or #, if there is one."""
    waiting = [form]
    while waiting:
        part = waiting.pop()
        if part.word is not None and part.word in _COMPUTED:
            return part
        waiting += reversed(part.parts)
    return None


def refused(form: Form, told: str, name: str = "") -> FormError:
    """The error for a form, with its line."""
    where = f"{name}, line {form.line}" if name else f"line {form.line}"
    return FormError(f"{where}: {told}; the form is {shortened(str(form), _SHOWN)}")


def forms(text: str, name: str = "") -> tuple[Form, ...]:
    """All forms of a text, one after the other.

    **Arguments:**

    - `text`: Lisp.
    - `name`: what errors call it.
    """
    # Lists that are open, each with the line of its parenthesis; those on the lowest level come first.
    open_lists: list[tuple[int, list[Form]]] = [(1, [])]
    where = f"{name}, " if name else ""
    line, at = 1, 0
    while at < len(text):
        found = _TOKEN.match(text, at)
        if found is None:
            what = "a text in quotes" if text[at] == '"' else "a comment" if text.startswith("#|", at) else "a form"
            raise FormError(f"{where}line {line}: {what} that begins here does not end; close it")
        kind, token = str(found.lastgroup), found.group()
        if kind == "block" or (kind == "quote" and text.startswith("#|", at)):
            if kind == "quote":
                raise FormError(f"{where}line {line}: a comment that begins here does not end; close it with |#")
        elif kind == "open":
            open_lists.append((line, []))
        elif kind == "close":
            if len(open_lists) == 1:
                raise FormError(f"{where}line {line}: a parenthesis is closed that was never opened; take it out")
            began, parts = open_lists.pop()
            open_lists[-1][1].append(Form(began, None, tuple(parts)))
        elif kind in ("symbol", "text", "quote"):
            open_lists[-1][1].append(Form(line, token if kind == "text" else token.lower()))
        line += token.count("\n")
        at = found.end()
    if len(open_lists) > 1:
        began, parts = open_lists[-1]
        inside = shortened(" ".join(map(str, parts)), _SHOWN)
        raise FormError(f"{where}line {began}: the parenthesis that opens here is never closed; it begins ({inside}")
    return tuple(open_lists[0][1])
