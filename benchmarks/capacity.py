"""How many symbols every storage rule copies exactly, beside what theory allows.

Two buffers and a relay. The source settles for 10 ticks, its symbol is copied, and the target holds it for 20 ticks; a
symbol counts if every unit of the target is right then. All symbols of the vocabulary are tried. Noise q: each active
unit of the source's start state is dropped with probability q, and as many others are added. Loads go up until a rule
copies nothing, or has learned for longer than patience allows. The critical load is where half of the symbols would be
copied, between the last load at which more are, and the first at which fewer are, both for sure (95 % Wilson
intervals).

    python benchmarks/capacity.py --units 256 512 --activities 0.1 --plot capacity.png
    python benchmarks/capacity.py --add --units 512 --activities 0.1 --rules MaximalStability --loads 3.5 4
"""

import argparse
import itertools
import json
import time
import warnings
from typing import Any

import jax
import jax.numpy as jnp
import matplotlib.pyplot as plt
import numpy as np
from recording import RESULTS, record
from theory import HOPFIELD_LOAD, critical_load
from tqdm import tqdm
from training import RULES

import attractorbind as ab
from attractorbind.plotting import plot_capacity

LOADS = [0.05, 0.1, 0.14, 0.2, 0.3, 0.5, 0.7, 1.0, 1.5, 2.0, 2.5, 3.0, 3.5, 4.0, 5.0, 6.0, 8.0, 10.0, 12.0]
PROGRAM = ab.hold(10) + ab.copy("source", "target") + ab.hold(20)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--units", type=int, nargs="+", default=[256, 512, 1024])
    parser.add_argument("--activities", type=float, nargs="+", default=[0.5, 0.1, 0.05, 0.02])
    parser.add_argument("--loads", type=float, nargs="+", default=LOADS)
    parser.add_argument("--noises", type=float, nargs="+", default=[0.0, 0.1, 0.3])
    parser.add_argument("--rules", nargs="+", choices=list(RULES), default=list(RULES))
    parser.add_argument("--patience", type=float, default=60.0, help="seconds of learning after which loads are enough")
    parser.add_argument("--add", action="store_true", help="keep the figures that results/ has of other cases")
    parser.add_argument("--plot", metavar="FILE", help="draw the curves of the first size")
    options = parser.parse_args()
    earlier = json.loads((RESULTS / "capacity.json").read_text()) if options.add else None
    rows: list[dict[str, Any]] = []
    cases = list(itertools.product(options.units, options.activities, options.rules))
    for units, activity, rule in tqdm(cases, desc="curves"):
        rows += curve(units, activity, rule, sorted(options.loads), options.noises, options.patience)
    if earlier:
        rows = beside(earlier["rows"], rows)
    record("capacity", rows, earlier=earlier)
    record("capacity", critical(rows), part="critical", earlier=earlier)
    if options.plot:
        draw(rows, options.units[0], options.plot)


