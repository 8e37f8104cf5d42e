"""What was done to a network by hand, tick by tick, as a value: each further tick makes another session."""

import itertools
from dataclasses import dataclass, replace
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Key

from attractorbind._engine.coding import Coding
from attractorbind._keys import Rate
from attractorbind._network import Network, silence
from attractorbind._program.program import Program
from attractorbind._program.schedule import Schedule
from attractorbind._result import Result
from attractorbind._state import State
from attractorbind._stimuli import check_seen
from attractorbind._tick import tick
from attractorbind._trace import Trace


class Done(NamedTuple):
    """An instruction by hand, the rates at which it was done, and the state after each of its ticks."""

    program: Program
    noise: float
    leak: float
    states: tuple[State, ...]


@dataclass(frozen=True, eq=False)
class Session:
    """What was done to a network by hand.

    **Attributes:**

    - `network`: the network.
    - `key`: a random key; None where there is to be no noise.
    - `done`: what was done, in order.
    """

    network: Network
    key: Key[Array, ""] | None = None
    done: tuple[Done, ...] = ()

    @property
    def ticks(self) -> int:
        """How many ticks there have been."""
        return sum(len(own.states) for own in self.done)

    @property
    def state(self) -> State:
        """The state after the last tick."""
        return self.done[-1].states[-1] if self.done else silence(self.network, 1)

    @property
    def program(self) -> Program:
        """All that was done, as a program."""
        return sum((own.program for own in self.done), Program())

    @property
    def trace(self) -> Trace:
        """What happened, as `run` would tell it; there must have been a tick."""
        states = [state for own in self.done for state in own.states]
        recorded = {name: np.stack([np.asarray(state[name]) > 0 for state in states]) for name in self.network.buffers}
        return Trace(
            network=self.network,
            program=self.program.compile(self.network),
            state=self.state,
            result=np.full(1, Result.OK, np.int32),
            ticks=np.full(1, len(states), np.int32),
            states=recorded,
            best_symbol={},
            best_overlap={},
            rows=None,
            output_symbols=np.zeros((1, 0), np.int32),
            output_counts=np.zeros(1, np.int32),
            recorded_choices={},
        )

    def do(self, program: Program, *, noise: Rate = 0.0, leak: Rate = 0.0) -> "Session":
        """The session after one more instruction, `gates` or `present`, each tick of it by `attractorbind.tick`.

        **Raises:** as `attractorbind.tick` and `Program.compile`.
        """
        network, state, states = self.network, self.state, []
        compiled = program.compile(network)
        assert isinstance(compiled, Schedule)
        check_seen(network, compiled, {}, state)
        for number in range(compiled.ticks):
            state = tick(
                network,
                state,
                compiled.gates[number],
                external=_external(network, compiled, number, state),
                noise=noise,
                leak=leak,
                key=self._key_of(self.ticks + number),
            )
            states.append(state)
        return replace(self, done=(*self.done, Done(program, float(noise), float(leak), tuple(states))))

    def undone(self) -> "Session":
        """The session without the last instruction."""
        return replace(self, done=self.done[:-1])

    def _key_of(self, number: int) -> Key[Array, "1"] | None:
        """The key that a run gives its first trial at this tick."""
        if self.key is None:
            return None
        return jax.random.fold_in(jax.random.fold_in(self.key, 0), number)[None]

    @property
    def code(self) -> str:
        """What was done as lines of Python; `network`, and `key` if there is one, are what `explore` was given."""
        if not self.done:
            return ""
        lines, before = ["import attractorbind as ab", ""], 0
        for (noise, leak), own in itertools.groupby(self.done, lambda each: (each.noise, each.leak)):
            parts = list(own)
            lines += [f"program {'+=' if number else '='} {_text(part)}" for number, part in enumerate(parts)]
            given = [f"noise={noise!r}"] * (noise > 0) + [f"leak={leak!r}"] * (leak > 0)
            given += ["key=key"] * (self.key is not None) + [f"after={before}"] * (before > 0)
            start = ["trace.state"] * (before > 0)
            how = ", ".join(["network", "program", *start, *given, 'record="states"', "throw=False"])
            lines.append(f"trace = ab.run({how})")
            before += sum(len(part.states) for part in parts)
        return "\n".join(lines)


def _text(done: Done) -> str:
    return " + ".join(f"ab.{statement}" for statement in done.program.statements)


def _external(
    network: Network, compiled: Schedule, number: int, state: State
) -> dict[str, Float[np.ndarray, "1 _units"]]:
    """The field of the symbol that is presented at a tick, if one is: the drive on the units of its code."""
    slot = compiled.presented[number]
    if slot < 0:
        return {}
    buffer, symbol = compiled.slots[slot]
    assert isinstance(symbol, str)
    numbers = jnp.asarray([network.vocabulary[symbol]], jnp.int32)
    code = np.asarray(Coding(network, state.areas).code(network.wiring.buffer(buffer), numbers))
    drive = np.float32(network.drive)
    return {buffer: np.where(code, drive, -drive)}
