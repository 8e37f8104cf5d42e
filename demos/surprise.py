"""Find where one object ends and the next begins by surprise, and clamp a new target there.

Views of an object follow each other, 5 to 15 of them, and then views of another; nobody tells when. A hierarchy, the
cortex, learns what changes slowly, by the costs Slowness and Decorrelation. A predictor foresees its second layer at
the next view, and where it is surprised a program clamps a new target in a buffer. Told is how well these boundaries
agree with the true ones, on objects never shown: F1. The threshold of surprise is that which is best on other streams,
of shown objects.

With --lessons basal ganglia learn by reward when to clamp, as told in boundary_gate.py. With --replayed another
hierarchy learns views of objects never shown towards the targets that were clamped: by surprise, by the gate, where
objects do change, and after every 10 views. Right is where another view of an object is called by a target that was
clamped for it more than for any other.

    python demos/surprise.py --seeds 5 --shift 0.3 --lessons 40 --replayed 60 --json surprise.json
    python demos/surprise.py --seeds 5 --shift 0.7 --drift
    python demos/surprise.py images_background_small1.zip --shift 1
"""

import argparse
import json
import sys
import time
from pathlib import Path

import jax
import numpy as np
from boundaries import (
    BY_GATE,
    BY_SURPRISE,
    FEW,
    LESSON,
    MANY,
    Plan,
    build_network,
    found_by,
    learned_to_foresee,
    parted,
    with_threshold,
)
from boundary_gate import rewarded
from boundary_names import after_every, called_right, named, other_views, targets_of
from eye_views import characters, digits
from intervals import within
from object_streams import Streams, streams_of

import attractorbind as ab

THRESHOLDS = np.arange(0, 4, 0.05)


def f1(found: np.ndarray, true: np.ndarray) -> float:
    """The harmonic mean of how many that were found are true, and how many that are true were found."""
    return float(2 * np.sum(found & true) / max(np.sum(found) + np.sum(true), 1))


def best_threshold(surprise: np.ndarray, true: np.ndarray) -> float:
    return float(max(THRESHOLDS, key=lambda threshold: f1(surprise > threshold, true)))


def compare(options: argparse.Namespace, plan: Plan, seed: int) -> dict[str, float]:
    """Each figure of one seed."""
    images = digits(seed) if options.file is None else characters(options.file, options.side, seed)
    rng = np.random.default_rng(seed)

    def some(of: np.ndarray, streams: int, views: int) -> Streams:
        return streams_of(of, streams, views, shift=options.shift, drift=options.drift, rng=rng)

    network = build_network(images.shown[0].size, plan, seed)
    seen, foreseen = some(images.shown, plan.together, plan.seen), some(images.shown, FEW, plan.foreseen)
    state = learned_to_foresee(network, seen, foreseen, plan, seed)
    shown, held_out = some(images.shown, MANY, plan.tested), some(images.held_out, MANY, plan.tested)
    surprising = found_by(parted(network, state, shown, BY_SURPRISE)).surprise
    threshold = best_threshold(surprising, shown.first[:, 1:])
    network = with_threshold(network, threshold)
    by_surprise, true = found_by(parted(network, state, held_out, BY_SURPRISE)), held_out.first[:, 1:]
    ways = {"surprise": BY_SURPRISE}
    found = {
        "F1 by surprise": f1(by_surprise.clamped, true),
        "threshold": threshold,
        "F1 at the threshold best here": f1(by_surprise.surprise > best_threshold(by_surprise.surprise, true), true),
    }
    if plan.lessons:
        ways["the gate"] = BY_GATE
        for number in range(plan.lessons):
            streams = some(images.shown, plan.learners, LESSON)
            state, right = rewarded(network, state, streams, key=jax.random.key(number), rng=rng)
        found["F1 by the gate"] = f1(found_by(parted(network, state, held_out, BY_GATE), gate=True).clamped, true)
        found["the gate less surprise"] = found["F1 by the gate"] - found["F1 by surprise"]
        found["right in the gate's last lesson"] = right
    if plan.replayed:
        streams = some(images.held_out, FEW, plan.named)
        others = other_views(images.held_out, streams, options.shift, rng)
        targets = {
            way: [[str(name) for name in row] for row in parted(network, state, streams, clamp).outputs]
            for way, clamp in ways.items()
        }
        targets["true boundaries"] = targets_of(streams.first)
        targets["a cut every 10 views"] = targets_of(after_every(10, streams))
        for way, names in targets.items():
            after = named(network, state, streams, names, plan, seed)
            found[f"called right, {way}"] = called_right(network, after, names, streams, others)
    return found