def beside(before: list[dict[str, Any]], rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The new rows, and the old ones of all cases that were not measured again, from small loads to large ones."""
    cases = {case_of(row) for row in rows}
    return sorted([*[row for row in before if case_of(row) not in cases], *rows], key=lambda row: row["S/N"])


def case_of(row: dict[str, Any]) -> tuple:
    return tuple(row[name] for name in ("rule", "units", "f", "S/N", "noise"))


def curve(
    units: int, activity: float, rule: str, loads: list[float], noises: list[float], patience: float
) -> list[dict[str, Any]]:
    """The rows of one rule, from small loads to the first at which nothing is copied or patience ends."""
    rows = []
    for load in loads:
        started = time.perf_counter()
        network = built(units, round(load * units), activity, rule)
        learning = time.perf_counter() - started
        symbols = len(network.vocabulary)
        shares = ab.Proportion(np.array([exact(network, noise).sum() for noise in noises]), symbols)
        for noise, share, low, high in zip(noises, shares.fraction, *shares.interval, strict=True):
            case = {"rule": rule, "units": units, "f": activity, "S/N": load, "symbols": symbols, "noise": noise}
            rows.append(case | {"exact": float(share), "from": float(low), "to": float(high)})
        if not shares.right.any() or learning > patience:
            break
    return rows


def built(units: int, symbols: int, activity: float, rule: str) -> ab.Network:
    with warnings.catch_warnings():
        # The warning is expected: loads go up until nothing is copied.
        warnings.simplefilter("ignore", ab.CapacityWarning)
        return ab.build(
            ab.Vocabulary([f"s{number}" for number in range(symbols)]),
            buffers={"source": units, "target": units},
            relays=[("source", "target")],
            activity=activity,
            rule=RULES[rule],
            key=jax.random.key(0),
        )


def exact(network: ab.Network, noise: float) -> np.ndarray:
    """For every symbol, whether the target has each unit right at the end."""
    codes = np.asarray(network.codes("source"))
    start = network.silent(len(codes)).replace("source", jnp.asarray(corrupted(codes, noise), jnp.float32))
    final = np.asarray(ab.run(network, PROGRAM, start, throw=False).state["target"]) > 0
    return (final == np.asarray(network.codes("target"))).all(axis=1)


def corrupted(codes: np.ndarray, noise: float) -> np.ndarray:
    """The codes, each unit that is on dropped with a probability, and as many others added."""
    generator = np.random.default_rng(0)
    damaged = codes.copy()
    for code, damage in zip(codes, damaged, strict=True):
        dropped = np.flatnonzero(code & (generator.random(len(code)) < noise))
        damage[dropped] = False
        damage[generator.choice(np.flatnonzero(~code), min(len(dropped), (~code).sum()), replace=False)] = True
    return damaged


def critical(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The critical load of each curve, beside theory's."""
    found = []
    for key, group in itertools.groupby(
        sorted(rows, key=lambda row: (row["f"], row["units"], row["rule"], row["noise"], row["S/N"])),
        key=lambda row: {name: row[name] for name in ("rule", "units", "f", "noise")},
    ):
        points = list(group)
        above = [row["S/N"] for row in points if row["from"] > 0.5]
        below = [row["S/N"] for row in points if row["to"] < 0.5]
        found.append(
            {
                **key,
                "most for all": max((row["S/N"] for row in points if row["exact"] == 1), default=0.0),
                "critical": crossing(points),
                "from": max(above, default=0.0),
                "to": min(below, default=None),
                "Gardner": critical_load(key["f"]),
                "Hopfield": HOPFIELD_LOAD if key["f"] == 0.5 else None,
            }
        )
    return found


def crossing(points: list[dict[str, Any]]) -> float | None:
    """The load at which half of the symbols would be copied, on a straight line between two that were tried."""
    for lower, upper in itertools.pairwise(points):
        if lower["exact"] >= 0.5 > upper["exact"]:
            share = (lower["exact"] - 0.5) / (lower["exact"] - upper["exact"])
            return lower["S/N"] + share * (upper["S/N"] - lower["S/N"])
    return None


def draw(rows: list[dict[str, Any]], units: int, path: str) -> None:
    """One panel for each activity and noise, with the curves of all rules and Gardner's limit."""
    activities, noises = (sorted({row[name] for row in rows}) for name in ("f", "noise"))
    figure, panels = plt.subplots(
        len(activities),
        len(noises),
        figsize=(4.2 * len(noises), 2.6 * len(activities)),
        squeeze=False,
        sharex=True,
        sharey=True,
        layout="constrained",
    )
    for (activity, noise), axes in zip(itertools.product(activities, noises), panels.flat, strict=True):
        curves: dict[str, tuple[list[float], list[ab.Proportion]]] = {}
        for row in rows:
            if (row["units"], row["f"], row["noise"]) == (units, activity, noise):
                loads, shares = curves.setdefault(row["rule"], ([], []))
                loads.append(row["S/N"])
                shares.append(ab.Proportion(np.array(round(row["exact"] * row["symbols"])), row["symbols"]))
        plot_capacity(curves, limits={"Gardner's limit": critical_load(activity)}, axes=axes)
        axes.set(xscale="log", title=f"f = {activity:g}, noise {noise:g}")
        axes.get_legend().remove()
        axes.label_outer()
    figure.legend(*panels[0, 0].get_legend_handles_labels(), loc="outside upper center", ncols=3, frameon=False)
    figure.savefig(path, dpi=120)


if __name__ == "__main__":
    main()
