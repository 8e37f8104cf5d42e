"""The right answers of every task, against those that plain loops find in what is shown."""

import inspect
from collections.abc import Callable, Iterator

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from attractorbind import tasks

KEY = jax.random.key(0)


def shown_names(episodes: tasks.Episodes) -> Iterator[tuple[list[list[str | None]], list[str | None]]]:
    """Of each episode, what the channels show at each step, and the right answers."""
    names = dict(enumerate(episodes.symbols))
    for shown, target, length in zip(episodes.shown, episodes.target, episodes.lengths, strict=True):
        steps = [[names.get(int(index)) for index in step] for step in shown[:length]]
        yield steps, [names.get(int(index)) for index in target[:length]]
        assert (shown[length:] == -1).all()
        assert (target[length:] == -1).all()


def answers_of_one_two_ax(steps: list) -> list:
    digit, letter, answers = None, None, []
    for (symbol,) in steps:
        if symbol in "12":
            digit = symbol
        right = (digit, letter, symbol) in (("1", "A", "X"), ("2", "B", "Y"))
        answers.append("R" if right else "L")
        letter = symbol
    return answers


def answers_of_store_ignore_recall(steps: list) -> list:
    kept, answers = {}, []
    for operation, item in steps:
        if operation[0] == "S":
            kept[operation[1]] = item
        if operation[0] == "R":
            assert item is None
            item = kept[operation[1]]
        answers.append(item)
    return answers


def answers_of_role_filler(steps: list) -> list:
    filled, answers = {}, []
    for operation, role, word in steps:
        if operation == "store":
            assert role not in filled
            filled[role] = word
            answers.append(None)
        else:
            assert (len(filled), word) == (3, None)
            answers.append(filled[role])
    return answers


def answers_of_delayed_match(steps: list) -> list:
    assert [symbol for (symbol,) in steps[1:-1]] == [None] * (len(steps) - 2)
    return [None] * (len(steps) - 1) + ["match" if steps[0] == steps[-1] else "differs"]


def answers_of_two_back(steps: list) -> list:
    pairs = zip(steps, steps[2:], strict=False)
    return [None, None] + ["match" if before == after else "differs" for before, after in pairs]


def answers_of_delayed_recall(steps: list) -> list:
    kept, answers, asked = {}, [], set()
    for operation, cue, item in steps:
        if operation == "store":
            assert cue not in kept
            kept[cue] = item
            answers.append(None)
        else:
            assert item is None
            assert cue not in asked
            asked.add(cue)
            answers.append(kept[cue])
    assert asked == set(kept)
    return answers


CASES: dict[str, tuple[tasks.AbstractTask, Callable]] = {
    "1-2-AX": (tasks.one_two_ax(), answers_of_one_two_ax),
    "1-2-AX with many others": (tasks.one_two_ax(40, pairs=2, targets=0.0), answers_of_one_two_ax),
    "store, ignore, recall": (tasks.store_ignore_recall(5), answers_of_store_ignore_recall),
    "store, ignore, recall, own items": (
        tasks.store_ignore_recall(6, shared=False),
        answers_of_store_ignore_recall,
    ),
    **{
        f"role and filler, {kind}": (tasks.role_filler(kind, key=KEY), answers_of_role_filler)
        for kind in ("standard", "anticorrelation", "full_combinatorial", "novel_fillers")
    },
    "delayed match": (tasks.delayed_match(3, 4), answers_of_delayed_match),
    "match at once": (tasks.delayed_match(2, 0), answers_of_delayed_match),
    "two back": (tasks.n_back(2, 4), answers_of_two_back),
    "recall by position": (tasks.delayed_recall(5, slots=3), answers_of_delayed_recall),
    "recall by name": (tasks.delayed_recall(5, slots=3, length=4, cues="names"), answers_of_delayed_recall),
}


@pytest.mark.parametrize("name", list(CASES))
def test_right_answers(name: str) -> None:
    task, oracle = CASES[name]
    for split in task.splits:
        episodes = task.episodes(50, key=jax.random.key(1), split=split)
        for steps, answers in shown_names(episodes):
            assert answers == oracle(steps)
        for answer, earned in zip(episodes.answers, np.moveaxis(episodes.rewards, -1, 0), strict=True):
            np.testing.assert_array_equal(earned, episodes.target == task.symbols.index(answer))
        np.testing.assert_array_equal(
            np.array([*episodes.answers, None], object)[episodes.answer_asked],
            np.array([*episodes.symbols, None], object)[episodes.target],
        )


@pytest.mark.parametrize("name", [*CASES, "bandit"])
def test_the_key_decides(name: str) -> None:
    task = tasks.bandit(3, (0.8, 0.1, 0.1), 0.1) if name == "bandit" else CASES[name][0]
    first, again, other = (task.episodes(20, key=jax.random.key(seed)) for seed in (1, 1, 2))
    for part in ("shown", "target", "rewards", "lengths"):
        np.testing.assert_array_equal(getattr(first, part), getattr(again, part))
    assert first.rewards.shape != other.rewards.shape or (first.rewards != other.rewards).any()


def test_names_are_as_given_and_without_repetition() -> None:
    task = tasks.store_ignore_recall(["dog", "cat"])
    assert task.symbols == ("S1", "S2", "R1", "R2", "I", "dog", "cat")
    assert (task.channels, task.answers) == (("operation", "item"), ("dog", "cat"))
    assert tasks.one_two_ax().symbols == tuple("12ABCXYZLR")
    for task, _ in CASES.values():
        assert len(set(task.symbols)) == len(task.symbols)
        assert set(task.answers) <= set(task.symbols)


def test_criteria() -> None:
    assert tasks.one_two_ax(5).criterion == tasks.Criterion(episodes=5, accuracy=1.0, in_a_row=2)
    assert tasks.store_ignore_recall(4).criterion == tasks.Criterion(episodes=1, accuracy=1.0, in_a_row=4)
    criterion = tasks.Criterion(episodes=1, accuracy=0.9, in_a_row=2)
    assert criterion.reached([0.9, 0.8, 0.95, 0.9, 0.1]) == 4
    assert criterion.reached([0.9, 0.8]) is None


def test_a_task_of_ones_own_is_held_to_its_names() -> None:
    task = tasks.n_back(1, ["dog", "cat"], steps=2)
    nothing = np.full((3, 2, 1), -1)
    episodes = task.as_episodes(nothing, [[2, 3]] * 3)
    assert episodes.lengths.tolist() == [2, 2, 2]
    assert episodes.inputs() == [[], [], []]
    assert episodes.inputs(nothing="-") == [["-", "-"]] * 3
    assert episodes.inputs(targets=True) == [["match", "differs"]] * 3


def test_small_whole_numbers_of_numpy_are_numbers() -> None:
    """In eight bits 255 + 1 is 0, and 2 * 100 is -56."""
    # As outside of tests, where types are not checked.
    match, axes, recall, bandit = map(
        inspect.unwrap, (tasks.delayed_match, tasks.one_two_ax, tasks.delayed_recall, tasks.bandit)
    )
    assert match(2, np.uint8(255)).episodes(1, key=KEY).shown.shape == (1, 257, 1)
    assert axes(1, pairs=np.uint8(255)).episodes(1, key=KEY).shown.shape[1] > 2
    assert recall(2, slots=np.int8(100)).episodes(1, key=KEY).shown.shape == (1, 400, 3)
    assert bandit(jnp.array(2)).answers == ("arm1", "arm2")