def look(options: argparse.Namespace) -> int:
    plan = Plan(**{name: getattr(options, name) for name in ("seen", "foreseen", "tested", "lessons", "replayed")})
    for name in ("seeds", "seen", "foreseen", "tested", "side"):
        if getattr(options, name) < 1:
            raise ab.ArgumentError(f"--{name} is {getattr(options, name)}; it must be 1 or more")
    for name in ("lessons", "replayed"):
        if getattr(options, name) < 0:
            raise ab.ArgumentError(f"--{name} is {getattr(options, name)}; it must be 0 or more")
    if not 0 <= options.shift < options.side:
        raise ab.ArgumentError(f"--shift is {options.shift}; it must be 0 or more, and below the side of an image")
    if options.json is not None and not options.json.parent.is_dir():
        raise ab.ArgumentError(f"--json is {options.json}, and there is no folder {options.json.parent}")
    started, figures = time.perf_counter(), []
    for seed in range(options.first, options.first + options.seeds):
        figures.append(compare(options, plan, seed))
        told = ", ".join(f"{name} {value:.3f}" for name, value in figures[-1].items())
        print(f"seed {seed}: {told}; {time.perf_counter() - started:.0f} s", flush=True)
    rows = {}
    print("\nmean, 95% interval, worst")
    for name in figures[0]:
        values = [found[name] for found in figures]
        half = within(values)
        rows[name] = {"mean": float(np.mean(values)), "within": half, "worst": min(values), "values": values}
        print(f"{name:45} {np.mean(values):6.3f}  {'' if half is None else f'+/- {half:.3f}':>10}  {min(values):6.3f}")
    if options.json is not None:
        of = {"file": options.file and options.file.name, "shift": options.shift, "drift": options.drift}
        options.json.write_text(json.dumps({**of, **plan._asdict(), "rows": rows}, indent=1) + "\n", encoding="utf-8")
    return 0


def main(arguments: list[str] | None = None) -> int:
    plan = Plan()
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", nargs="?", type=Path, help="a zip file of Omniglot's images; scikit-learn's digits")
    parser.add_argument("--side", type=int, default=20, help="pixels that characters are shrunk to (%(default)s)")
    parser.add_argument("--shift", type=float, default=0.3, help="pixels at the most (%(default)s)")
    parser.add_argument("--drift", action="store_true", help="poses drift, also from an object to the next")
    parser.add_argument("--seen", type=int, default=plan.seen, help="views in a stream for the cortex (%(default)s)")
    parser.add_argument("--foreseen", type=int, default=plan.foreseen, help="for the predictor (%(default)s)")
    parser.add_argument("--tested", type=int, default=plan.tested, help="to find boundaries in (%(default)s)")
    parser.add_argument("--lessons", type=int, default=plan.lessons, help="of the gate (%(default)s)")
    parser.add_argument("--replayed", type=int, default=plan.replayed, help="how often targets are (%(default)s)")
    parser.add_argument("--first", type=int, default=0, help="the first seed (%(default)s)")
    parser.add_argument("--seeds", type=int, default=1, help="how many (%(default)s)")
    parser.add_argument("--json", type=Path, help="a file for the figures")
    try:
        return look(parser.parse_args(arguments))
    except (OSError, ab.AttractorBindError) as error:
        print(f"surprise: {error}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    raise SystemExit(main())
