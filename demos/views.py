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
import io
import json
import sys
import time
import zipfile
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import equinox as eqx
import jax
import numpy as np
import optax
from scipy.stats import t as student
from sklearn.datasets import load_digits
from tqdm import tqdm

import attractorbind as ab

EYES, MEMORY = "eyes", "episodes"
PARTS = ("episode", "seen", "name")
# Views of an object in its first episode and in its later one, and those in none.
FIRST, LATER, TEST = 5, 5, 10
VIEWS = FIRST + LATER + TEST
# What is compared: the first training, and later ones of equally many updates.
START, ALONE, NEW_NAMES = "first episodes", "first episodes again, no later ones", "a new name for each later episode"
ONE_VIEW, ALL_VIEWS, TRUE_NAMES = "name recalled after 1 view", f"name recalled after {LATER} views", "true name heard"
TRAININGS = (START, ALONE, NEW_NAMES, ONE_VIEW, ALL_VIEWS, TRUE_NAMES)
# One of so many digits is set aside to choose settings by, with --tuning.
ASIDE = 4
SIDE = 26
RULES: dict[str, tuple[Callable[[], ab.learning.AbstractCreditRule], float]] = {
    "backpropagation": (ab.learning.Backpropagation, 2e-3),
    "feedback-alignment": (ab.learning.FeedbackAlignment, 2e-3),
    "burst": (ab.learning.Burst, 4e-3),
    "contrastive": (ab.learning.ContrastiveHebbian, 2e-3),
    "two-compartment": (ab.learning.TwoCompartment, 2e-3),
    "node-perturbation": (ab.learning.NodePerturbation, 2e-3),
}


class Objects(NamedTuple):
    """Views of objects, flattened, and what the objects are called."""

    names: list[str]
    views: np.ndarray

    @property
    def pixels(self) -> int:
        """How many a view has."""
        return self.views.shape[2]


class Plan(NamedTuple):
    """How much is learned.

    - `first`: how often the first episodes are replayed.
    - `later`: how often the later ones are, and with each of them a first one.
    - `rule`: the name of the credit rule.
    - `units`: of a buffer.
    - `hidden`: units of each of two hidden layers.
    - `calm`: by how much the learning rate starts lower in later training.
    """

    first: int = 135
    later: int = 90
    rule: str = "backpropagation"
    units: int = 512
    hidden: int = 256
    calm: float = 0.5


class TwoFalls(ab.learning.AbstractOptimiser):
    """Adam, with a rate that falls to 0 along half a cosine over the first training, and again over the later one."""

    rate: float
    calm: float
    first: int = eqx.field(static=True)
    later: int = eqx.field(static=True)

    def transformation(self) -> Any:
        """The transformation of optax."""
        falls = [
            optax.cosine_decay_schedule(rate, updates)
            for rate, updates in ((self.rate, self.first), (self.rate * self.calm, self.later))
        ]
        return optax.adam(optax.join_schedules(falls, [self.first]))


def first_episode(number: int) -> str:
    return f"first episode {number + 1}"


def later_episode(number: int) -> str:
    return f"later episode {number + 1}"


def hear(episodes: int) -> ab.Program:
    """Live through episodes in which names are heard: take a snapshot of each."""
    heard = ab.read("episode") + ab.read("name") + ab.copy("name", "seen")
    return ab.repeat(episodes, heard + ab.store(MEMORY, PARTS))


def recognise(episodes: int, views: int) -> ab.Program:
    """Live through episodes without names: see so many views, and recall the name by what they look like together."""
    recalled = ab.read("episode") + ab.see(EYES, views=views) + ab.recall(MEMORY, ["seen"], into=["name"])
    return ab.repeat(episodes, recalled + ab.when(~ab.empty("name"), ab.store(MEMORY, ["episode", "name"])))


