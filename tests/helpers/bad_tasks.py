"""Wrong calls of tasks, and a main program that makes them all; see `bad_calls`. Nothing is drawn by them."""
# Wrong on purpose.
# pyright: reportArgumentType=false, reportCallIssue=false

from typing import Any

import jax
import numpy as np
from bad_values import WRONG_COUNTS, WRONG_KEYS, WRONG_RATES, spread
from wrong_calls import print_raised

from attractorbind import tasks

KEY = jax.random.key(0)
WRONG_NAMES = {
    "one string": "dog",
    "none": [],
    "one name": ["dog"],
    "numbers": [1, 2],
    "an empty name": ["dog", ""],
    "a blank name": ["dog", " "],
    "twice the same": ["dog", "cat", "dog"],
    "one item": 1,
    "no items": 0,
    "a fraction": 2.5,
    "None": None,
    "a bool": True,
    "an array without axes": np.array("dog"),
}
WITH_ITEMS = {
    "store_ignore_recall": tasks.store_ignore_recall,
    "delayed_match": tasks.delayed_match,
    "n_back": lambda items: tasks.n_back(2, items),
    "delayed_recall": tasks.delayed_recall,
    "bandit": lambda arms: tasks.bandit(arms),
    "role_filler": lambda fillers: tasks.role_filler(fillers=fillers, key=KEY),
}
CRITERION = tasks.Criterion(episodes=1, accuracy=1.0, in_a_row=1)


NOT_INDICES = {
    "names": [[["dog"]]],
    "None": None,
    "not numbers": np.full((2, 3, 1), np.nan),
    "fractions": np.full((2, 3, 1), 0.5),
    "of more than 32 bits": np.full((2, 3, 1), 2**32),
    "lists of different lengths": [[[0], [0, 0]]],
}
NOT_LENGTHS = {"names": "dog", "negative": [-1, 3], "too long": [4, 3], "not numbers": [np.nan, 3]}
NOT_REWARDS = {"names": "dog", "not numbers": np.full((2, 3, 1), np.nan), "infinite": np.full((2, 3, 1), np.inf)}
NOT_ACCURACIES = {"names": ["dog"], "not numbers": [np.nan], "too large": [1.5], "None": [None]}


class Echo(tasks.AbstractTask):
    """A task of one's own."""

    def draw(self, number: int, generator: np.random.Generator, split: str) -> tasks.Episodes:
        shown = np.zeros((number, 3, 1))
        return self.as_episodes(shown, shown[..., 0])


class Bare(tasks.AbstractTask):
    """A task of one's own that gives an array."""

    def draw(self, number: int, generator: np.random.Generator, split: str) -> tasks.Episodes:
        return np.zeros((number, 3, 1))  # pyright: ignore[reportReturnType]


def echo(kind: type[tasks.AbstractTask] = Echo, **changes: Any) -> tasks.AbstractTask:
    usual: dict[str, Any] = {"symbols": ("dog", "cat"), "channels": ("word",), "answers": ("dog",)}
    return kind(**{**usual, "criterion": CRITERION, **changes})


def _own(**changes: Any) -> tasks.Episodes:
    return echo().as_episodes(np.zeros((2, 3, 1)), np.zeros((2, 3)), **changes)


def role(kind: Any = "standard", **changes: Any) -> tasks.AbstractTask:
    return tasks.role_filler(kind, **{"key": KEY, **changes})


