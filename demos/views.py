"""Learn what things look like from episodes, by targets that the network itself calls back from its memory.

An episode shows views of one object: a digit shifted, turned and scaled at random, or a character by several hands. The
eyes are a hierarchy of learning layers that drives the buffer "seen". In the first episodes the object's name is heard.
It is copied into "seen", and a snapshot memory ties episode, name and what is seen. Then the episodes are replayed: the
memory calls the name back by the episode, the name is clamped in "seen", and the hierarchy learns every view.

In later episodes there are new views of the same objects, and no names. The hierarchy adds up what it makes of the
views, and drives "seen", whose latch cleans up. The memory recalls the name by that, and ties it to the new episode;
where nothing matches it stays silent, and the episode teaches nothing. Then old and new ones are replayed as before.

The same number of replays follows where the name is recalled after one view; where the true name is heard; where every
later episode has a new name; and where there are only the first episodes. Each is tested on views that were in no
episode: the hierarchy sees one of them, and right is where "seen" decodes to the object's name. Beside it are pixels
and slow features: nearest is the mean of the views whose names were heard.

    python demos/views.py --seeds 5 --json views.json
    python demos/views.py images_background_small1.zip --objects 136 --units 1280 --first 68 --later 45
"""

import argparse
import json
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from intervals import within
from tqdm import tqdm
from view_lessons import (
    RULES,
    Lessons,
    Plan,
)
from view_objects import (
    LATER,
    Objects,
    baselines,
    distorted_digits,
    drawn_characters,
    percent,
)

import attractorbind as ab

# What is compared: the first training, and later ones of equally many updates.
START, ALONE, NEW_NAMES = "first episodes", "first episodes again, no later ones", "a new name for each later episode"
ONE_VIEW, ALL_VIEWS, TRUE_NAMES = "name recalled after 1 view", f"name recalled after {LATER} views", "true name heard"
TRAININGS = (START, ALONE, NEW_NAMES, ONE_VIEW, ALL_VIEWS, TRUE_NAMES)


def compare(objects: Objects, plan: Plan, seed: int, done: Callable[[str], None] = lambda _: None) -> dict[str, float]:
    """Each figure of one seed, in percent; `done` is told after each training which it was."""
    lessons = Lessons(objects, plan, seed)
    trained = {START: lessons.start}
    done(START)
    trained[ALONE] = lessons.trained_on_first()
    done(ALONE)
    lives = {
        NEW_NAMES: lessons.named(lessons.laters),
        ONE_VIEW: lessons.recalled(1),
        ALL_VIEWS: lessons.recalled(LATER),
        TRUE_NAMES: lessons.named(objects.names),
    }
    for name, lived in lives.items():
        trained[name] = lessons.trained_later(lived)
        done(name)
    figures = {name: lessons.right(state) for name, state in trained.items()}
    for name in (ONE_VIEW, ALL_VIEWS):
        targets = lessons.targets(lives[name])
        figures[f"{name}: right names"] = percent(targets, objects.names)
        figures[f"{name}: silent"] = percent(targets, [None] * len(targets))
    return figures | baselines(objects, seed)


class Row(NamedTuple):
    """A figure over all seeds; `within` is half the 95% interval, None for a single seed."""

    name: str
    mean: float
    within: float | None
    worst: float
    values: list[float]


def row(name: str, values: list[float]) -> Row:
    worst = max(values) if "silent" in name else min(values)
    return Row(name, float(np.mean(values)), within(values), worst, values)


def printed(rows: Sequence[Row]) -> str:
    width = max(len(row.name) for row in rows)
    lines = [f"{'':{width}}   mean  95% interval  worst"]
    for name, mean, half, worst, _ in rows:
        interval = "" if half is None else f"+/- {half:.1f}"
        lines.append(f"{name:{width}}  {mean:5.1f}  {interval:>12}  {worst:5.1f}")
    return "\n".join(lines)


def gains(results: Sequence[dict[str, float]]) -> list[Row]:
    """By how many points later training was better than none."""
    return [
        row(f"gain: {name}", [figures[name] - figures[START] for figures in results])
        for name in (ALL_VIEWS, TRUE_NAMES)
    ]


def objects_of(options: argparse.Namespace, seed: int) -> Objects:
    if options.file is None:
        return distorted_digits(options.objects, seed, tuning=options.tuning)
    return drawn_characters(options.file, options.objects, seed)


def learn_views(options: argparse.Namespace) -> int:
    for name in ("objects", "seeds", "units", "first", "later"):
        if getattr(options, name) < 1:
            raise ab.ArgumentError(f"--{name} is {getattr(options, name)}; it must be 1 or more")
    if options.json is not None and not options.json.parent.is_dir():
        raise ab.ArgumentError(f"--json is {options.json}, and there is no folder {options.json.parent}")
    plan = Plan(options.first, options.later, options.rule, options.units)
    started = time.perf_counter()
    with tqdm(total=options.seeds * len(TRAININGS), unit="training") as bar:

        def done(name: str) -> None:
            bar.set_postfix_str(name)
            bar.update()

        results = [compare(objects_of(options, seed), plan, seed, done) for seed in range(options.seeds)]
    rows = [row(name, [figures[name] for figures in results]) for name in results[0]] + gains(results)
    print(f"{options.objects} objects, {plan.rule}: views in no episode that are called by the right name, in percent")
    print(printed(rows))
    print(f"{options.seeds} seeds, {time.perf_counter() - started:.0f} s with compiling")
    if options.json is not None:
        told = {"objects": options.objects, "file": options.file and options.file.name, "tuning": options.tuning}
        found = {**told, **plan._asdict(), "rows": [each._asdict() for each in rows]}
        options.json.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    return 0


def main(arguments: list[str] | None = None) -> int:
    plan = Plan()
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", nargs="?", type=Path, help="a zip file of Omniglot's images; scikit-learn's digits")
    parser.add_argument("--objects", type=int, default=60, help="how many (%(default)s)")
    parser.add_argument("--seeds", type=int, default=3, help="how many (%(default)s)")
    parser.add_argument("--rule", choices=list(RULES), default=plan.rule, help="the credit rule (%(default)s)")
    parser.add_argument("--units", type=int, default=plan.units, help="units of a buffer (%(default)s)")
    parser.add_argument("--first", type=int, default=plan.first, help="replays of the first episodes (%(default)s)")
    parser.add_argument("--later", type=int, default=plan.later, help="replays of the later episodes (%(default)s)")
    parser.add_argument("--tuning", action="store_true", help="digits set aside to choose settings by")
    parser.add_argument("--json", type=Path, help="a file for the figures")
    try:
        return learn_views(parser.parse_args(arguments))
    except (OSError, ab.AttractorBindError) as error:
        print(f"views: {error}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    raise SystemExit(main())
