"""Pictures: what is drawn is what the data say, every word is inside the picture, and wrong input is refused."""

import itertools
from functools import cache

import gated
import jax
import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.collections import PathCollection, PolyCollection
from matplotlib.colors import to_rgb
from PIL import Image

import attractorbind as ab
from attractorbind.plotting import (
    _labels,
    animate_trace,
    plot_capacity,
    plot_choices,
    plot_crosstalk,
    plot_drawings,
    plot_energy,
    plot_network,
    plot_program,
    plot_trace,
)
from attractorbind.plotting._network import _layout


@cache
def network() -> ab.Network:
    return ab.build(
        ab.Vocabulary(["dog", "cat", "ball"]),
        buffers={"focus": 64, "agent": 64, "object": 64},
        relays="hub:focus",
        activity=0.1,
        rule=ab.PseudoInverse(),
        key=jax.random.key(0),
    )


PROGRAM = ab.load("focus", ab.arg("noun")) + ab.move("focus", "agent") + ab.load("focus", "ball")


@cache
def trace(record: str, branching: bool = False) -> ab.Trace:
    program = ab.repeat(1, PROGRAM) if branching else PROGRAM
    return ab.run(network(), program, args={"noun": ["dog", "cat"]}, record=record)


def texts(axes: Axes) -> list[str]:
    return [text.get_text() for text in axes.texts if text.get_text()]


def check_nothing_is_cut_off(axes: Axes) -> None:
    figure = axes.figure
    figure.canvas.draw()
    whole = figure.bbox
    words = [*axes.texts, axes.xaxis.label, axes.yaxis.label]
    for axis, limits in ((axes.xaxis, axes.get_xlim()), (axes.yaxis, axes.get_ylim())):
        # There are labels for places beyond the limits, too, which are not drawn.
        words += [tick.label1 for tick in axis.get_major_ticks() if min(limits) <= tick.get_loc() <= max(limits)]
    if axes.get_legend():
        words += axes.get_legend().get_texts()
    for word in words:
        if word.get_text() and word.get_visible() and axes.axison:
            box = word.get_window_extent()
            assert whole.x0 - 1 <= box.x0 < box.x1 <= whole.x1 + 1, word.get_text()
            assert whole.y0 - 1 <= box.y0 < box.y1 <= whole.y1 + 1, word.get_text()


SHARE = ab.Proportion(np.array(9), 10)
PICTURES = {
    "trace of states": lambda axes: plot_trace(trace("states"), axes=axes),
    "trace of symbols": lambda axes: plot_trace(trace("decoded"), 1, axes=axes),
    "trace that branches": lambda axes: plot_trace(trace("states", True), axes=axes),
    "choices": lambda axes: plot_choices(gated.trace(rounds=12, record="decoded"), "store", 1, axes=axes),
    "outcomes alone": lambda axes: plot_choices(gated.trace(rounds=12, record="decoded"), "lever", axes=axes),
    "network": lambda axes: plot_network(network(), ["focus->agent"], axes=axes),
    "network and contents": lambda axes: plot_network(network(), held={"focus": "dog", "agent": None}, axes=axes),
    "landscape": lambda axes: plot_energy(
        ab.landscape(network(), "focus", "dog", "cat", key=jax.random.key(0)), axes=axes
    ),
    "descent": lambda axes: plot_energy(
        ab.descend(network(), network().silent(2), sweeps=1, key=jax.random.key(0)), axes=axes
    ),
    "program": lambda axes: plot_program(ab.until(ab.empty("focus"), PROGRAM, limit=3), axes=axes),
    "crosstalk": lambda axes: plot_crosstalk(ab.crosstalk(trace("states")), axes=axes),
    "isolation": lambda axes: plot_crosstalk(ab.isolation(network()), axes=axes),
    "isolation, swept": lambda axes: plot_crosstalk(ab.isolation(network(), leak=[0.0, 0.5, 0.9]), axes=axes),
    "capacity": lambda axes: plot_capacity(
        {"a": ([0.1, 0.2], [SHARE, ab.Proportion(np.array(0), 10)])},
        limits={"theory": 0.138},
        axes=axes,
    ),
}


@pytest.mark.parametrize("picture", PICTURES)
def test_it_draws_on_axes_of_its_own_or_on_those_given(picture):
    own = PICTURES[picture](None)
    check_nothing_is_cut_off(own)
    _, given = plt.subplots()
    assert PICTURES[picture](given) is given
    assert given.has_data() or texts(given)


