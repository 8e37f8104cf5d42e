"""How long trials take whose gates are chosen by basal ganglia, beside the same task done by a written program.

The task is store/ignore/recall. The written program asks what the operation is and copies accordingly; the learned one
reads, chooses the gates, and is rewarded. Both run on the same network, in the same process and in turns, after they
were compiled. The ratio is that of the medians; ticks are told beside it, since the two need different numbers of them.
The choices are those of a policy that has learned nothing: what it costs does not depend on what it chooses.

    python benchmarks/gating.py --trials 16 256 1024
"""

import argparse
import functools
import statistics
import time
from collections.abc import Callable

import jax
from recording import record

import attractorbind as ab
from attractorbind import gating, tasks

SLOTS = ("slot1", "slot2")
SOURCES = ("item", *SLOTS)


def build_network(units: int) -> ab.Network:
    """A buffer for each channel, two slots, the answer and the target."""
    common = {"reads": ["operation"], "rate": 1.0}
    store = gating.BasalGanglia("store", gates=[f"item->{slot}" for slot in SLOTS], **common)
    route = gating.BasalGanglia("route", gates=[f"{source}->out" for source in SOURCES], trace=0.0, **common)
    task = tasks.store_ignore_recall(5)
    return ab.build(
        ab.Vocabulary([*task.symbols, "-"]),
        buffers=dict.fromkeys((*task.channels, *SLOTS, "out", "target"), units),
        relays=[*(("item", slot) for slot in SLOTS), *((source, "out") for source in SOURCES), ("out", "target")],
        areas=[store, route],
        activity=0.1,
        rule=ab.MaximalStability(),
        key=jax.random.key(0),
    )


def written(steps: int) -> ab.Program:
    """The gates by conditions."""
    holds = {name: ab.holds("operation", name) for name in ("S1", "S2", "R1", "R2")}
    store = ab.when(holds["S1"], ab.copy("item", "slot1"), ab.when(holds["S2"], ab.copy("item", "slot2")))
    recall = ab.when(holds["R2"], ab.copy("slot2", "out"), ab.copy("item", "out"))
    answer = ab.when(holds["R1"], ab.copy("slot1", "out"), recall)
    return ab.repeat(steps, ab.read("operation") + ab.read("item") + store + answer + ab.read("target"))


def unasked(steps: int) -> ab.Program:
    """The same gates in all trials, whatever the operation is: no condition, no choice."""
    step = (
        ab.read("operation") + ab.read("item") + ab.copy("item", "slot1") + ab.copy("item", "out") + ab.read("target")
    )
    return ab.repeat(steps, step)


def learned(steps: int, *, rewarded: bool) -> ab.Program:
    """The gates by choice, and perhaps what is learned from the answer."""
    act = ab.choose("store", gates=[f"item->{slot}" for slot in SLOTS])
    act += ab.choose("route", one_of=[f"{source}->out" for source in SOURCES])
    reward = ab.reward(when=ab.equal("out", "target"), through="route") if rewarded else ab.Program()
    return ab.repeat(steps, ab.read("operation") + ab.read("item") + act + ab.read("target") + reward)


def timed(run: Callable[[], ab.Trace]) -> float:
    """Seconds."""
    started = time.perf_counter()
    jax.block_until_ready(run().state)
    return time.perf_counter() - started


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--trials", type=int, nargs="+", default=[16, 256, 1024])
    parser.add_argument("--units", type=int, nargs="+", default=[128, 512])
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=9)
    chosen = parser.parse_args()
    rows = []
    for units in chosen.units:
        network = build_network(units)
        for trials in chosen.trials:
            drawn = tasks.store_ignore_recall(5, trials=chosen.steps).episodes(trials, key=jax.random.key(1))
            inputs, key = drawn.inputs(targets=True, nothing="-"), jax.random.key(2)
            programs = {
                "written": written(chosen.steps),
                "written, without conditions": unasked(chosen.steps),
                "learned": learned(chosen.steps, rewarded=False),
                "learned, rewarded": learned(chosen.steps, rewarded=True),
            }
            run = functools.partial(ab.run, network, inputs=inputs, key=key, throw=False)
            runs = {name: functools.partial(run, program) for name, program in programs.items()}
            ticks = {name: int(run().ticks.max()) for name, run in runs.items()}
            seconds: dict[str, list[float]] = {name: [] for name in runs}
            for _ in range(chosen.rounds):
                for name, run in runs.items():
                    seconds[name].append(timed(run))
            medians = {name: statistics.median(times) for name, times in seconds.items()}
            rows += [
                {
                    "units": units,
                    "trials": trials,
                    "control": name,
                    "ticks": ticks[name],
                    "ms": 1e3 * median,
                    "of the written program's": median / medians["written"],
                }
                for name, median in medians.items()
            ]
    record("gating", rows)


if __name__ == "__main__":
    main()
