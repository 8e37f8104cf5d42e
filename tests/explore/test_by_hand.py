"""A network by hand: what is done is the tick of the library, and the program that is copied comes to the same."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jax
import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

import attractorbind as ab
from attractorbind._explore.live import obeyed
from attractorbind._explore.session import Session
from attractorbind._view.page import page, unpacked

KEY = jax.random.key(0)
GATES = ["focus->agent", "agent->focus", "focus->episodes", "episodes->agent", "episodes:store"]


def built() -> ab.Network:
    return ab.build(
        ab.Vocabulary(["dog", "cat", "park"]),
        buffers={"focus": 64, "agent": 64},
        areas=[ab.SnapshotMemory("episodes", units=256, capacity=6)],
        activity=0.1,
        rule=ab.PseudoInverse(),
        key=KEY,
    )


NETWORK = built()
BY_HAND = [
    {"do": "present", "buffer": "focus", "symbol": "dog", "ticks": 1},
    {"do": "tick", "open": ["focus->agent"], "closed": ["agent"], "ticks": 2, "noise": 0.03},
    {"do": "tick", "open": [], "closed": [], "ticks": 3, "noise": 0.03, "leak": 0.05},
    {"do": "tick", "open": ["focus->episodes", "episodes:store"], "closed": [], "ticks": 1},
    {"do": "present", "buffer": "focus", "symbol": "cat", "ticks": 1},
]


def check_code(session: Session) -> None:
    """Run what can be copied, as it stands, and compare every state of every tick."""
    names = {"network": session.network, "key": session.key}
    states: dict[str, list[np.ndarray]] = {name: [] for name in session.network.buffers}

    def noted(*args: Any, **how: Any) -> ab.Trace:
        trace = ab.run(*args, **how)
        for name, own in states.items():
            own.append(trace.states[name])
        return trace

    module = type(sys)("noting")
    module.__dict__.update(vars(ab), run=noted)
    exec(session.code.replace("import attractorbind as ab\n", ""), names | {"ab": module}, names)
    for name, own in states.items():
        np.testing.assert_array_equal(np.concatenate(own), session.trace.states[name])
    for one, other in zip(jax.tree.leaves(names["trace"].state), jax.tree.leaves(session.state), strict=True):
        np.testing.assert_array_equal(np.asarray(one), np.asarray(other))


def test_the_program_that_is_copied_comes_to_the_same_states_noise_leak_and_memory_among_it() -> None:
    session = Session(NETWORK, jax.random.key(3))
    for command in BY_HAND:
        session = obeyed(session, command)
    assert session.ticks == 8
    assert session.trace.decode(2) == {"focus": ["dog"], "agent": ["dog"]}
    assert session.trace.snapshots("episodes") == [{"focus": "dog", "agent": None}]
    assert session.code.count("ab.run(") == 4
    check_code(session)


@settings(max_examples=4)
@given(
    st.lists(
        st.tuples(st.sets(st.sampled_from(GATES)), st.sets(st.sampled_from(["focus", "agent"])), st.integers(0, 2)),
        min_size=1,
        max_size=4,
    )
)
def test_whatever_gates_are_opened_the_program_comes_to_the_same(
    drawn: list[tuple[set[str], set[str], int]],
) -> None:
    session = obeyed(Session(NETWORK), BY_HAND[0])
    for opened, closed, symbol in drawn:
        session = obeyed(session, {"do": "tick", "open": sorted(opened), "closed": sorted(closed), "ticks": 1})
        if symbol:
            name = ["dog", "cat"][symbol - 1]
            session = obeyed(session, {"do": "present", "buffer": "agent", "symbol": name, "ticks": symbol})
    check_code(session)


def test_a_latch_holds_and_a_closed_one_forgets() -> None:
    session = obeyed(Session(NETWORK), BY_HAND[0])
    held = obeyed(session, {"do": "tick", "ticks": 5})
    assert held.trace.decode()["focus"] == ["dog"]
    forgotten = obeyed(held, {"do": "tick", "closed": ["focus"], "ticks": 1})
    assert forgotten.trace.decode()["focus"] == [None]
    assert obeyed(forgotten, {"do": "undo"}).done == held.done
    assert obeyed(forgotten, {"do": "reset"}).ticks == 0


@pytest.mark.parametrize(
    ("command", "told"),
    [
        ({"do": "sing"}, "do is 'sing'"),
        ({"do": "tick", "ticks": 0}, "ticks"),
        ({"do": "tick", "ticks": 10**9}, "copy the program and run it"),
        ({"do": "tick", "ticks": 1, "open": ["nowhere"]}, "unknown gate 'nowhere'"),
        ({"do": "present", "ticks": 1, "buffer": "focus", "symbol": "yak"}, "unknown symbol 'yak'"),
        ({"do": "tick", "ticks": 1, "noise": 0.1}, "no key is given"),
        ({"do": "tick", "ticks": 1, "noise": "much"}, "noise"),
        ({}, "do is None"),
    ],
)
def test_what_cannot_be_done_is_told_and_changes_nothing(command: dict[str, Any], told: str) -> None:
    widget = ab.explore(NETWORK)
    widget.command = command | {"number": 1}
    shown = unpacked(widget.told)
    assert told in shown["live"]["message"]
    assert widget.session.ticks == 0
    with pytest.raises(ab.AttractorBindError, match=told):
        obeyed(Session(NETWORK), command)


def test_the_widget_shows_what_was_done() -> None:
    widget = ab.explore(NETWORK, key=KEY)
    assert unpacked(widget.told)["trials"][0]["ticks"] == 0
    for number, command in enumerate(BY_HAND, 1):
        widget.command = command | {"number": number}
    shown = unpacked(widget.told)
    assert shown["trials"][0]["ticks"] == 8 == widget.session.ticks
    assert shown["live"] == {"code": widget.session.code, "message": "", "noisy": True}
    assert shown["start"]["tick"] == 7


def test_a_recorded_run_is_a_widget_too() -> None:
    trace = ab.run(NETWORK, ab.load("focus", "dog"), record="states")
    told = unpacked(trace.explore(expected={"agent": "dog"}).told)
    assert told["trials"][0]["wrong"] == ["'agent' holds None, not 'dog'"]


def test_without_anywidget_the_error_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "anywidget", None)
    monkeypatch.delitem(sys.modules, "attractorbind._view.anywidgets", raising=False)
    monkeypatch.delattr(sys.modules["attractorbind._view"], "anywidgets", raising=False)
    for explore in (lambda: ab.explore(NETWORK), ab.run(NETWORK, ab.load("focus", "dog")).explore):
        with pytest.raises(ImportError, match=r"pip install 'attractorbind\[view\]'"):
            explore()


# The module as anywidget uses it: a model with what Python and the page share.
MODEL = """
const told = document.getElementById("told").textContent.trim(), heard = [];
window.model = {
  kept: { told, live: true, command: {} },
  get(name) { return this.kept[name]; },
  set(name, value) { this.kept[name] = value; },
  on(name, call) { heard.push(call); },
  off() {},
  async save_changes() {
    this.kept.told = await window.python(JSON.stringify(this.kept.command));
    heard.forEach((call) => call());
  },
};
render({ model: window.model, el: document.getElementById("view") });
"""


def test_by_hand_in_the_browser(tmp_path: Path, opened: Callable[..., Any], browser: Any) -> None:
    widget = ab.explore(NETWORK)
    html = page(unpacked(widget.told)).decode()
    start = html.index('show(document.getElementById("view")')
    (tmp_path / "live.html").write_text(html[:start] + MODEL + html[html.index("</script>", start) :])

    def python(command: str) -> str:
        widget.command = json.loads(command)
        return widget.told

    own = opened(tmp_path / "live.html", before=lambda made: made.expose_function("python", python))
    own.get_by_label("symbol").select_option("cat")
    own.get_by_role("button", name="present", exact=True).click()
    own.get_by_text("Tick 0.").wait_for()
    assert own.locator(".buffers td.holds").all_inner_texts() == ["cat", ""]
    own.get_by_label("focus->agent", exact=True).check()
    own.get_by_label("agent (latch)", exact=True).uncheck()
    own.get_by_role("button", name="tick", exact=True).click()
    own.get_by_text("Tick 1. Gates open: focus->agent. Latches closed: agent.").wait_for()
    assert own.locator(".buffers td.holds").all_inner_texts() == ["cat", "cat"]
    assert own.get_by_label("what was done, as a program").input_value() == widget.session.code
    assert "ab.gates(open={'focus->agent'}, closed={'agent'}, ticks=1)" in widget.session.code
    assert own.get_by_label("noise", exact=True).is_disabled()
    check_code(widget.session)
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-playwright-python is not installed")
    found = axe.Axe().run(own).response["violations"]
    assert [(each["id"], each["nodes"][0]["html"]) for each in found] == []
    own.get_by_role("button", name="undo").click()
    own.get_by_text("Tick 0.").wait_for()
    assert widget.session.ticks == 1