def test_a_trace_shows_when_gates_were_open_and_what_was_held():
    axes = plot_trace(trace("states"), 1)
    assert [label.get_text() for label in axes.get_yticklabels()] == [
        "focus",
        "agent",
        "object",
        "focus->agent",
        "agent latch",
        "focus latch",
    ]
    assert texts(axes) == ["cat", "ball", "cat"]
    relay = network().gates.index("focus->agent")
    ticks = np.flatnonzero(trace("states").gates[:, relay])
    low = len(network().buffers)
    bars = [bar.get_paths()[0].get_extents() for bar in axes.collections if bar.get_zorder() == 2]
    drawn = sorted(round(bar.x0) for bar in bars if low <= bar.y0 < low + 0.4)
    assert drawn == ticks.tolist()
    assert [label.get_text() for label in axes.get_legend().get_texts()] == ["cat", "ball"]


def test_both_kinds_of_record_show_the_same_names():
    assert texts(plot_trace(trace("states"))) == texts(plot_trace(trace("decoded"))) == ["dog", "ball", "dog"]


def test_open_gates_are_dark_and_latches_are_outlines():
    def darkness(colours) -> list[bool]:
        return [sum(to_rgb(colour)) < 1 for colour in colours]

    at_rest, opened = plot_network(network()), plot_network(network(), {"focus->agent": 1.0, "agent": 0.0})
    for axes, relays, latches in ((at_rest, 0, [True, True, True]), (opened, 1, [True, False, True])):
        arrows = darkness(patch.get_edgecolor() for patch in axes.patches)
        assert (len(arrows), sum(arrows)) == (4, relays)
        assert darkness(axes.collections[0].get_edgecolors()) == latches


def test_contents_stand_below_the_names():
    axes = plot_network(network(), held={"focus": "dog", "agent": None})
    assert {"focus\n[dog]", "agent\n[]", "object"} <= set(texts(axes))


def test_a_film_shows_every_tick_and_can_be_saved(tmp_path):
    film = animate_trace(trace("decoded"), seconds=0.1)
    film.save(tmp_path / "run.gif", writer="pillow", dpi=30)
    with Image.open(tmp_path / "run.gif") as saved:
        assert saved.n_frames == trace("decoded").ticks[0]
        assert saved.info["duration"] == 100
    left, right = film._fig.axes[:2]
    assert left.get_title() == f"tick {trace('decoded').ticks[0] - 1}"
    assert {"focus\n[ball]", "agent\n[dog]", "object\n[]"} <= set(texts(left))
    assert texts(right) == ["dog", "ball", "dog"]


def test_nuclei_and_memories_are_drawn():
    memory = ab.SnapshotMemory("episodes", units=256)
    built = ab.build(
        ab.Vocabulary(["dog", "cat"]),
        buffers={"a": 48, "b": 48},
        relay="nucleus",
        latch="loop",
        areas=[memory],
        activity=0.1,
        rule=ab.PseudoInverse(),
        key=jax.random.key(0),
    )
    axes = plot_network(built)
    assert {"a", "b", "episodes"} <= set(texts(axes))
    # Three kinds of nodes: two buffers, a nucleus for each latch and relay, one memory.
    assert [len(nodes.get_offsets()) for nodes in axes.collections[:3]] == [2, 4, 1]


def wired(buffers: str, relays: object, areas: tuple = (), **how: str) -> ab.Network:
    return ab.build(
        ab.Vocabulary(["dog", "cat"]),
        buffers=dict.fromkeys(buffers.split(), 32),
        relays=relays,  # pyright: ignore[reportArgumentType]
        areas=areas,
        activity=0.2,
        rule=ab.Hebbian(),
        key=jax.random.key(0),
        **how,
    )


def memory(name: str, buffers: str) -> ab.SnapshotMemory:
    return ab.SnapshotMemory(name, buffers.split(), units=64)


# Small ones, with names as users give them; all relays are open, and so all are named.
WIRINGS = {
    "a memory of three buffers": lambda: wired("agent verb patient", [], (memory("episodes", "agent verb patient"),)),
    "two relays to one memory": lambda: wired("agent patient", [], (memory("episodes", "agent patient"),)),
    "two memories": lambda: wired("agent patient", "all", (memory("m", "agent patient"), memory("n", "agent patient"))),
    "many gates": lambda: wired("focus agent object place", "all", (memory("m", "focus agent object place"),)),
    "a hub": lambda: wired("focus one two three four five six", "hub:focus"),
    "thalamus": lambda: wired("focus agent object place", "hub:focus", relay="nucleus", latch="loop"),
}


