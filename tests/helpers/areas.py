"""Areas of a user's own, written as a user would write them, and what they do in plain Python."""

from collections import deque
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import oracle
from jaxtyping import Array, Float, Key, PyTree
from machines import NumpyMachine

import attractorbind as ab


class Line(eqx.Module):
    """What an echo has heard and not yet given back, the oldest first, and how often it was told to turn."""

    heard: Float[Array, "trials ticks units"]
    turned: Array


class Echo(ab.AbstractArea):
    """Gives one buffer what another did so many ticks ago; its switch "turn" turns on into off and off into on.

    It has a constructor and fields of its own, among them an array, the size of its field, and names of buffers.
    """

    name: str = eqx.field(static=True)
    buffers: tuple[str, str] = eqx.field(static=True)
    ticks: int = eqx.field(static=True)
    size: Float[Array, ""]

    def __init__(self, source: str, target: str, *, name: str = "echo", ticks: int = 2, size: Any = 2.0) -> None:
        self.name = name
        self.buffers = (source, target)
        self.ticks = ticks
        self.size = jnp.asarray(size, jnp.float32)

    def wire(self, buffers: Mapping[str, int]) -> ab.AreaWiring:
        source, target = self.buffers
        return ab.AreaWiring(
            self.name,
            (source,),
            (target,),
            ("turn",),
            kind="echo",
            units=buffers[source],
            largest_field=float(self.size),
        )

    def parameters(self, buffers: Mapping[str, int], key: Key[Array, ""]) -> None:
        return None

    def init(self, buffers: Mapping[str, int], trials: int, parameters: None) -> Line:
        shape = (trials, self.ticks, buffers[self.buffers[0]])
        return Line(jnp.zeros(shape, jnp.float32), jnp.zeros(trials, jnp.int32))

    def tick(self, parameters: None, state: Line, inputs: ab.AreaInputs) -> tuple[Line, tuple[Array]]:
        # Also where names do not matter, this is a field that the area can use.
        (activity,), (reads,), (turn,) = inputs.activity, inputs.reads, inputs.switches
        assert len(self.buffers) == 2
        heard = activity * (reads > 0.5)[:, None]
        if inputs.noise is not None:
            level, keys = inputs.noise
            flips = jax.vmap(lambda key: jax.random.bernoulli(key, level, activity.shape[1:]))(keys)
            heard = jnp.where(flips, 1 - heard, heard)
        oldest = state.heard[:, 0]
        given = jnp.where(jnp.any(oldest > 0, axis=1)[:, None], self.size * (2 * oldest - 1), 0.0)
        given = jnp.where((turn > 0.5)[:, None], -given, given)
        running = inputs.running
        line = jnp.concatenate([state.heard[:, 1:], heard[:, None]], axis=1)
        following = Line(
            jnp.where(running[:, None, None], line, state.heard),
            state.turned + (running & (turn > 0.5)).astype(jnp.int32),
        )
        return following, (given,)

    def contents(self, buffers: Mapping[str, int], state: Line, decode: Any) -> list[dict[str, str | None]]:
        return [{self.buffers[1]: name} for name in decode(self.buffers[0], np.asarray(state.heard) > 0)]