def calls() -> dict[str, tuple]:
    """Each wrong call, the class of its error, and parts of its message; of those with "|" between one will do."""
    argument, unknown = "ArgumentError", "UnknownNameError"
    rows: dict[str, tuple] = {
        "store_ignore_recall: no halves": (
            lambda _: tasks.store_ignore_recall(5, shared=False),
            argument,
            ("has 5", "even number"),
        ),
        "store_ignore_recall: shared": (lambda _: tasks.store_ignore_recall(shared="yes"), argument, ("'yes'", "True")),
        "store_ignore_recall: own name": (
            lambda _: tasks.store_ignore_recall(["S1", "dog"]),
            argument,
            ("'S1'", "another name"),
        ),
        "n_back: own name": (lambda _: tasks.n_back(1, ["match", "dog"]), argument, ("'match'", "another name")),
        "n_back: too few steps": (lambda _: tasks.n_back(3, steps=3), argument, ("steps is 3", "more steps")),
        "bandit: own name": (lambda _: tasks.bandit(["choose", "left"]), argument, ("'choose'",)),
        "bandit: too few probabilities": (lambda _: tasks.bandit(3), argument, ("2 probabilities", "3 arms")),
        "bandit: two that are best": (lambda _: tasks.bandit(2, (0.5, 0.5)), argument, ("twice",)),
        "bandit: a string": (lambda _: tasks.bandit(2, "ab"), argument, ("'ab'", "for each arm")),
        "bandit: one number": (lambda _: tasks.bandit(2, 0.5), argument, ("0.5", "for each arm")),
        "bandit: a number in an array": (lambda _: tasks.bandit(2, np.array(0.5)), argument, ("0.5", "for each arm")),
        "bandit: reversal far too large": (lambda _: tasks.bandit(reversal=10**400), argument, ("reversal", "most")),
        "bandit: reversal a string": (lambda _: tasks.bandit(reversal="often"), argument, ("'often'", "probability")),
        "delayed_recall: too short": (
            lambda _: tasks.delayed_recall(slots=4, length=4),
            argument,
            ("length is 4", "slots is 4"),
        ),
        "delayed_recall: cues": (lambda _: tasks.delayed_recall(cues="places"), unknown, ("'places'", "'positions'")),
        "delayed_recall: own name": (
            lambda _: tasks.delayed_recall(["position2", "dog"]),
            argument,
            ("'position2'", "another name"),
        ),
        "role_filler: kind": (lambda _: role("standart"), unknown, ("did you mean 'standard'",)),
        "role_filler: own name": (lambda _: role(fillers=["agent", "dog"]), argument, ("'agent'",)),
        "role_filler: too many fillers": (lambda _: role(fillers=101), argument, ("101", "100")),
        "role_filler: all sentences": (
            lambda _: role(fillers=3, sentences=27),
            argument,
            ("sentences is 27", "fewer sentences"),
        ),
        "role_filler: too many of those that are left": (
            lambda _: role("novel_fillers", fillers=5, sentences=28),
            argument,
            ("28", "27 to choose from"),
        ),
        "role_filler: all are withheld": (
            lambda _: role("full_combinatorial", fillers=6),
            argument,
            ("withheld is 2", "6 fillers"),
        ),
        "a task: an answer that is no symbol": (lambda _: echo(answers=("dgo",)), unknown, ("'dgo'", "'dog'")),
        "a task: an answer that is none of those given one by one": (
            lambda _: echo(symbols=iter(["dog", "cat"]), answers=("dgo",)),
            unknown,
            ("'dgo'", "symbols are 'dog', 'cat'"),
        ),
        "a task: no symbols": (lambda _: echo(symbols=()), argument, ("symbols is empty",)),
        "a task: symbols twice": (lambda _: echo(symbols=("dog", "dog")), argument, ("'dog'", "once")),
        "a task: one string": (lambda _: echo(channels="word"), argument, ("channels", "['word']")),
        "a task: shape": (
            lambda _: echo().as_episodes(np.zeros((2, 3)), np.zeros((2, 3))),
            argument,
            ("(2, 3)", "(episodes, steps, 1)"),
        ),
        "a task: index": (
            lambda _: echo().as_episodes(np.full((2, 3, 1), 2), np.zeros((2, 3))),
            argument,
            ("shown holds 2", "to 1"),
        ),
        "a task: target": (
            lambda _: echo().as_episodes(np.zeros((2, 3, 1)), np.full((2, 3), -2)),
            argument,
            ("target holds -2",),
        ),
        "a task: no criterion": (lambda _: echo(criterion=3), argument, ("criterion is 3", "tasks.Criterion(")),
        "a task: a target that is no answer": (
            lambda _: echo().as_episodes(np.zeros((2, 3, 1)), np.ones((2, 3))),
            argument,
            ("target holds 1, 'cat'", "answers are 'dog'"),
        ),
        "a task: shown after the end": (
            lambda _: echo().as_episodes(np.zeros((2, 3, 1)), np.full((2, 3), -1), lengths=[3, 1]),
            argument,
            ("shown", "after step 1", "episode 1", "put -1"),
        ),
        "a task: asked after the end": (
            lambda _: echo().as_episodes(np.full((2, 3, 1), -1), np.zeros((2, 3)), lengths=[3, 1]),
            argument,
            ("target", "after step 1"),
        ),
        "criterion: of a number": (lambda _: CRITERION.reached(0.5), argument, ("accuracies is 0.5", "list")),
        "a task: lengths": (
            lambda _: echo().as_episodes(np.zeros((2, 3, 1)), np.zeros((2, 3)), lengths=[1]),
            argument,
            ("(1,)", "(2,)"),
        ),
        "a task: rewards": (
            lambda _: echo().as_episodes(np.zeros((2, 3, 1)), np.zeros((2, 3)), rewards=[1]),
            argument,
            ("(2, 3, 1)",),
        ),
        "a task: a bare array": (
            lambda _: echo(Bare).episodes(1, key=KEY),
            argument,
            ("Bare.draw gave", "ndarray", "self.as_episodes("),
        ),
        "a task: a bare array to an environment": (
            lambda _: echo(Bare).environment().reset(seed=0),
            argument,
            ("Bare.draw gave", "ndarray", "self.as_episodes("),
        ),
        "episodes: split": (lambda _: echo().episodes(1, key=KEY, split="test"), unknown, ("'test'", "'train'")),
        "inputs: targets": (lambda _: echo().episodes(1, key=KEY).inputs(targets=1), argument, ("targets is 1",)),
        "inputs: nothing": (lambda _: echo().episodes(1, key=KEY).inputs(nothing=""), argument, ("''", "None")),
        "symbols: no environment": (lambda _: tasks.Symbols("CartPole-v1"), argument, ("gymnasium.Env",)),
    }
    given = {
        "a task: shown": (lambda value: echo().as_episodes(value, np.zeros((2, 3))), NOT_INDICES),
        "a task: its lengths": (lambda value: _own(lengths=value), NOT_LENGTHS),
        "a task: its rewards": (lambda value: _own(rewards=value), NOT_REWARDS),
        "criterion: accuracies": (CRITERION.reached, NOT_ACCURACIES),
    }
    for name, (call, wrong) in given.items():
        rows |= spread(name, _calling(call), wrong, argument)
    for name, make in WITH_ITEMS.items():
        rows |= spread(f"{name}: items", _calling(make), WRONG_NAMES, argument)
    counts = {
        "one_two_ax: loops": lambda value: tasks.one_two_ax(value),
        "one_two_ax: pairs": lambda value: tasks.one_two_ax(pairs=value),
        "store_ignore_recall: trials": lambda value: tasks.store_ignore_recall(trials=value),
        "n_back: n": lambda value: tasks.n_back(value),
        "n_back: steps": lambda value: tasks.n_back(steps=value),
        "bandit: steps": lambda value: tasks.bandit(steps=value),
        "delayed_recall: slots": lambda value: tasks.delayed_recall(slots=value),
        "role_filler: sentences": lambda value: role(sentences=value),
        "role_filler: withheld": lambda value: role(withheld=value),
        "episodes: number": lambda value: echo().episodes(value, key=KEY),
        "criterion: episodes": lambda value: tasks.Criterion(value, 1.0, 1),
        "criterion: in a row": lambda value: tasks.Criterion(1, 1.0, value),
        "bandit: reversal": lambda value: tasks.bandit(reversal=value),
        "delayed_match: delay": lambda value: tasks.delayed_match(delay=value),
        "delayed_recall: length": lambda value: tasks.delayed_recall(length=value),
    }
    allowed = {"bandit: reversal": {"None"}, "delayed_match: delay": {"zero"}, "delayed_recall: length": {"None"}}
    for name, call in counts.items():
        wrong = {kind: value for kind, value in WRONG_COUNTS.items() if kind not in allowed.get(name, ())}
        rows |= spread(name, _calling(call), wrong, argument)
    rates = {
        "one_two_ax: targets": lambda value: tasks.one_two_ax(targets=value),
        "delayed_match: matches": lambda value: tasks.delayed_match(matches=value),
        "n_back: matches": lambda value: tasks.n_back(matches=value),
        "bandit: probabilities": lambda value: tasks.bandit(2, (value, 0.5)),
        "criterion: accuracy": lambda value: tasks.Criterion(1, value, 1),
    }
    for name, call in rates.items():
        rows |= spread(name, _calling(call), WRONG_RATES, argument)
    keys = {
        "episodes: key": lambda value: echo().episodes(1, key=value),
        "role_filler: key": lambda value: role(key=value),
    }
    for name, call in keys.items():
        rows |= spread(name, _calling(call), WRONG_KEYS, argument)
    return rows


def _calling(call: Any) -> Any:
    """The call as `spread` takes it: with what all calls share, which is nothing here."""
    return lambda _, value: call(value)


CALLS = calls()


if __name__ == "__main__":
    print_raised(CALLS, None)
