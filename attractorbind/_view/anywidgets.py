"""The widgets' classes; to be imported only where anywidget is installed."""

from collections.abc import Callable, Mapping
from typing import Any

import anywidget
import traitlets

from attractorbind._view.page import source


class View(anywidget.AnyWidget):
    """The front end of the page, in a notebook.

    **Attributes:**

    - `told`: what it shows, packed.
    - `live`: whether what is done in it goes to Python.
    - `command`: what the user did last, in a live view, with a `number` that counts.
    """

    _esm = source("view.js")
    _css = source("view.css")
    told = traitlets.Unicode("").tag(sync=True)
    live = traitlets.Bool(False).tag(sync=True)
    command = traitlets.Dict().tag(sync=True)


class LiveView(View):
    """A view in which something goes on.

    **Attributes:**

    - `session`: what was done; to set another one shows it.
    """

    session = traitlets.Any()

    def __init__(
        self,
        session: Any,
        told: Callable[[Any], str],
        answer: Callable[[Any, Mapping[str, Any]], tuple[Any, str]],
    ) -> None:
        super().__init__(session=session, told=told(session), live=True)
        self._tell, self._answer = told, answer
        self.observe(self._asked, names="command")
        self.observe(self._replaced, names="session")

    def _asked(self, change: Mapping[str, Any]) -> None:
        after, told = self._answer(self.session, change["new"])
        # What there is to say of a command is said last.
        self.session = after
        self.told = told

    def _replaced(self, change: Mapping[str, Any]) -> None:
        self.told = self._tell(change["new"])