def cover_each_other(axes: Axes) -> list[tuple[str, str]]:
    """The names that have a pixel in common, as they are drawn."""
    axes.figure.canvas.draw()
    drawn = [text for text in axes.texts if text.get_text() and text.get_visible()]
    boxes = [text.get_window_extent() for text in drawn]
    pairs = itertools.combinations(range(len(drawn)), 2)
    return [(drawn[a].get_text(), drawn[b].get_text()) for a, b in pairs if boxes[a].overlaps(boxes[b])]


@pytest.mark.parametrize("wiring", WIRINGS)
def test_no_name_covers_another_and_none_is_missing(wiring: str) -> None:
    built = WIRINGS[wiring]()
    relays = [gate for gate in built.gates if "->" in gate]
    axes = plot_network(built, relays, held={next(iter(built.buffers)): "dog"})
    for size in ((7, 6), (12, 9)):
        axes.figure.set_size_inches(size)
        assert not cover_each_other(axes)
        assert {*relays} <= {text.get_text() for text in axes.texts if text.get_visible()}
    # Where there is no room some are left out, but none covers another.
    axes.figure.set_size_inches(2.5, 2.5)
    assert not cover_each_other(axes)


def test_names_in_their_best_places_would_cover_each_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_labels, "_meet", lambda boxes, others: np.zeros(len(boxes), bool))
    assert cover_each_other(plot_network(WIRINGS["a memory of three buffers"]()))


def test_a_name_stands_beside_its_arrow() -> None:
    axes = plot_network(WIRINGS["a hub"](), ["focus->one"])
    axes.figure.canvas.draw()
    where = {text.get_text(): np.array(text.get_position()) for text in axes.texts}
    for relay in ("focus->one", "six->focus"):
        source, target = (where[name] for name in relay.split("->"))
        along = target - source
        share = (where[relay] - source) @ along / (along @ along)
        aside = abs((where[relay] - source) @ [along[1], -along[0]]) / (along @ along)
        assert 0.25 < share < 0.85
        assert aside < 0.2


def test_the_nucleus_of_a_latch_lies_on_no_other_node() -> None:
    places = _layout(WIRINGS["thalamus"](), {})
    apart = [np.linalg.norm(places[a] - places[b]) for a, b in itertools.combinations(places, 2)]
    assert min(apart) > 0.1


def test_a_legend_has_the_order_of_the_vocabulary() -> None:
    program = ab.load("focus", "ball") + ab.load("agent", "cat") + ab.load("object", "dog")
    legend = plot_trace(ab.run(network(), program, record="states")).get_legend()
    assert legend is not None
    assert [text.get_text() for text in legend.get_texts()] == ["dog", "cat", "ball"]


def test_parts_lie_where_they_are_told_to():
    network = ab.build(
        ab.Vocabulary(["dog", "cat"]),
        buffers={"focus": 32, "agent": 32, "answer": 32},
        relays=[("focus", "agent"), ("agent", "answer")],
        areas=[ab.SnapshotMemory("episodes", ["agent"], units=64, capacity=2)],
        activity=0.1,
        rule=ab.PseudoInverse(),
        key=jax.random.key(0),
    )
    places = {"focus": (-2.0, 0.0), "agent": (0.0, 1.0), "answer": (2.0, 0.5), "episodes": (0.5, -1.0)}
    for given in (places, {"focus": (-2.0, 0.0), "episodes": (0.5, -1.0)}):
        axes = plot_network(network, positions=given)
        drawn = np.concatenate([collection.get_offsets() for collection in axes.collections])
        for place in given.values():
            assert np.isclose(drawn, place).all(axis=1).any()
        assert len(drawn) == 4
        plt.close(axes.figure)


def test_a_network_is_laid_out_in_its_own_order():
    # In another order, such as that of a set, which changes from process to process, the picture would be turned.
    built = ab.build(
        ab.Vocabulary(["dog", "cat"]),
        buffers=dict.fromkeys("abcdef", 64),
        relay="nucleus",
        latch="loop",
        activity=0.1,
        rule=ab.PseudoInverse(),
        key=jax.random.key(0),
    )
    assert list(_layout(built, {}))[:6] == list("abcdef")


