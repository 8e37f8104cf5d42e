"""The view as a widget of notebooks, by anywidget."""

from collections.abc import Callable, Mapping
from types import ModuleType
from typing import Any, TypeVar

from attractorbind._view.page import packed

Session = TypeVar("Session")


def widget(told: dict[str, Any]) -> Any:
    """The widget that shows what it is told, or the error if anywidget is not installed."""
    return _classes().View(told=packed(told))


def live_widget(
    session: Session,
    told: Callable[[Session], str],
    answer: Callable[[Session, Mapping[str, Any]], tuple[Session, str]],
) -> Any:
    """The widget in which a session goes on, or the error if anywidget is not installed.

    **Arguments:**

    - `session`: where it begins.
    - `told`: from a session to what is shown of it, packed.
    - `answer`: from a session and what the user asks for to the session after it, and what is shown then.
    """
    return _classes().LiveView(session, told, answer)


def _classes() -> ModuleType:
    try:
        from attractorbind._view import anywidgets
    except ImportError as error:
        raise ImportError(
            "the view in a notebook needs anywidget; pip install 'attractorbind[view]', or save_html(path) for a file"
        ) from error
    return anywidgets
