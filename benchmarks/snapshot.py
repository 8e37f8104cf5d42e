"""How many snapshots a memory holds: the fourth of four buffers from the other three, up to where it breaks.

Snapshots of random symbols are stored one after another in one trial; at every load, cues of three buffers are asked
in a batch, as is the most recent match. Beside it: recalls by cues that were never stored, and the seconds that a store
and a recall take in a batch.

    python benchmarks/snapshot.py --loads 1000 3000 10000
"""

import argparse
import itertools
import statistics
import time

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
# Snapshots stored in one run.
PIECE = 500


def build(options: argparse.Namespace, capacity: int) -> ab.Network:
    memory = ab.SnapshotMemory("m", units=options.memory_units, activity=options.assembly, capacity=capacity)
    return ab.build(
        ab.Vocabulary([f"s{number}" for number in range(options.symbols)]),
        buffers=dict.fromkeys(BUFFERS, options.units),
        relays=[],
        memories=[memory],
        activity=options.activity,
        rule=ab.MaximalStability(),
        key=jax.random.key(options.seed),
    )


def store(network: ab.Network, state: ab.State, told: np.ndarray, noise: float, seed: int) -> ab.State:
    """The state after one trial has stored these rows of symbols."""
    names = network.vocabulary.names
    body = sum((ab.read(buffer) for buffer in BUFFERS), ab.Program()) + ab.store("m", BUFFERS)
    for start in range(0, len(told), PIECE):
        rows = told[start : start + PIECE]
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
    bytes_of_trial = sum(array.nbytes for array in jax.tree.leaves(state.memories)) // state.trials
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


def seconds(network: ab.Network, program: ab.Program, trials: int) -> float:
    """The median seconds of a run, without compiling."""
    args = {buffer: ["s1"] * trials for buffer in CUE}
    loaded = sum((ab.load(buffer, ab.arg(buffer)) for buffer in CUE), ab.Program())
    taken = []
    for _ in range(6):
        start = time.perf_counter()
        jax.block_until_ready(ab.run(network, loaded + program * 10, args=args).state)
        taken.append(time.perf_counter() - start)
    return statistics.median(taken[1:]) / 10


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--loads", type=int, nargs="+", default=[1000, 3000, 6000, 10_000, 20_000])
    parser.add_argument("--noise", type=float, nargs="+", default=[0.0, 0.02])
    parser.add_argument("--cues", type=int, default=1000, help="cues at each load")
    parser.add_argument("--new-cues", type=int, default=10_000, help="cues that were never stored, at the first load")
    parser.add_argument("--symbols", type=int, default=100)
    parser.add_argument("--units", type=int, default=512)
    parser.add_argument("--activity", type=float, default=0.1)
    parser.add_argument("--memory-units", type=int, default=4096)
    parser.add_argument("--assembly", type=float, default=0.02, help="fraction of the memory's units in an assembly")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    loads = sorted(options.loads)
    network = build(options, loads[-1])
    names = network.vocabulary.names
    rows = []
    for noise in options.noise:
        generator = np.random.default_rng(options.seed)
        told = generator.integers(options.symbols, size=(loads[-1], 4))
        state = network.silent()
        for before, load in itertools.pairwise([0, *loads]):
            state = store(network, state, told[before:load], noise, options.seed + before)
            newest = {tuple(cue): names[answer] for *cue, answer in told[:load].tolist()}
            known = list(newest)
            cues = [known[i] for i in generator.permutation(len(known))[: options.cues]]
            answers = recall(network, state, cues, noise, options.seed, f"{load} stored")
            right = sum(answer == newest[cue] for answer, cue in zip(answers, cues, strict=True))
            interval = binomtest(right, len(cues)).proportion_ci(method="wilson")
            row = {
                "noise": noise,
                "snapshots": load,
                "cues": len(cues),
                "right": right / len(cues),
                "from": float(interval.low),
                "to": float(interval.high),
                "new cues": 0,
                "false recalls": 0,
            }
            if load == loads[0]:
                drawn = map(tuple, generator.integers(options.symbols, size=(2 * options.new_cues, 3)).tolist())
                new = list(itertools.islice((cue for cue in drawn if cue not in newest), options.new_cues))
                answers = recall(network, state, new, noise, options.seed, "never stored")
                row |= {"new cues": len(new), "false recalls": sum(answer is not None for answer in answers)}
            rows.append(row)
    record("snapshot", rows)
    small = build(options, 256)
    record(
        "snapshot_speed",
        [
            {
                "trials": trials,
                "snapshots there is room for": 256,
                "ms a store": 1e3 * seconds(small, ab.store("m", BUFFERS), trials),
                "ms a recall": 1e3 * seconds(small, ab.recall("m", CUE), trials),
                "ms 5 ticks at rest": 1e3 * seconds(small, ab.hold(5), trials),
            }
            for trials in (1, 16, 256)
        ],
    )


if __name__ == "__main__":
    main()
