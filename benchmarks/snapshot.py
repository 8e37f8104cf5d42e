"""How many snapshots a memory holds: the fourth of four buffers from the other three, up to where it breaks.

Snapshots of random symbols are stored one after another in one trial; at every load, cues of three buffers are asked
in batches, the most recent match being right. Beside it: recalls by cues that were never stored together, and the time
that a store and a recall take in a batch, in a memory that is full.

    python benchmarks/snapshot.py --loads 1000 3000 10000
"""

import argparse
import itertools
import statistics
import time
from typing import Any

import jax
import numpy as np
from recording import record
from scipy.stats import binomtest
from tqdm import tqdm

import attractorbind as ab

BUFFERS = ("a", "b", "c", "d")
CUE = BUFFERS[:3]
# Cues asked in one run; fewer where a trial's weights are large.
BATCH, BATCH_BYTES = 250, 500_000_000
# Noise a tick, the fraction of snapshots that have one symbol in the fourth buffer, and up to what load.
CONDITIONS = ((0.0, 0.0, 20_000), (0.0, 0.1, 3000), (0.0, 1.0, 3000), (0.02, 0.0, 6000))
# Snapshots stored in one run.
PIECE = 500


def build(options: argparse.Namespace, capacity: int) -> ab.Network:
    memory = ab.SnapshotMemory("m", units=options.memory_units, activity=options.assembly, capacity=capacity)
    return ab.build(
        ab.Vocabulary([f"s{number}" for number in range(options.symbols)]),
        buffers=dict.fromkeys(BUFFERS, options.units),
        relays=[],
        areas=[memory],
        activity=options.activity,
        rule=ab.MaximalStability(),
        key=jax.random.key(options.seed),
    )


def store(network: ab.Network, state: ab.State, snapshots: np.ndarray, noise: float, seed: int) -> ab.State:
    """The state after one trial has stored these snapshots, a row of symbols each."""
    names = network.vocabulary.names
    body = sum((ab.read(buffer) for buffer in BUFFERS), ab.Program()) + ab.store("m", BUFFERS)
    for start in range(0, len(snapshots), PIECE):
        rows = snapshots[start : start + PIECE]
        key = jax.random.fold_in(jax.random.key(seed), start)
        stream = [names[symbol] for symbol in rows.ravel()]
        state = ab.run(network, ab.repeat(len(rows), body), state, inputs=stream, noise=noise, key=key).state
    return state


