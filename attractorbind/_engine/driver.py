"""The one loop: ask the controller for a stretch, take its ticks, and at the end see what comes to rest."""

import dataclasses
from functools import partial
from typing import Any, NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Int, PyTree

from attractorbind._checks import is_inside_trace, is_traced
from attractorbind._devices import Devices, on_host
from attractorbind._engine.activity import States, stack, unstack
from attractorbind._engine.advance import Standing, started
from attractorbind._engine.areas import AreaStates
from attractorbind._engine.asking import NO_SYMBOL, Outputs
from attractorbind._engine.coding import Coding
from attractorbind._engine.controller import AbstractController, Given, Readings
from attractorbind._engine.noise import Draws
from attractorbind._engine.observe import Record, blank, noted, observe
from attractorbind._engine.pace import Pace
from attractorbind._engine.placing import by_trials, placed_controller, placed_network
from attractorbind._engine.products import no_products
from attractorbind._engine.readers import calm, readers
from attractorbind._engine.settle import Loop, Phase, judged, run_and_settle
from attractorbind._engine.stretch import Setup, take
from attractorbind._engine.taken import Taken
from attractorbind._flat import Flat, flat
from attractorbind._kept import kept
from attractorbind._nameless import unnamed
from attractorbind._network import Network
from attractorbind._progress import Tell
from attractorbind._result import Result
from attractorbind._state import State
from attractorbind._waiting import calling, compiling

# Outputs of a trial for which there is room in one call of the compiled loop.
OUTPUTS = 64


class Outcome(eqx.Module):
    """What a run comes to, for each trial of the batch; returned by `simulate`.

    **Attributes:**

    - `state`: the final `State`.
    - `result`: a `Result` per trial.
    - `ticks`: how many ticks each trial took.
    - `outputs`: what each trial put out by `emit`, as indices into the vocabulary, -1 where the buffer held no symbol
        and beyond a trial's last output.
    - `output_counts`: how many outputs there were. Within a function that JAX traces there is room for the first 64.
    """

    state: State
    result: Int[Array | np.ndarray, " trials"]
    ticks: Int[Array | np.ndarray, " trials"]
    outputs: Int[Array | np.ndarray, "trials _room"]
    output_counts: Int[Array | np.ndarray, " trials"]


class _Start(NamedTuple):
    """How a run stands when a call of the compiled loop begins, and when it ends."""

    activities: States
    areas: AreaStates
    finite: Bool[Array, " trials"]
    tick: Int[Array, ""]
    position: PyTree
    outputs: Outputs
    most: Any = np.int32(np.iinfo(np.int32).max)  # ticks of a call


class _Call(NamedTuple):
    """What one call of the compiled loop comes to: how the run stands, what was recorded, the results."""

    end: _Start
    recorded: Record | None
    ticks: Int[Array, " trials"]
    result: Int[Array, " trials"]
    paused: Bool[Array, ""]


