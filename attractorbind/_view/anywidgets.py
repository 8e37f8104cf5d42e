"""The widget's class; to be imported only where anywidget is installed."""

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
