"""Checks of a network as a whole: that its buffers are isolated, and that it holds and copies every symbol."""

import math
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from attractorbind._checks import check_count, check_fraction, check_memory
from attractorbind._errors import ArgumentError, listed
from attractorbind._keys import Rate
from attractorbind._network import Network, check_network
from attractorbind._program.macros import clear, copy, hold, load
from attractorbind._program.program import Program
from attractorbind._program.symbol import arg
from attractorbind._run import run
from attractorbind._state import repeated
from attractorbind._waiting import counted
from attractorbind.testing._check_error import CheckError


def check_isolation(network: Network, *, ticks: int = 8, noise: Rate = 0.02, seed: int = 0) -> None:
    """Check that with all relays closed no buffer feels another, bit for bit, at any tick.

    Each buffer in turn is given every symbol, nothing, and a random state, while all other buffers start in the same
    state, with the same noise. These must then go through the same states, whatever the first buffer holds.

    **Arguments:**

    - `network`: the network.
    - `ticks`: how long.
    - `noise`: probability that a unit's output flips, a tick; the same units flip in all runs that are compared.
    - `seed`: of states and noise.

    **Raises:** `CheckError` that names the two buffers and the first tick of difference.
    """
    check_network(network)
    generator = np.random.default_rng(check_count("seed", seed, least=0))
    start = network.silent()
    for population in start.names:
        codes = np.asarray(network.codes(population), np.float32)
        start = start.replace(population, codes[generator.integers(len(codes), size=1)])
    for buffer, units in counted("check_isolation", tuple(network.buffers.items()), "buffers"):
        codes = np.asarray(network.codes(buffer), np.float32)
        random = (generator.random((1, units)) < codes.mean()).astype(np.float32)
        contents = np.concatenate([np.zeros((1, units), np.float32), random, codes])
        # All trials have the same key, and so the same noise: whatever differs comes from what the buffer holds.
        keys = jnp.broadcast_to(jax.random.key(seed), (len(contents),))
        trace = run(
            network,
            hold(ticks),
            repeated(start, len(contents)).replace(buffer, contents),
            noise=noise,
            key=keys,
            record="states",
            throw=False,
        )
        for other, states in trace.states.items():
            changed = (states != states[:, :1]).any(axis=2)
            if other != buffer and changed.any():
                tick, trial = (int(index) for index in np.argwhere(changed)[0])
                holds = ["nothing", "a random state", *map(repr, network.vocabulary)][trial]
                raise CheckError(
                    f"buffer {other!r} feels buffer {buffer!r}, although all relays are closed: it differs from tick "
                    f"{tick} on when {buffer!r} holds {holds} instead of nothing; see which gate the projections from "
                    f"{buffer!r} to {other!r} are under"
                )


def check_capacity(
    network: Network, *, noise: Rate = 0.0, corruption: Rate = 0.05, trials: int = 4, ticks: int = 20, seed: int = 0
) -> None:
    """Check that every buffer holds and every relay copies every symbol, and that the latches correct errors.

    Every symbol is loaded into every buffer, some of its units are exchanged, and it is held; then it is copied along
    every relay.

    **Arguments:**

    - `network`: the network.
    - `noise`: probability that a unit's output flips, a tick.
    - `corruption`: fraction of a code's active units that are exchanged for others before it is held.
    - `trials`: how often each symbol is tried.
    - `ticks`: how long a symbol is held.
    - `seed`: of noise and corruption.

    **Raises:** `CheckError` that tells how many symbols each latch and relay loses, and which.
    """
    check_network(network)
    noise, corruption = check_fraction("noise", noise), check_fraction("corruption", corruption)
    generator = np.random.default_rng(check_count("seed", seed, least=0))
    trials = check_count("trials", trials)
    needed = 4 * trials * len(network.vocabulary.names) * max(network.buffers.values())
    check_memory(f"{trials:,} trials of every symbol", needed, "give fewer trials=", ArgumentError)
    names = network.vocabulary.names * trials
    failures: list[str] = []

    def try_all(pathway: str, program: Program, buffer: str, **given: Any) -> None:
        """Run the program, one symbol in each trial, and note which of them the buffer does not hold at the end."""
        key = jax.random.fold_in(jax.random.key(seed), len(failures))
        trace = run(network, program, **given, noise=noise, key=key, throw=False)
        wrong = [name for name, held in zip(names, trace.decode()[buffer], strict=True) if held != name]
        if wrong:
            failures.append(f"{pathway} loses {len(wrong)} of {len(names)}: {listed(dict.fromkeys(wrong), limit=4)}")

    for buffer in counted("check_capacity", tuple(network.buffers), "latches"):
        codes = np.tile(np.asarray(network.codes(buffer))[: len(network.vocabulary.names)], (trials, 1))
        _check_exchange(buffer, codes, corruption)
        corrupted = _exchanged(codes, corruption, generator).astype(np.float32)
        state = run(network, load(buffer, arg("symbol")), args={"symbol": names}, throw=False).state
        state = state.replace(buffer, corrupted)
        try_all(f"the latch of {buffer!r}", hold(ticks), buffer, state=state)
        final = run(network, hold(ticks), state, throw=False).state[buffer]
        uncorrected = (np.asarray(final) != codes).any(axis=1)
        if uncorrected.any():
            wrong = dict.fromkeys(name for name, bad in zip(names, uncorrected, strict=True) if bad)
            failures.append(
                f"the latch of {buffer!r} does not correct {int(uncorrected.sum())} of {len(names)}: "
                f"{listed(wrong, limit=4)}"
            )
    relays = [gate for gate in network.wiring.pathways if gate.kind == "relay"]
    for gate in counted("check_capacity", relays, "relays"):
        program = load(gate.source, arg("symbol")) + clear(gate.target) + copy(gate.source, gate.target)
        try_all(f"the relay {gate.name!r}", program, gate.target, args={"symbol": names})
    if failures:
        raise CheckError("\n".join([f"not every symbol is held and copied, noise {noise:g}:", *failures]))


def _check_exchange(buffer: str, codes: np.ndarray, fraction: float) -> None:
    """Raise if some code has fewer units off than are to be turned on."""
    on = codes.sum(axis=1)
    exchanged, off = np.round(fraction * on), codes.shape[1] - on
    if (exchanged > off).any():
        worst = int(np.argmax(exchanged - off))
        raise ArgumentError(
            f"corruption is {fraction:g}; a code of buffer {buffer!r} has {on[worst]} units on and {off[worst]} off, "
            f"too few to take their place: give {math.floor(100 * off[worst] / on[worst]) / 100:g} at the most"
        )


def _exchanged(codes: np.ndarray, fraction: float, generator: np.random.Generator) -> np.ndarray:
    """The codes with this fraction of their active units exchanged for others."""
    changed = codes.copy()
    for code in changed:
        count = round(fraction * code.sum())
        off = generator.choice(np.flatnonzero(code), count, replace=False)
        on = generator.choice(np.flatnonzero(~code), count, replace=False)
        code[off], code[on] = False, True
    return changed