def recall(
    network: ab.Network, state: ab.State, cues: list[tuple[int, ...]], noise: float, seed: int, label: str
) -> list[str | None]:
    """What the fourth buffer holds after a recall by each of these cues."""
    names = network.vocabulary.names
    program = sum((ab.load(buffer, ab.arg(buffer)) for buffer in CUE), ab.Program()) + ab.recall("m", CUE)
    bytes_of_trial = sum(array.nbytes for array in jax.tree.leaves(state.areas)) // state.trials
    batch = max(1, min(BATCH, BATCH_BYTES // bytes_of_trial))
    answers = []
    for start in tqdm(range(0, len(cues), batch), desc=label, leave=False):
        rows = cues[start : start + batch]
        filled = rows + rows[:1] * (batch - len(rows))
        args = {buffer: [names[row[i]] for row in filled] for i, buffer in enumerate(CUE)}
        key = jax.random.fold_in(jax.random.key(seed), start)
        trace = ab.run(network, program, state, args=args, noise=noise, key=key, throw=False)
        answers += trace.decode()["d"][: len(rows)]
    return answers


def seconds(network: ab.Network, state: ab.State, program: ab.Program, trials: int) -> float:
    """The seconds of one instruction, without compiling: the median of many less that of a few, by their difference."""
    args = {buffer: ["s1"] * trials for buffer in CUE}
    loaded = sum((ab.load(buffer, ab.arg(buffer)) for buffer in CUE), ab.Program())
    lengths = (5, 25)
    schedules = {times: (loaded + program * times).compile(network) for times in lengths}
    taken: dict[int, list[float]] = {times: [] for times in lengths}
    for _, times in itertools.product(range(6), lengths):
        start = time.perf_counter()
        jax.block_until_ready(ab.run(network, schedules[times], state, args=args).state)
        taken[times].append(time.perf_counter() - start)
    few, many = (statistics.median(taken[times][1:]) for times in lengths)
    return (many - few) / (lengths[1] - lengths[0])


def measured(options: argparse.Namespace, load: int, noise: float, common: float) -> dict[str, Any]:
    """A row of the table: so many snapshots, in a fraction of which the fourth buffer holds the same symbol."""
    network = build(options, load)
    names = network.vocabulary.names
    generator = np.random.default_rng(options.seed)
    snapshots = generator.integers(options.symbols, size=(load, 4))
    snapshots[generator.random(load) < common, 3] = 0
    state = store(network, network.silent(), snapshots, noise, options.seed)
    # Of snapshots with the same cue the last one stands, which is what a recall should bring.
    newest = {tuple(cue): names[answer] for *cue, answer in snapshots.tolist()}
    known = list(newest)
    cues = [known[i] for i in generator.permutation(len(known))[: options.cues]]
    answers = recall(network, state, cues, noise, options.seed, f"{load} stored")
    right = sum(answer == newest[cue] for answer, cue in zip(answers, cues, strict=True))
    interval = binomtest(right, len(cues)).proportion_ci(method="wilson")
    # Two buffers of one snapshot with the third of another: no cue that was never stored is more like a stored one.
    rows = generator.integers(load, size=(2 * options.new_cues, 2))
    mixed = (tuple(map(int, (*snapshots[first, :2], snapshots[second, 2]))) for first, second in rows)
    new = list(itertools.islice((cue for cue in mixed if cue not in newest), options.new_cues)) if load <= 1000 else []
    false = sum(answer is not None for answer in recall(network, state, new, noise, options.seed, "never stored"))
    return {
        "noise": noise,
        "common symbol": common,
        "snapshots": load,
        "cues": len(cues),
        "right": right / len(cues),
        "from": float(interval.low),
        "to": float(interval.high),
        "new cues": len(new),
        "false recalls": false,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--loads", type=int, nargs="+", default=[1000, 3000, 6000, 10_000, 20_000])
    parser.add_argument("--cues", type=int, default=500, help="cues at each load")
    parser.add_argument("--new-cues", type=int, default=10_000, help="cues never stored, at loads up to 1000")
    parser.add_argument("--symbols", type=int, default=100)
    parser.add_argument("--units", type=int, default=512)
    parser.add_argument("--activity", type=float, default=0.1)
    parser.add_argument("--memory-units", type=int, default=4096)
    parser.add_argument("--assembly", type=float, default=0.02, help="fraction of the memory's units in an assembly")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    rows = []
    for (noise, common, most), load in itertools.product(CONDITIONS, sorted(options.loads)):
        if load <= most:
            rows.append(measured(options, load, noise, common))
    record("snapshot", rows)
    small = build(options, 256)
    # All rows are taken, and the last of them is what the cue brings back.
    taken = np.random.default_rng(options.seed).integers(options.symbols, size=(256, 4))
    taken[-1] = 1
    full = store(small, small.silent(), taken, 0.0, options.seed)
    speeds = [
        {
            "trials": trials,
            "snapshots": 256,
            "ms a store": 1e3 * seconds(small, full, ab.store("m", BUFFERS), trials),
            "ms a recall": 1e3 * seconds(small, full, ab.recall("m", CUE), trials),
            "ms 5 ticks at rest": 1e3 * seconds(small, full, ab.hold(5), trials),
        }
        for trials in (1, 16, 256)
    ]
    record("snapshot", speeds, part="speed")


if __name__ == "__main__":
    main()