def replay(episode: str, views: int) -> ab.Program:
    """Call an episode's name back from memory, and learn every view towards it."""
    recalled = ab.load("episode", ab.arg(episode)) + ab.recall(MEMORY, ["episode"], into=["name"])
    return recalled + ab.copy("name", "seen") + (ab.see(EYES, write=False) + ab.learn(EYES)) * views


def batch_of(objects: int) -> int:
    """About 32 episodes at a time, so that few are left over."""
    return objects // max(1, round(objects / 32))


def build_network(objects: Objects, plan: Plan, seed: int) -> ab.Network:
    count = len(objects.names)
    batches = count // batch_of(count)
    rule, rate = RULES[plan.rule]
    updates = plan.first * batches * FIRST, plan.later * batches * (FIRST + LATER)
    eyes = ab.learning.Hierarchy(
        EYES,
        sizes=[objects.pixels, plan.hidden, plan.hidden],
        target="seen",
        rule=rule(),
        optimiser=TwoFalls(rate, plan.calm, *updates),
    )
    episodes = [name(number) for name in (first_episode, later_episode) for number in range(count)]
    return ab.build(
        ab.Vocabulary([*objects.names, *episodes]),
        buffers=dict.fromkeys(PARTS, plan.units),
        relays=[("name", "seen")],
        areas=[eyes, ab.SnapshotMemory(MEMORY, PARTS, units=1024, capacity=2 * count)],
        activity=0.1,
        rule=ab.MaximalStability(),
        # Its basins of attraction are wider; it falls silent less often.
        rules={"seen": ab.Storkey()},
        key=jax.random.key(seed),
        strict=True,
    )


class Lessons:
    """A network with the first episodes behind it, and what it can be taught later."""

    def __init__(self, objects: Objects, plan: Plan, seed: int) -> None:
        self.objects, self.plan, self.seed = objects, plan, seed
        self.count = len(objects.names)
        self.network = build_network(objects, plan, seed)
        self.earlier, self.new, self.unseen = np.split(objects.views, [FIRST, FIRST + LATER], axis=1)
        self.firsts = [first_episode(number) for number in range(self.count)]
        self.laters = [later_episode(number) for number in range(self.count)]
        self.heard = self._hear(None, self.firsts, objects.names)
        self.start = self._train(self.heard.state, replay("first", FIRST), self.earlier, plan.first, first=self.firsts)

    def named(self, names: Sequence[str]) -> ab.Trace:
        """Later episodes in which these names are heard."""
        return self._hear(self.start, self.laters, names)

    def recalled(self, views: int, state: ab.State | None = None) -> ab.Trace:
        """Later episodes without names, recognised by so many views; from the start, or from another state."""
        shown = {EYES: self.new[:, :views].reshape(1, self.count * views, -1)}
        program, start = recognise(self.count, views), self.start if state is None else state
        # The last view of all may leave its buffer unsettled.
        return ab.run(self.network, program, start, inputs=[self.laters], stimuli=shown, throw=False)

    def targets(self, lived: ab.Trace) -> list[str | None]:
        """What the memory then holds as the names of the later episodes."""
        known = {snapshot["episode"]: snapshot["name"] for snapshot in lived.snapshots(MEMORY)}
        return [known.get(episode) for episode in self.laters]

    def trained_later(self, lived: ab.Trace) -> ab.State:
        """After replaying later and first episodes in turn."""
        program = replay("later", LATER) + replay("first", FIRST)
        views = np.concatenate([self.new, self.earlier], axis=1)
        return self._train(lived.state, program, views, self.plan.later, later=self.laters, first=self.firsts)

    def trained_on_first(self) -> ab.State:
        """After as many updates by the first episodes alone."""
        program = replay("first", FIRST) + replay("first", FIRST)
        views = np.concatenate([self.earlier, self.earlier], axis=1)
        return self._train(self.start, program, views, self.plan.later, first=self.firsts)

    def right(self, state: ab.State) -> float:
        """In percent, how often a view that was in no episode is called by its object's name."""
        shown = self.unseen.reshape(self.count * TEST, -1)
        # A view that the latch of "seen" cannot make sense of may leave it unsettled, and decodes to nothing.
        trace = ab.run(self.network, ab.see(EYES), state, stimuli={EYES: shown}, throw=False)
        return percent(trace.decode()["seen"], [name for name in self.objects.names for _ in range(TEST)])

    def _hear(self, state: ab.State | None, episodes: Sequence[str], names: Sequence[str]) -> ab.Trace:
        words = [word for pair in zip(episodes, names, strict=True) for word in pair]
        return ab.run(self.network, hear(self.count), state, inputs=[words])

    def _train(
        self, state: ab.State, program: ab.Program, views: np.ndarray, epochs: int, **episodes: Sequence[str]
    ) -> ab.State:
        return ab.train(
            self.network,
            program,
            state,
            stimuli=views,
            args=episodes,
            epochs=epochs,
            batch=batch_of(self.count),
            key=jax.random.key(self.seed),
            progress=False,
        ).state