def test_a_program_shows_both_ways_out_of_a_condition():
    program = ab.when(ab.holds("focus", "dog"), ab.clear("focus"), ab.clear("agent"))
    assert {"yes", "no", "0  if holds('focus', 'dog')", "end"} <= set(texts(plot_program(program)))


@pytest.mark.parametrize(
    ("call", "error", "told"),
    [
        (lambda: plot_trace(trace("states"), 2), ab.ArgumentError, "trial is 2"),
        (lambda: plot_trace(ab.run(network(), ab.hold(1))), ab.ArgumentError, "were not recorded"),
        (lambda: animate_trace(trace("decoded"), seconds=0), ab.ArgumentError, "seconds is 0"),
        (lambda: plot_network(network(), held={"agnet": "dog"}), ab.UnknownNameError, "did you mean 'agent'"),
        (lambda: plot_capacity({"a": ([0.1, 0.2], [SHARE])}), ab.ArgumentError, "'a' has 2 loads and 1 shares"),
        (lambda: plot_capacity({"a": ([], [])}), ab.ArgumentError, "'a' is empty"),
        (lambda: plot_network(network(), ["focus->agnet"]), ab.UnknownNameError, "did you mean 'focus->agent'"),
    ],
)
def test_wrong_input_is_refused(call, error, told):
    with pytest.raises(error, match=told):
        call()


def test_choices_are_shades_with_dots_above_dopamine_and_what_was_read():
    trace = gated.trace(rounds=12, record="decoded")
    axes, own = plot_choices(trace, "store", 1), trace.choices["store"]
    lanes = [*gated.INTO, "expected", "dopamine", "word"]
    assert [label.get_text() for label in axes.get_yticklabels()] == lanes
    starts = np.flatnonzero(own.decided[:, 1])
    ends = np.array([*starts[1:], trace.ticks[1]])
    bars = [drawn for drawn in axes.collections if isinstance(drawn, PolyCollection)]
    dots = [drawn for drawn in axes.collections if isinstance(drawn, PathCollection)]
    for lane, channel in enumerate(gated.INTO):
        darkness = 1 - bars[lane].get_facecolor()[:, 0]
        order = np.argsort(own.probability[starts, 1, lane])
        assert (np.diff(darkness[order]) >= 0).all(), channel
        opened = own.chosen[starts, 1, lane]
        assert dots[lane].get_offsets()[:, 0].tolist() == ((starts + ends) / 2)[opened].tolist()
        assert dots[lane].get_offsets()[:, 1].tolist() == [0.5 - lane] * opened.sum()
    stems = [bar.get_paths()[0].get_extents() for bar in bars[len(gated.INTO) :]]
    outcomes = np.flatnonzero(own.rewarded[:, 1])
    assert [round(stem.x0) for stem in stems] == outcomes.tolist()
    heights = [stem.y1 + stem.y0 - 2 * (0.5 - lanes.index("dopamine")) for stem in stems]
    np.testing.assert_allclose(heights, 0.43 * own.dopamine[outcomes, 1], atol=1e-6)
    assert texts(axes) == ["cat"] * 12


def test_drawings_stand_in_their_rows_in_order_with_their_ticks() -> None:
    eyes = ab.learning.Hierarchy("eyes", sizes=[6, 20], target="focus", rule=ab.learning.Backpropagation())
    network = ab.build(
        ab.Vocabulary(["bar", "dot"]),
        buffers={"focus": 36},
        activity=0.2,
        rule=ab.PseudoInverse(),
        areas=[eyes, ab.Motor("hand", eye=eyes, reads="focus", layers=[1], shape=(2, 3))],
        key=jax.random.key(0),
    )
    program = ab.babble("hand", 40) + ab.see("eyes", write=False)
    program += ab.draw("hand", steps=1) + ab.draw("hand", steps=1)
    trace = ab.run(network, program, stimuli={"eyes": np.eye(6)[[0, 4]]}, key=jax.random.key(1))
    axes = plot_drawings(trace, "hand", [1, 0])
    labels = ["trial 1", "tick 43", "tick 45", "trial 0", "tick 43", "tick 45"]
    assert [text.get_text() for text in axes.texts] == labels
    shown = [np.asarray(image.get_array()) for image in axes.images]
    drawn = [drawing.image for trial in (1, 0) for drawing in trace.drawings["hand"][trial]]
    np.testing.assert_array_equal(shown, drawn)
    plt.close(axes.figure)
