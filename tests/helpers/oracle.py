"""A second implementation of networks and programs, in NumPy and Python loops, to check the first against.

Written from the documentation alone: it shares no code with attractorbind and knows nothing of JAX. Programs are lists
of tuples, the instruction's name first:

    ("load", buffer, symbol)   ("present", buffer, symbol, ticks)   ("gates", {name: opening}, [closed names], ticks)
    ("clear", buffer)   ("hold", ticks)   ("copy", a, b)   ("move", a, b)   ("swap", a, b)   ("swap", a, b, via)

A tick is the tuple (openings of the gates that are not at rest, buffer that is presented to or None, symbol or None).
"""

import itertools
from typing import NamedTuple

import numpy as np

SETTLE = 2


class Link(NamedTuple):
    """One projection: names of its populations and its gate, weights (source, target) and bias in float64."""

    source: str
    target: str
    gate: str
    weights: np.ndarray
    bias: np.ndarray


class Plain(NamedTuple):
    """A network as plain data: `gates` maps a gate's name to (source buffer, target buffer)."""

    symbols: list[str]
    buffers: list[str]
    codes: dict[str, np.ndarray]
    gates: dict[str, tuple[str, str]]
    links: list[Link]
    drive: float


def is_latch(gate):
    return "->" not in gate


def delay(net, gate):
    """Ticks a symbol takes through a gate: one for each projection in a row under it."""
    return sum(link.gate == gate for link in net.links)


def shortest_path(net, source, target):
    """Breadth-first search over the relays, which must lead from one to the other."""
    came_from, frontier = {source: None}, [source]
    while frontier:
        here = frontier.pop(0)
        if here == target:
            path = [here]
            while came_from[path[0]] is not None:
                path.insert(0, came_from[path[0]])
            return path
        for gate, (a, b) in net.gates.items():
            if not is_latch(gate) and a == here and b not in came_from:
                came_from[b] = here
                frontier.append(b)
    raise ValueError(f"no way from {source} to {target}")


def expand(net, instruction):
    """One instruction as a list of ticks."""
    name, *operands = instruction
    rest = ({}, None, None)
    if name == "gates":
        opened, closed, ticks = operands
        return [(opened | dict.fromkeys(closed, 0.0), None, None)] * ticks
    if name == "present":
        buffer, symbol, ticks = operands
        return [({}, buffer, symbol)] * ticks
    if name == "load":
        buffer, symbol = operands
        return [({}, buffer, symbol)] * delay(net, buffer) + [rest] * SETTLE
    if name == "hold":
        return [rest] * operands[0]
    if name == "clear":
        return [({operands[0]: 0.0}, None, None)]
    if name == "move":
        return expand(net, ("copy", *operands)) + expand(net, ("clear", operands[0]))
    if name == "swap" and len(operands) == 3:
        first, second, via = operands
        return [
            tick for pair in ((first, via), (second, first), (via, second)) for tick in expand(net, ("copy", *pair))
        ]
    first, second = operands
    if name == "swap":
        there, back = f"{first}->{second}", f"{second}->{first}"
        exchange = ({there: 1.0, back: 1.0, first: 0.0, second: 0.0}, None, None)
        return [exchange] * delay(net, there) + [rest] * SETTLE
    if name != "copy":
        raise ValueError(f"no such instruction: {instruction}")
    ticks = []
    for a, b in itertools.pairwise(shortest_path(net, first, second)):
        relay = f"{a}->{b}"
        ticks += [({relay: 1.0, b: 0.0}, None, None)] * delay(net, relay)
        ticks += [({relay: 1.0}, None, None)] * delay(net, b)
        ticks += [rest] * SETTLE
    return ticks


def advance(net, state, tick, further=None):
    """One synchronous tick of every unit of every population, in float64, where all these sums are exact.

    `further` maps populations to what they receive beside.
    """
    openings, presented, symbol = tick
    following = {}
    for population, activity in state.items():
        field = np.zeros(len(activity)) + (further or {}).get(population, 0.0)
        for link in net.links:
            opening = openings.get(link.gate, 1.0 if is_latch(link.gate) else 0.0)
            if link.target == population and opening > 0:
                field += opening * (state[link.source].astype(float) @ link.weights + link.bias)
        if population == presented:
            code = net.codes[population][net.symbols.index(symbol)]
            field += np.where(code, net.drive, -net.drive)
        following[population] = field > 0
    return following


def run(net, program, state):
    """The state after every tick, and whether it comes to rest then."""
    ticks = [tick for instruction in program for tick in expand(net, instruction)]
    states = []
    for tick in ticks:
        state = advance(net, state, tick)
        states.append(state)
    return states, settles(net, state, ticks[-1][0])


def settles(net, state, openings):
    """Whether a state comes to rest within 10 more ticks under the last gates, after one."""
    quiet = (openings, None, None)
    state, settled = advance(net, state, quiet), False
    for _ in range(10):
        before, state = state, advance(net, state, quiet)
        settled = all(np.array_equal(before[name], state[name]) for name in state)
    return settled


def decode(net, state):
    """Buffer to the symbol whose code correlates most with its state, None below 1/2; in whole numbers, so exact."""
    held = {}
    for buffer in net.buffers:
        units, active = net.codes[buffer].shape[1], int(net.codes[buffer][0].sum())
        on = int(state[buffer].sum())
        shared = [int((state[buffer] & code).sum()) for code in net.codes[buffer]]
        best = shared.index(max(shared))
        covariance = units * shared[best] - on * active
        variance = on * (units - on) * active * (units - active)
        stands = variance > 0 and covariance > 0 and 4 * covariance**2 >= variance
        held[buffer] = net.symbols[best] if stands else None
    return held