def percent(given: Sequence[str | None], wanted: Sequence[str | None]) -> float:
    return 100 * float(np.mean([mine == right for mine, right in zip(given, wanted, strict=True)]))


def slow_features(episodes: Sequence[np.ndarray], features: int) -> Callable[[np.ndarray], np.ndarray]:
    """The directions, after whitening, that change least from view to view within an episode."""
    pixels = episodes[0].shape[2]
    views = np.concatenate([views.reshape(-1, pixels) for views in episodes])
    mean = views.mean(axis=0)
    _, spread, axes = np.linalg.svd(views - mean, full_matrices=False)
    kept = int(np.sum(spread > 0.01 * spread[0]))
    white = axes[:kept].T / spread[:kept] * np.sqrt(len(views))
    changes = np.concatenate([np.diff((views - mean) @ white, axis=1).reshape(-1, kept) for views in episodes])
    _, directions = np.linalg.eigh(changes.T @ changes / len(changes))
    slowest = white @ directions[:, :features]
    return lambda images: (images - mean) @ slowest


def nearest_mean(features: Callable[[np.ndarray], np.ndarray], named: np.ndarray, unseen: np.ndarray) -> float:
    """In percent, how often a view is nearest, by the angle, to the mean of its object's named views."""
    means = features(named).mean(axis=1)
    means /= np.linalg.norm(means, axis=1, keepdims=True)
    nearest = np.argmax(features(unseen) @ means.T, axis=2)
    return 100 * float(np.mean(nearest == np.arange(len(named))[:, None]))


def baselines(objects: Objects, seed: int) -> dict[str, float]:
    """What pixels and slow features make of the same views; numbers of features chosen as settings are."""
    episodes = objects.views[:, : FIRST + LATER]
    mean = episodes.reshape(-1, objects.pixels).mean(axis=0)
    synapses = np.random.default_rng(seed).normal(size=(objects.pixels, 512)) / np.sqrt(objects.pixels)
    inputs = {
        "": lambda images: images - mean,
        " of 512 random units": lambda images: np.maximum(0, (images - mean) @ synapses),
    }
    figures = {}
    for name, count, of in (
        ("pixels", 0, ""),
        ("8 slow features", 8, ""),
        ("16 slow features", 16, ""),
        ("32 slow features", 32, " of 512 random units"),
    ):
        first, later, unseen = np.split(inputs[of](objects.views), [FIRST, FIRST + LATER], axis=1)
        features = slow_features([first, later], count) if count else lambda inputs: inputs
        both = np.concatenate([first, later], axis=1)
        figures[f"{name}{of}, names of first"] = nearest_mean(features, first, unseen)
        figures[f"{name}{of}, names of all"] = nearest_mean(features, both, unseen)
    return figures


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


