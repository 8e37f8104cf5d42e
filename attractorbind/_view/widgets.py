"""The view as a widget of notebooks, by anywidget."""

from typing import Any

from attractorbind._view.page import packed


def widget(told: dict[str, Any]) -> Any:
    """The widget that shows what it is told, or the error if anywidget is not installed."""
    return widget_class()(told=packed(told))


def widget_class() -> Any:
    """The class of widgets, or the error if anywidget is not installed."""
    try:
        from attractorbind._view.anywidgets import View
    except ImportError as error:
        raise ImportError(
            "the view in a notebook needs anywidget; pip install 'attractorbind[view]', or save_html(path) for a file"
        ) from error
    return View