def drive(
    network: Network,
    controller: AbstractController,
    given: Given,
    draws: Draws,
    state: State,
    *,
    record: str,
    room: int,
    tell: Tell | None = None,
    devices: Devices | None = None,
) -> tuple[Outcome, Record | None]:
    """Run a network under a controller to the end.

    The compiled loop has room for so many recorded ticks and outputs, and takes so many ticks at the most. Then it
    pauses; what is in it is taken out here, and the loop is gone on with. So nothing is computed twice, whatever a
    program's length, and Python hears an interrupt between two calls.

    **Arguments:**

    - `record`: as for `run`.
    - `room`: how many ticks can be recorded in one call.
    - `tell`: is told after every call how many ticks there have been, and which trials have ended.
    - `devices`: those that the trials are spread over, None for one.

    **Returns:** the outcome, and what was recorded of every tick.
    """
    trials, anonymous = state.trials, unnamed(network)
    # A controller of numbers on the host is the same for every call.
    known = flat(controller) if is_traced(controller) else _on_device(controller)
    traced = is_inside_trace() or is_traced((anonymous.leaves, known.leaves, given, draws, state))
    # Arrays of NumPy, so that nothing is computed for them before the compiled loop.
    finite: Any = np.ones(trials, bool)
    tick: Any = np.int32(0)
    start = _Start(
        activities=state.activities,
        areas=Coding(network, state.areas).begun(),
        finite=finite,
        tick=tick,
        position=controller.init(trials),
        outputs=_no_outputs(controller, trials),
    )
    if devices is not None:
        anonymous, known = placed_network(network, devices), placed_controller(controller, devices)
        lying = Given(by_trials(devices, given.symbols, axis=1), by_trials(devices, given.stream))
        given = devices.put(given, lying)
        draws = devices.put(draws, by_trials(devices, draws))
    pace, taken = Pace(network, trials, devices), Taken(record)
    while True:
        start = start if traced else start._replace(most=pace.begin())
        if devices is not None:
            start = devices.put(start, by_trials(devices, start))
        with calling():
            call = _drive(
                anonymous, known, given, draws, start, record=record, room=room, traced=traced, devices=devices
            )
        if devices is not None:
            call = _told_to_all(call)
        taken.take(call.end.outputs, call.recorded, call.end.tick)
        if tell is not None and not traced:
            tell(int(call.end.tick), _ended(call, controller))
        # A program that is known to end within one call is not waited for.
        if traced or not _pauses(controller, record, pace.most) or not bool(call.paused):
            break
        pace.end()
        start = call.end._replace(outputs=_no_outputs(controller, trials))
    outputs = taken.outputs()
    outcome = Outcome(
        state=dataclasses.replace(state, activities=call.end.activities, areas=call.end.areas, origin=network.origin),
        result=call.result,
        ticks=call.ticks,
        outputs=outputs.symbols,
        output_counts=outputs.counts,
    )
    return outcome, taken.recorded()


def _told_to_all(call: _Call) -> _Call:
    """What came out, as every process is told of all trials; states stay with the devices that have computed them."""
    recorded, ticks, result = on_host((call.recorded, call.ticks, call.result))
    end = call.end._replace(outputs=on_host(call.end.outputs))
    return _Call(end, recorded, ticks, result, call.paused)


def _ended(call: _Call, controller: AbstractController) -> Bool[np.ndarray, " trials"]:
    """Which trials have ended. Those of a straight line end together."""
    rows = on_host(controller.progress(call.end.position).rows)
    going_on = bool(call.paused)
    return np.full(len(call.ticks), not going_on) if rows is None or not going_on else np.asarray(rows) < 0


@kept
def _on_device(controller: AbstractController) -> Flat:
    """A controller's tables, where compiled functions read them, so that they are sent there once."""
    # It is kept for all later calls, so its arrays must be known even if they are first asked for while JAX traces.
    with jax.ensure_compile_time_eval():
        # `jnp.asarray` would be compiled for each of its shapes.
        return flat(jax.device_put(controller, may_alias=False))


def _pauses(controller: AbstractController, record: str, most: int) -> bool:
    """Whether the loop may ever pause; otherwise nobody need wait for it to see whether it has."""
    return controller.emits or record != "final" or controller.longest is None or controller.longest > most


def _no_outputs(controller: AbstractController, trials: int) -> Outputs:
    room = OUTPUTS if controller.emits else 1
    symbols: Any = np.full((trials, room), NO_SYMBOL, np.int32)
    counts: Any = np.zeros(trials, np.int32)
    return Outputs(symbols, counts)


class _Carry(NamedTuple):
    """What the compiled loop carries from stretch to stretch."""

    tick: Int[Array, ""]
    position: PyTree
    outputs: Outputs
    standing: Standing
    recorded: Record | None