def distorted_digits(count: int, seed: int, *, tuning: bool = False) -> Objects:
    """Images of digits, each an object of its own, seen from other sides."""
    images = load_digits(return_X_y=True)[0].astype(np.float32) / 16
    aside = np.arange(len(images)) % ASIDE == 0
    images = images[aside if tuning else ~aside]
    if not 2 <= count <= len(images):
        raise ab.ArgumentError(f"--objects is {count}; there are 2 to {len(images)} digits")
    chosen = np.random.default_rng(seed).choice(len(images), count, replace=False)
    look = ab.learning.Distortion((8, 8), shift=0.7, rotation=0.3, scale=0.15)
    views = look(jax.numpy.asarray(np.repeat(images[chosen], VIEWS, axis=0)), jax.random.key(seed))
    return Objects([f"object {number + 1}" for number in range(count)], np.asarray(views).reshape(count, VIEWS, -1))


def drawn_characters(path: Path, count: int, seed: int) -> Objects:
    """Omniglot's characters, each an object of its own, seen as drawn by others."""
    characters: dict[str, list[bytes]] = {}
    try:
        with zipfile.ZipFile(path) as archive:
            for name in sorted(archive.namelist()):
                if name.endswith(".png"):
                    characters.setdefault("/".join(name.split("/")[-3:-1]), []).append(archive.read(name))
    except (zipfile.BadZipFile, zlib.error) as error:
        raise ab.ArgumentError(
            f"{path} is no zip file that can be read; give images_background_small1.zip of Omniglot"
        ) from error
    known = [name for name, drawings in characters.items() if len(drawings) >= VIEWS]
    if not 2 <= count <= len(known):
        raise ab.ArgumentError(
            f"--objects is {count}; {path} has {len(known)} characters in folders of {VIEWS} or more .png files"
        )
    random = np.random.default_rng(seed)
    chosen = [known[row] for row in random.choice(len(known), count, replace=False)]
    views = [[reduced(path, characters[name][row]) for row in random.permutation(VIEWS)] for name in chosen]
    return Objects(chosen, np.asarray(views, np.float32))


def reduced(path: Path, image: bytes) -> np.ndarray:
    """How much ink there is in each of 26 x 26 squares."""
    try:
        from matplotlib.image import imread
    except ImportError as error:
        raise ab.ArgumentError(
            "reading images needs matplotlib, and Pillow, which comes with it; pip install 'attractorbind[plot]'"
        ) from error
    try:
        paper = imread(io.BytesIO(image), format="png")
    except (OSError, SyntaxError, ValueError) as error:
        raise ab.ArgumentError(f"an image in {path} cannot be read: {error}") from error
    edge = min(paper.shape[:2]) // SIDE
    if paper.ndim != 2 or not edge:
        raise ab.ArgumentError(
            f"an image in {path} has the shape {paper.shape}; give grey ones of {SIDE} x {SIDE} or more"
        )
    squares = 1 - paper[: edge * SIDE, : edge * SIDE].reshape(SIDE, edge, SIDE, edge)
    return squares.mean(axis=(1, 3)).reshape(-1)


class Row(NamedTuple):
    """A figure over all seeds; `within` is half the 95% interval, None for a single seed."""

    name: str
    mean: float
    within: float | None
    worst: float
    values: list[float]


def row(name: str, values: list[float]) -> Row:
    count = len(values)
    within = None
    if count > 1:
        within = float(student.ppf(0.975, count - 1) * np.std(values, ddof=1) / np.sqrt(count))
    worst = max(values) if "silent" in name else min(values)
    return Row(name, float(np.mean(values)), within, worst, values)


def printed(rows: Sequence[Row]) -> str:
    width = max(len(row.name) for row in rows)
    lines = [f"{'':{width}}   mean  95% interval  worst"]
    for name, mean, within, worst, _ in rows:
        interval = "" if within is None else f"+/- {within:.1f}"
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
