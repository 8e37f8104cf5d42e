"""How the network does on each task, with and without each of its parts, for architecture.py."""

import time
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import jax
import numpy as np
from eight_images import SIDE, Images, Seen, images_of, read_right
from eight_network import BODIES, EYES, HAND, written_program
from sklearn.svm import SVC

import attractorbind as ab
from attractorbind.tasks import SPAUN, Questions, spaun

# Symbols in the longest trial, a bandit's: its name, 60 times a question and three payments, and the end.
LONGEST_SEEN = 2 + 60 * 4
# Published: Eliasmith and others 2012; no figure for the others.
PUBLISHED = {"A1": "94 %, people 98 %", "A7": "75 % of 40, people 89 %"}
# Parts that are removed in turn: memories, basal ganglia, two slots, a relay, what foresees, what acts and what sees.
PARTS = ("hippocampus", "numbers", "arms", "before", "mark", "next->place", "hand:foresee", "hand", "eyes")


class Whole(NamedTuple):
    """The architecture, its network, what it has learned, images, and which of those for testing are misread."""

    parts: ab.Architecture
    network: ab.Network
    state: ab.State
    images: Images
    misread: np.ndarray


class Score(NamedTuple):
    """How a task was done.

    - `right`: share of trials in which all that was said was right; of copy drawing, in which the drawing is nearer to
        what was seen than to the mean of its class; of the bandit, how often the best arm was chosen late in a block.
    - `read`: share of trials in which the eyes read all digits right.
    - `right_if_read`: the share that is right of those.
    - `ended`: share of trials that came to an end by themselves.
    - `seconds`: of the run, compiling included.
    - `ticks`: of a trial, mean.
    """

    right: float
    read: float
    right_if_read: float
    ended: float
    seconds: float
    ticks: float


def asked(whole: Whole, task: str, trials: int, *, seed: int) -> tuple[Questions, Seen]:
    """Trials of a task, and what is seen in them."""
    questions = spaun(task, trials, key=jax.random.fold_in(jax.random.key(seed), int(task[1:])))
    return questions, images_of(questions.shown, whole.images.test, LONGEST_SEEN, seed=seed)


def answered(whole: Whole, seen: Seen, noise: float, seed: int, stuck: Mapping[str, float] | None = None) -> ab.Trace:
    """What the network does with what it sees, by the written program, which is the same for all tasks."""
    return ab.run(
        whole.network,
        written_program(),
        whole.state,
        stimuli={EYES: seen.images},
        noise=noise,
        stuck=stuck,
        key=jax.random.key(seed),
        throw=False,
    )


def score(
    whole: Whole, task: str, trials: int, noise: float, seed: int, stuck: Mapping[str, float] | None = None
) -> Score:
    """How a task is done."""
    questions, seen = asked(whole, task, trials, seed=seed)
    started = time.perf_counter()
    trace = answered(whole, seen, noise, seed, stuck)
    right = nearer(whole, seen, trace).astype(float) if task == "A0" else questions.right(trace.outputs)
    read = read_right(seen, whole.misread)
    return Score(
        right=float(right.mean()),
        read=float(read.mean()),
        right_if_read=float(right[read].mean()) if read.any() else float("nan"),
        ended=float(np.mean(np.asarray(trace.result) == ab.Result.OK)),
        seconds=time.perf_counter() - started,
        ticks=float(np.mean(trace.ticks)),
    )


def nearer(whole: Whole, seen: Seen, trace: ab.Trace) -> np.ndarray:
    """Of each trial of copy drawing, whether the drawing is nearer to what was seen than to the mean of its class."""
    train, test = whole.images.train, whole.images.test
    which = seen.which[:, 1]
    means = np.stack([train.images[train.labels == digit].mean(axis=0) for digit in range(10)])[test.labels[which]]
    drawn = first_drawings(trace)
    return np.sum((drawn - test.images[which]) ** 2, axis=1) < np.sum((drawn - means) ** 2, axis=1)


def first_drawings(trace: ab.Trace) -> np.ndarray:
    """The first drawing of each trial; blank where there is none."""
    blank = np.zeros(SIDE * SIDE)
    return np.stack([sheets[0].image.reshape(-1) if sheets else blank for sheets in trace.drawings[HAND]])


