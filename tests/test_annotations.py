"""The suite runs with the annotations of every function checked; here is the proof, for every room of the library."""

from pathlib import Path

import jax.numpy as jnp
import jaxtyping
import numpy as np
import pytest
from beartype.roar import BeartypeCallHintParamViolation

import attractorbind as ab
from attractorbind import actr, gating, learning, plotting, spatial, tasks, testing
from attractorbind._actr.forms import forms
from attractorbind._architecture.account import account
from attractorbind._area.base import renamed
from attractorbind._basal_ganglia.conjunction import dendrites
from attractorbind._control.straight import straight
from attractorbind._engine.plan import ends
from attractorbind._explore.live import obeyed
from attractorbind._learning.feedback import random_feedback
from attractorbind._measure.crosstalk import bits
from attractorbind._motor.least_squares import refitted
from attractorbind._rule.patterns import signs
from attractorbind._spatial.scores import check_tile
from attractorbind._synapses.factored import cheaper
from attractorbind._tasks.names import item_names
from attractorbind._view.page import packed

HERE = Path(__file__).parent
ROOMS = [inside.parent.name for inside in sorted((HERE.parent / "attractorbind").glob("*/__init__.py"))]
# A call in each room that its annotations refuse. A new room needs one, too.
WRONG_CALLS = {
    "_actr": lambda: forms(3),
    "_architecture": lambda: account("network"),
    "_area": lambda: renamed("area", "name", {}),
    "_basal_ganglia": lambda: dendrites("units", 3, key="key"),
    "_control": lambda: straight("wiring", "schedule", 0.0),
    "_engine": lambda: ends("wiring"),
    "_explore": lambda: obeyed("session", {}),
    "_learning": lambda: random_feedback("layers", key="key"),
    "_measure": lambda: bits(3),
    "_motor": lambda: refitted("fitted", 3, 4, 5),
    "_prediction": lambda: ab.learning.ForwardModel(timescales=3),
    "_program": lambda: ab.gates(open=["focus"], ticks="two"),
    "_rule": lambda: signs(jnp.zeros(3, bool)),
    "_spatial": lambda: check_tile(4, "maps"),
    "_synapses": lambda: cheaper("synapses", 3),
    "_tasks": lambda: item_names("items", 3, "item", "two"),
    "_view": lambda: packed("told"),
    "actr": lambda: actr.Output("so"),
    "gating": lambda: gating.Conjunction("word", "slot", units="two"),
    "learning": lambda: learning.cosines("rule", "learned", np.zeros(3), "teaching"),
    "plotting": lambda: plotting.plot_program("program"),
    "spatial": lambda: spatial.trajectories(3, 4, box="box", key="key"),
    "tasks": lambda: tasks.one_two_ax("two"),
    "testing": lambda: testing.check_isolation("network"),
}


@pytest.mark.parametrize("room", ROOMS)
def test_annotations_are_checked_in_every_room(room: str) -> None:
    """Modules that the pattern in conftest.py passes over are not checked, and nothing else would tell."""
    with pytest.raises((jaxtyping.TypeCheckError, BeartypeCallHintParamViolation)):
        WRONG_CALLS[room]()


def test_annotations_are_checked() -> None:
    with pytest.raises(jaxtyping.TypeCheckError):
        ab.energy("network", "state")  # pyright: ignore[reportArgumentType]
    with pytest.raises(BeartypeCallHintParamViolation):
        ab.until(ab.empty("focus"), ab.hold(), limit="two")  # pyright: ignore[reportArgumentType]
    with pytest.raises(BeartypeCallHintParamViolation):
        ab.see("eyes", views="two")  # pyright: ignore[reportArgumentType]
    with pytest.raises(BeartypeCallHintParamViolation):
        ab.imprint_now(3)  # pyright: ignore[reportArgumentType]
    with pytest.raises(jaxtyping.TypeCheckError):
        ab.Ensembles(3)  # pyright: ignore[reportArgumentType]
    with pytest.raises(BeartypeCallHintParamViolation):
        ab.learn(3)  # pyright: ignore[reportArgumentType]
    with pytest.raises(jaxtyping.TypeCheckError):
        ab.train("network", ab.hold(), stimuli=[], epochs=1, batch=1, key=3)  # pyright: ignore[reportArgumentType]


def test_shapes_are_checked() -> None:
    with pytest.raises(jaxtyping.TypeCheckError):
        ab.overlaps(jnp.zeros(3), jnp.zeros((2, 4), bool))
    with pytest.raises(jaxtyping.TypeCheckError):
        ab.Synapses(jnp.zeros((3, 4)), jnp.zeros(3))
    with pytest.raises(jaxtyping.TypeCheckError):
        learning.Layer(jnp.zeros((3, 4)), jnp.zeros(3))


@pytest.mark.parametrize("room", ROOMS)
def test_every_room_has_tests_of_its_own(room: str) -> None:
    assert list((HERE / room.strip("_")).glob("test_*.py"))
