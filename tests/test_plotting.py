"""Pictures: what is drawn is what the data say, every word is inside the picture, and wrong input is refused."""

from functools import cache

import jax
import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb

import attractorbind as ab
from attractorbind.plotting import plot_capacity, plot_crosstalk, plot_network, plot_program, plot_trace


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


PICTURES = {
    "trace of states": lambda axes: plot_trace(trace("states"), axes=axes),
    "trace of symbols": lambda axes: plot_trace(trace("decoded"), 1, axes=axes),
    "trace that branches": lambda axes: plot_trace(trace("states", True), axes=axes),
    "network": lambda axes: plot_network(network(), ["focus->agent"], axes=axes),
    "program": lambda axes: plot_program(ab.until(ab.empty("focus"), PROGRAM, limit=3), axes=axes),
    "crosstalk": lambda axes: plot_crosstalk(ab.crosstalk(trace("states")), axes=axes),
    "isolation": lambda axes: plot_crosstalk(ab.isolation(network()), axes=axes),
    "isolation, swept": lambda axes: plot_crosstalk(ab.isolation(network(), leak=[0.0, 0.5, 0.9]), axes=axes),
    "capacity": lambda axes: plot_capacity(
        {"a": ([0.1, 0.2], [ab.Proportion(np.array(9), 10), ab.Proportion(np.array(0), 10)])},
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
        "object",
        "agent",
        "focus",
        "focus->agent",
        "agent latch",
        "focus latch",
    ]
    assert texts(axes) == ["cat", "cat", "ball"]
    relay = network().gates.index("focus->agent")
    ticks = np.flatnonzero(trace("states").gates[:, relay])
    low = len(network().buffers)
    bars = [bar.get_paths()[0].get_extents() for bar in axes.collections if bar.get_zorder() == 2]
    drawn = sorted(round(bar.x0) for bar in bars if low <= bar.y0 < low + 0.4)
    assert drawn == ticks.tolist()
    assert axes.get_legend_handles_labels()[1] == ["cat", "ball"]


def test_both_kinds_of_record_show_the_same_names():
    assert texts(plot_trace(trace("states"))) == texts(plot_trace(trace("decoded"))) == ["dog", "dog", "ball"]


def test_open_gates_are_dark():
    def darkness(axes: Axes) -> list[float]:
        return sorted(sum(to_rgb(patch.get_edgecolor())) for patch in axes.patches)

    at_rest, opened = darkness(plot_network(network())), darkness(plot_network(network(), ["focus->agent"]))
    assert len(at_rest) == len(network().gates)
    assert [sum(value < 1 for value in values) for values in (at_rest, opened)] == [3, 4]


def test_nuclei_and_memories_are_drawn():
    memory = ab.SnapshotMemory("episodes", units=256)
    built = ab.build(
        ab.Vocabulary(["dog", "cat"]),
        buffers={"a": 48, "b": 48},
        relay="nucleus",
        latch="loop",
        memories=[memory],
        activity=0.1,
        rule=ab.PseudoInverse(),
        key=jax.random.key(0),
    )
    axes = plot_network(built)
    assert {"a", "b", "episodes"} <= set(texts(axes))
    # Three kinds of nodes: two buffers, a nucleus for each latch and relay, one memory.
    assert [len(nodes.get_offsets()) for nodes in axes.collections[:3]] == [2, 4, 1]


def test_a_program_shows_both_ways_out_of_a_condition():
    program = ab.when(ab.holds("focus", "dog"), ab.clear("focus"), ab.clear("agent"))
    assert {"yes", "no", "0  if holds('focus', 'dog')", "end"} <= set(texts(plot_program(program)))


@pytest.mark.parametrize(
    ("call", "error", "told"),
    [
        (lambda: plot_trace(trace("states"), 2), ab.ArgumentError, "trial is 2"),
        (lambda: plot_trace(ab.run(network(), ab.hold(1))), ab.ArgumentError, "were not recorded"),
        (lambda: plot_network(network(), ["focus->agnet"]), ab.UnknownNameError, "did you mean 'focus->agent'"),
    ],
)
def test_wrong_input_is_refused(call, error, told):
    with pytest.raises(error, match=told):
        call()
