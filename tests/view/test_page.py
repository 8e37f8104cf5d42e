"""What the view is told, and its file, without a browser."""

import random
import re
from pathlib import Path

import jax
import numpy as np
import pytest

import attractorbind as ab
from attractorbind._trace import shown
from attractorbind._view.changes import column, columns, together
from attractorbind._view.contents import check_size
from attractorbind._view.page import packed, page, unpacked
from attractorbind._view.places import HEIGHT, WIDTH, places
from attractorbind._wiring import AreaWiring, Gate, Population, Wiring

KEY = jax.random.key(0)


@pytest.fixture(scope="module")
def trace() -> ab.Trace:
    network = ab.build(
        ab.Vocabulary(["dog", "cat"]),
        buffers={"focus": 64, "agent": 64},
        activity=0.1,
        rule=ab.PseudoInverse(),
        key=KEY,
    )
    program = ab.load("focus", ab.arg("noun")) + ab.move("focus", "agent")
    return ab.run(network, program, args={"noun": ["dog", "cat", "dog"]}, record="states")


def spread(told: dict, ticks: int) -> list:
    """A column written out, tick by tick."""
    ends = [*told["at"], ticks][1:]
    return [
        value for value, first, end in zip(told["value"], told["at"], ends, strict=True) for _ in range(end - first)
    ]


@pytest.mark.parametrize("ticks", [0, 1, 2, 40])
def test_changes_tell_what_each_tick_holds(ticks: int) -> None:
    generator = np.random.default_rng(ticks)
    values = generator.integers(0, 2, (ticks, 3)).repeat(2, axis=0)
    for each, told in zip(values.T, columns(values), strict=True):
        assert spread(told, 2 * ticks) == each.tolist()
        assert len(told["at"]) <= ticks
    assert spread(together(values), 2 * ticks) == values.tolist()
    assert spread(column(values[:, 0]), 2 * ticks) == values[:, 0].tolist()


def wired(names: list[str], relays: list[tuple[str, ...]]) -> Wiring:
    """These buffers with these relays, and a memory that reads the first of them."""
    gates = [Gate(f"{source}->{target}", "relay", source, target, 1) for source, target in relays]
    memory = AreaWiring("memory", reads=tuple(names[:2]))
    populations = tuple(Population(name, "buffer", 16) for name in names)
    return Wiring(populations, (), (*gates, *memory.gates), (memory,))


@pytest.mark.parametrize("buffers", [1, 2, 3, 7, 16, 24, 25, 100])
def test_boxes_do_not_cover_each_other(buffers: int) -> None:
    names = [f"buffer{number}" for number in range(buffers)]
    generator = random.Random(buffers)
    some = [tuple(generator.sample(names, 2)) for _ in range(min(buffers - 1, 12))]
    for relays in ([], [(names[0], name) for name in names[1:]], some):
        drawn = places(wired(names, relays))
        at = np.array(list(drawn.middles.values()))
        apart = np.abs(at[:, None] - at[None, :])
        over = (apart[..., 0] < WIDTH - 0.5) & (apart[..., 1] < HEIGHT - 0.5) & ~np.eye(len(at), dtype=bool)
        assert not over.any()
        assert (at >= [WIDTH / 2 - 0.1, HEIGHT / 2 - 0.1]).all()
        assert (at <= [drawn.width - WIDTH / 2 + 0.1, drawn.height - HEIGHT / 2 + 0.1]).all()


def test_the_file_names_no_other_host_and_is_small(trace: ab.Trace, tmp_path: Path) -> None:
    trace.save_html(tmp_path / "run.html")
    text = (tmp_path / "run.html").read_text()
    letters = re.search(r'<script id="told" type="text/plain">(.*)</script>', text)
    assert letters is not None
    others = text.replace(letters[1], "")
    assert len(others.encode()) < 1_000_000
    assert not re.search(r"https?:|//\w+\.|@import|url\(", re.sub(r"^\s*//.*$", "", others, flags=re.MULTILINE))
    assert unpacked(letters[1])["buffers"] == ["focus", "agent"]
    # The same run makes the same file, byte for byte.
    trace.save_html(tmp_path / "again.html")
    assert (tmp_path / "again.html").read_text() == text


