"""The error of a failed check."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from attractorbind._errors import ArgumentError, AttractorBindError
from attractorbind._on_disk import checked_path, write_whole
from attractorbind._trace import Trace, shown
from attractorbind._view.page import page
from attractorbind._view.widgets import widget

# Stands at the end of the text of errors that have a run to be shown.
OFFER = (
    "error.save_html('run.html') shows this run in a browser, from where it goes wrong; error.explore() in a notebook."
)


@dataclass(frozen=True)
class Failing:
    """The run in which a check has failed.

    **Attributes:**

    - `trace`: the run, recorded.
    - `trial`: which trial of it.
    - `tick`: where network and reference part, or the last one.
    - `told`: what went wrong, in a line.
    - `expected`: what buffers should hold at the end, as `check_program` is told it.
    """

    trace: Trace
    trial: int
    tick: int
    told: str
    expected: Mapping[str, Any] | None = None


class CheckError(AttractorBindError, AssertionError):
    """A network does not do what it should; the text says where, with the program and its gating table.

    Of a program that fails, as in `check_binding` and `check_program`, `save_html` and `explore` show the run, from the
    first tick at which network and reference part.
    """

    def __init__(self, text: str = "", failing: Failing | None = None) -> None:
        # With its tables it is as long as the program.
        AssertionError.__init__(self, text)
        self.failing = failing

    def save_html(self, path: str | os.PathLike[str]) -> None:
        """Write the run that failed as a file for a browser, as `Trace.save_html` does; it opens where things part.

        **Raises:** `ArgumentError` if it was no single run that failed, `FileError` if the file cannot be written.
        """
        write_whole(checked_path(path), [page(self._shown())])

    def explore(self) -> Any:
        """The run that failed in a notebook, as `Trace.explore` shows it; needs the extra `view`.

        **Raises:** `ArgumentError` if it was no single run that failed.
        """
        return widget(self._shown())

    def _shown(self) -> dict[str, Any]:
        own = self.failing
        if own is None:
            raise ArgumentError("this check ran no program that could be shown; the error's text says what failed")
        start = {"trial": own.trial, "tick": own.tick, "text": own.told}
        return shown(own.trace, expected=own.expected, start=start)