@partial(jax.jit, static_argnames=("record", "room", "traced", "devices"))
def _drive(
    anonymous: Flat,
    known: Flat,
    given: Given,
    draws: Draws,
    start: _Start,
    *,
    record: str,
    room: int,
    traced: bool,
    devices: Devices | None,
) -> _Call:
    """All stretches, then some more ticks without noise to see whether the state comes to rest.

    **Arguments:**

    - `anonymous`, `known`: the network, without names, and the controller.
    - `traced`: whether this is part of a function that JAX traces. Then it does not pause, and the number of products
        does not depend on the state, so that `jax.vmap` leaves all loops and branches what they are.
    """
    compiling("a run")
    network: Network = anonymous.tree
    controller: AbstractController = known.tree
    activity = stack(start.activities, devices)
    # Trials that are on several devices are not taken one after the other.
    read = readers(network, activity.halves.shape[2], by_rows=not traced and devices is None)
    setup = Setup(network, read, draws, lean=not traced)

    def left(carry: _Carry) -> Int[Array, ""]:
        return jnp.int32(room) - (carry.tick - start.tick)

    def paused(carry: _Carry) -> Bool[Array, ""]:
        if traced:
            return jnp.bool_(False)
        full = carry.tick - start.tick >= start.most
        if record != "final":
            full |= left(carry) <= 0
        if controller.emits:
            full |= jnp.any(carry.outputs.counts >= carry.outputs.symbols.shape[1])
        return full

    def go_on(phase: Phase, carry: _Carry) -> _Carry:
        most = start.most - (carry.tick - start.tick)
        most = most if record == "final" else jnp.minimum(most, left(carry))
        standing = carry.standing
        coding = Coding(network, standing.areas)
        readings = Readings(given, network, read, standing.activity, coding, carry.outputs, most, phase.quiet)
        position, stretch = controller.next(carry.position, readings)
        rows = controller.progress(carry.position).rows

        def note(number: Int[Array, ""], standing: Standing, recorded: Record | None) -> Record | None:
            seen = observe(Coding(network, standing.areas), standing.activity, rows, record)
            return noted(recorded, number - start.tick, seen, quiet=phase.quiet)

        before = standing, carry.recorded
        after = take(setup, stretch, phase, carry.tick, carry.tick == start.tick, note, before)
        return _Carry(carry.tick + stretch.ticks, position, stretch.outputs, *after)

    def look() -> Record | None:
        return observe(Coding(network, start.areas), activity, controller.progress(start.position).rows, record)

    loop: Loop[_Carry, tuple] = Loop(
        going_on=lambda carry: controller.going_on(carry.position),
        paused=paused,
        go_on=go_on,
        at_rest=lambda carry: carry.standing.at_rest(),
        keep=lambda carry: (carry.tick, unstack(start.activities, carry.standing.activity), carry.standing.areas),
    )
    # What has been imprinted may excite what is silent.
    still = activity.silent() & calm(network, read) & (Coding(network, start.areas).imprinted is None)
    # Where all is computed at every tick, nothing is gained.
    products = no_products(network.wiring, activity) if setup.lean and draws.noise is None else None
    standing = started(activity, start.areas, still, products)
    first = _Carry(start.tick, start.position, start.outputs, standing, blank(look, room))
    last, (tick, activities, areas), settled = run_and_settle(loop, first, to_the_last=traced or bool(start.areas))
    finite = start.finite & last.standing.all_finite()
    progress, trials = controller.progress(last.position), len(finite)
    failed = Coding(network, areas).failed(trials)
    result = jnp.where(progress.limit_reached & finite, jnp.int32(Result.LIMIT), judged(finite, settled))
    result = jnp.where(failed & finite, jnp.int32(Result.NO_FREE_CODE), result)
    end = _Start(activities, areas, finite, tick, last.position, last.outputs)
    if devices is not None:
        # As they lay at the beginning, so that the next call is the same to the compiler.
        end = jax.lax.with_sharding_constraint(end, by_trials(devices, end))
    ticks = jnp.broadcast_to(progress.ticks, (trials,))
    return _Call(end, last.recorded, ticks, result, controller.going_on(last.position))