def test_what_is_told_survives_packing_and_cannot_leave_its_place() -> None:
    told = {"title": "</title><script>", "name": '</script> \u2028 \U0001f600 \\ "'}
    assert unpacked(packed(told)) == told
    assert re.fullmatch(r"[A-Za-z0-9+/=]+", packed(told))
    assert b"<script>" not in page(told).replace(b'<script id="told"', b"").partition(b"<style>")[0]


def test_each_trial_is_told_with_its_own_overlaps(trace: ab.Trace) -> None:
    told = shown(trace)
    for own in told["trials"]:
        for (buffer, held), column_of_buffer in zip(trace.decode(4).items(), own["best"], strict=True):
            symbol, hundredths, other, less = spread(column_of_buffer, int(trace.ticks[0]))[4]
            assert told["symbols"][symbol] == held[own["number"]]
            overlaps = np.asarray(trace.overlaps(buffer, 4))[own["number"]]
            assert [hundredths, less] == np.rint(overlaps[[symbol, other]] * 100).tolist()


def test_trials_are_chosen_and_go_wrong_by_what_is_expected(trace: ab.Trace) -> None:
    told = shown(trace, expected={"agent": ["dog", "dog", "cat"], "focus": None}, trials=[2, -2])
    assert [own["number"] for own in told["trials"]] == [2, 1]
    assert [own["wrong"] for own in told["trials"]] == [
        ["'agent' holds 'dog', not 'cat'"],
        ["'agent' holds 'cat', not 'dog'"],
    ]
    assert [own["wrong"] for own in shown(trace)["trials"]] == [[], [], []]


def test_a_trial_that_ends_at_a_limit_went_wrong(trace: ab.Trace) -> None:
    program = ab.load("focus", "dog") + ab.until(ab.holds("focus", "cat"), ab.hold(), limit=2)
    ended = ab.run(trace.network, program, record="firings", throw=False)
    (own,) = shown(ended)["trials"]
    assert own["wrong"] == ["ended as LIMIT"]
    assert own["rows"] is not None
    assert own["gates"] is None


def test_rules_that_fired_choices_and_dopamine_are_told() -> None:
    striatum = ab.gating.BasalGanglia("striatum", reads=["word"], gates=["word->first", "word->second"])
    network = ab.build(
        ab.Vocabulary(["dog", "cat"]),
        buffers=dict.fromkeys(["word", "first", "second"], 64),
        relays=[("word", "first"), ("word", "second")],
        areas=[striatum],
        activity=0.1,
        rule=ab.PseudoInverse(),
        key=KEY,
    )
    rule = ab.production(when=ab.holds("word", "cat"), then=ab.load("word", "dog"), name="<b>meow</b>")
    program = ab.load("word", "cat") + ab.cycle([rule], limit=3)
    program += ab.choose("striatum", gates=["word->first", "word->second"]) + ab.reward()
    trace = ab.run(network, program, key=KEY, record="decoded")
    (own,) = shown(trace)["trials"]
    ((fired, text),) = [event for event in own["events"] if event[1].startswith("fired")]
    assert (fired, text) == (trace.firings()[0].tick, "fired <b>meow</b>")
    chosen = trace.choices["striatum"]
    told = [tick for tick, text in own["events"] if text.startswith("striatum:")]
    assert told == np.flatnonzero(np.asarray(chosen.decided | chosen.rewarded)[:, 0]).tolist()
    ticks = int(trace.ticks[0])
    dopamine = spread(own["curves"]["striatum: dopamine"], ticks)
    np.testing.assert_allclose(dopamine, np.asarray(chosen.dopamine)[:ticks, 0], atol=0.0006)


def test_more_than_a_browser_can_show_is_refused() -> None:
    check_size(2**17, 128)
    with pytest.raises(ab.ArgumentError, match=r"trials=\[0\]"):
        check_size(2**17 + 1, 128)