class Associator(ab.AbstractArea):
    """Counts, over all trials together, which units of two buffers are on at the same tick; gives them to the second.

    What is counted is shared by all trials. Counts are whole numbers, so all sums are exact.
    """

    name: str = eqx.field(static=True)
    source: str = eqx.field(static=True)
    target: str = eqx.field(static=True)

    def wire(self, buffers: Mapping[str, int]) -> ab.AreaWiring:
        return ab.AreaWiring(self.name, (self.source, self.target), (self.target,), ("learn",), largest_field=1.0)

    def parameters(self, buffers: Mapping[str, int], key: Key[Array, ""]) -> Float[Array, ""]:
        return jnp.float32(0.5)

    def init(self, buffers: Mapping[str, int], trials: int, parameters: Any) -> PyTree:
        counts = jnp.zeros((buffers[self.source], buffers[self.target]), jnp.float32)
        return {"counts": ab.Shared(counts), "learned": jnp.zeros(trials, jnp.int32)}

    def tick(self, parameters: Float[Array, ""], state: PyTree, inputs: ab.AreaInputs) -> tuple[PyTree, tuple[Array]]:
        source, target = inputs.activity
        (learn,) = inputs.switches
        counts = state["counts"].value
        learning = inputs.running & (learn > 0.5)
        field = source @ counts
        given = jnp.where(field > 0.5 * jnp.max(field, axis=1, keepdims=True), parameters, -parameters)
        given = jnp.where(jnp.any(field > 0, axis=1)[:, None], given, 0.0)
        counts = counts + jnp.einsum("ts,tu->su", source * learning[:, None], target)
        return {"counts": ab.Shared(counts), "learned": state["learned"] + learning.astype(jnp.int32)}, (given,)

    def contents(self, buffers: Mapping[str, int], state: PyTree, decode: Any) -> list[dict[str, str | None]]:
        return []


class Mirror(ab.AbstractArea):
    """Does nothing but what it is told to be wrong about."""

    name: str = eqx.field(static=True)
    wired: Any = eqx.field(static=True)

    def wire(self, buffers: Mapping[str, int]) -> ab.AreaWiring:
        return self.wired

    def parameters(self, buffers: Mapping[str, int], key: Key[Array, ""]) -> None:
        return None

    def init(self, buffers: Mapping[str, int], trials: int, parameters: Any) -> None:
        return None

    def tick(self, parameters: None, state: None, inputs: ab.AreaInputs) -> tuple[None, tuple[Array, ...]]:
        trials = len(inputs.running)
        return None, tuple(jnp.full((trials, 40), jnp.nan) for _ in inputs.writes)

    def contents(self, buffers: Mapping[str, int], state: None, decode: Any) -> list[dict[str, str | None]]:
        return []


class NumpyWithEchoes(NumpyMachine):
    """The network in NumPy, and its echoes."""

    def __init__(self, net: oracle.Plain, inputs: list[str], state: dict, echoes: list[Echo]) -> None:
        super().__init__(net, inputs, state)
        self.echoes = echoes
        self.heard = [deque([np.zeros_like(state[echo.buffers[0]])] * echo.ticks) for echo in echoes]
        self.turned = [0 for _ in echoes]

    def further(self, openings: dict) -> dict:
        given: dict[str, Any] = {}
        for number, echo in enumerate(self.echoes):
            name, (source, target) = echo.name, echo.buffers
            turn = openings.get(f"{name}:turn", 0.0) > 0.5
            oldest = self.heard[number].popleft()
            reads = openings.get(f"{source}->{name}", 0.0) > 0.5
            self.heard[number].append(self.state[source] if reads else np.zeros_like(oldest))
            self.turned[number] += turn
            field = np.where(oldest != turn, 1.0, -1.0) * float(echo.size) * oldest.any()
            given[target] = given.get(target, 0.0) + openings.get(f"{name}->{target}", 0.0) * field
        return given


# One echo to another buffer, and one that gives a buffer what it held itself.
ECHOES = (Echo("a", "c"), Echo("a", "a", name="again", ticks=4, size=1.5))


def build(areas: Iterable[ab.AbstractArea], *, relays: Any = "all", names: Iterable[str] = "abc") -> ab.Network:
    return ab.build(
        ab.Vocabulary(["s0", "s1", "s2", "s3"]),
        buffers=dict(zip(names, (40, 48, 40), strict=True)),
        relays=relays,
        activity=0.15,
        rule=ab.PseudoInverse(),
        areas=list(areas),
        key=jax.random.key(7),
    )


@cache
def echoing() -> ab.Network:
    return build(ECHOES)


@cache
def associating() -> ab.Network:
    return build([Associator("pairs", "a", "b")])