def score_all(whole: Whole, tasks: Sequence[str], trials: int, noise: float, seed: int) -> dict[str, Score]:
    """How each task is done."""
    return {task: score(whole, task, trials, noise, seed) for task in tasks}


def tell_scores(scores: Mapping[str, Score]) -> None:
    """Print a table."""
    print("\nwritten program           right  all read  right if so   ended    ticks  seconds  published")
    for task, own in scores.items():
        shares = "".join(f"{100 * share:9.1f}" for share in (own.right, own.read))
        print(
            f"{task} {SPAUN[task]:22} {shares} {100 * own.right_if_read:12.1f} {100 * own.ended:7.1f} {own.ticks:8.0f} "
            f"{own.seconds:8.1f}  {PUBLISHED.get(task, '')}".rstrip()
        )
    if len(scores) == len(BODIES):
        print(f"all {sum(own.seconds for own in scores.values()):75.1f}")


def tell_drawings(whole: Whole, trials: int, seed: int) -> dict[str, float]:
    """How drawings of what was seen are read by a judge that never saw one, and whose hand they are in."""
    _, seen = asked(whole, "A0", trials, seed=seed)
    trace = answered(whole, seen, 0.0, seed)
    train, test = whole.images.train, whole.images.test
    judge = SVC(C=10, gamma="scale").fit(train.images, train.labels)
    own = 100 * float(judge.score(test.images, test.labels))
    drawn, own_hand, labels = first_drawings(trace), nearer(whole, seen, trace), test.labels[seen.which[:, 1]]
    _, seen = asked(whole, "A1", trials, seed=seed)
    trace = answered(whole, seen, 0.0, seed)
    written, said = judge.predict(first_drawings(trace)), [outputs[0] for outputs in trace.outputs]
    told = {
        "a judge reads test images right, %": own,
        "a judge reads drawings of what was seen right, %": 100 * float(np.mean(judge.predict(drawn) == labels)),
        "drawings nearer to what was seen than to the mean of its class, %": 100 * float(own_hand.mean()),
        "a judge reads written answers as what was said, %": 100
        * float(np.mean([str(digit) == name for digit, name in zip(written, said, strict=True)])),
    }
    print("\nthe judge is a support vector classifier that learned from the images that the eyes learned from")
    for name, value in told.items():
        print(f"{name:68} {value:6.1f}")
    return told


def serial_positions(whole: Whole, trials: int, noises: Sequence[float], seed: int) -> dict[float, list[float]]:
    """Print how often each place of a list of seven is recalled right, under noise, in per cent; and return it."""
    drawn = spaun("A3", 8 * trials, key=jax.random.key(seed))
    lists = [own for own in drawn.shown if len(own) == 2 + 7][:trials]
    seen, table = images_of(lists, whole.images.test, LONGEST_SEEN, seed=seed), {}
    print(f"\n{len(lists)} lists of 7: right at each place, %")
    for noise in noises:
        said = answered(whole, seen, noise, seed).outputs
        right = [
            [n < len(own) and own[n] == shown[1 + n] for n in range(7)] for own, shown in zip(said, lists, strict=True)
        ]
        table[noise] = (100 * np.mean(right, axis=0)).tolist()
        print(f"noise {noise:5.2f} {''.join(f'{share:7.1f}' for share in table[noise])}", flush=True)
    return table


def lesions(whole: Whole, tasks: Sequence[str], trials: int, noise: float, seed: int) -> dict[str, dict[str, float]]:
    """Print how each task is done without each part, in per cent right; and return it."""
    table: dict[str, dict[str, float]] = {}
    print(f"\nwithout         {''.join(f'{task:>7}' for task in tasks)}")
    for part in (None, *PARTS):
        stuck = None if part is None else whole.parts.lesion(whole.network, part)
        table[part or "nothing"] = {task: 100 * score(whole, task, trials, noise, seed, stuck).right for task in tasks}
        row = table[part or "nothing"]
        print(f"{part or 'nothing':15} {''.join(f'{row[task]:7.1f}' for task in tasks)}", flush=True)
    return table
