"""A network by hand, in a notebook."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from jaxtyping import Array, Key

from attractorbind._checks import check_count, check_fraction, entries
from attractorbind._errors import ArgumentError, AttractorBindError
from attractorbind._explore.session import Session
from attractorbind._keys import check_one_key
from attractorbind._network import Network, check_network
from attractorbind._program.program import gates, present
from attractorbind._trace import shown
from attractorbind._view.contents import nothing_yet
from attractorbind._view.page import packed
from attractorbind._view.widgets import live_widget

# So many ticks at once, and in all: each is a tick by hand.
_MOST_AT_ONCE, _MOST = 1_000, 10_000


def explore(network: Network, *, key: Key[Array, ""] | None = None) -> Any:
    """A network by hand, in a notebook: Jupyter, marimo, VS Code. Needs the extra `view`.

    Gates are opened and closed by a click, symbols presented, noise and leak set by sliders; what happens is computed
    tick by tick, by `tick`, and shown as `Trace.explore` shows a run. While a symbol is presented all gates are at
    rest. What was done is shown as a program of `gates` and `present`, which `run` carries out to the same states.

    **Arguments:**

    - `network`: the network; it begins in silence.
    - `key`: a random key, for noise and for areas that choose; without one there is no noise.

    **Raises:** `NetworkError` or `ArgumentError` for something else; `ImportError` where anywidget is not installed.

    **Returns:** a widget of anywidget. Its `session` tells what was done: `session.program`, `session.code`,
    `session.state` and `session.trace`.

    **Example:**

        >>> import attractorbind as ab, jax
        >>> network = ab.build(ab.Vocabulary(["dog", "cat"]), buffers={"focus": 64, "agent": 64}, activity=0.1,
        ...     rule=ab.PseudoInverse(), key=jax.random.key(0))
        >>> by_hand = ab.explore(network)
        >>> by_hand.session = by_hand.session.do(ab.present("focus", "dog"))
        >>> by_hand.session = by_hand.session.do(ab.gates(open=["focus->agent"], closed=["agent"], ticks=2))
        >>> by_hand.session.trace.decode()
        {'focus': ['dog'], 'agent': ['dog']}
    """
    session = Session(check_network(network), None if key is None else check_one_key(key))
    return live_widget(session, partial(_told, message=""), _answer)


def _told(session: Session, message: str) -> str:
    """What the widget shows, with what there is to say."""
    if session.ticks:
        last = {"trial": 0, "tick": session.ticks - 1, "text": ""}
        told = shown(session.trace, start=last)
    else:
        told = nothing_yet(session.network)
    live = {"code": session.code, "message": message, "noisy": session.key is not None}
    return packed({**told, "live": live})


def _answer(session: Session, command: Mapping[str, Any]) -> tuple[Session, str]:
    """The session after what was asked for in the widget, and what is shown then; or why it could not be done."""
    try:
        after = obeyed(session, command)
    except AttractorBindError as error:
        return session, _told(session, str(error))
    return after, _told(after, "")


def obeyed(session: Session, command: Mapping[str, Any]) -> Session:
    """The session after a command of the front end.

    **Arguments:**

    - `command`: what to `do`, one of "tick", "present", "undo" and "reset"; with the gates that are `open` and `closed`
        other than at rest, how many `ticks`, the `buffer` and `symbol` that are presented, `noise` and `leak`.

    **Raises:** `ArgumentError` for what is no command, and for too many ticks; else as `Session.do`.
    """
    match command.get("do"):
        case "undo":
            return session.undone()
        case "reset":
            return Session(session.network, session.key)
        case "tick" | "present" as what:
            ticks = check_count("ticks", command.get("ticks"))
            if ticks > _MOST_AT_ONCE or session.ticks + ticks > _MOST:
                raise ArgumentError(
                    f"ticks is {ticks}, after {session.ticks}; by hand take {_MOST_AT_ONCE:,} at once and {_MOST:,} in "
                    "all, or copy the program and run it"
                )
            if what == "tick":
                opened, closed = (entries(command.get(name)) or [] for name in ("open", "closed"))
                program = gates(open=opened, closed=closed, ticks=ticks)
            else:
                program = present(str(command.get("buffer")), str(command.get("symbol")), ticks=ticks)
            noise, leak = (check_fraction(name, command.get(name, 0.0)) for name in ("noise", "leak"))
            return session.do(program, noise=noise, leak=leak)
        case other:
            raise ArgumentError(f"do is {other!r}; it must be one of 'tick', 'present', 'undo', 'reset'")
