"""Tasks as environments of gymnasium, and environments of gymnasium in symbols."""

import sys
import warnings
from typing import Any

import jax
import numpy as np
import pytest

import attractorbind as ab
from attractorbind import tasks

gymnasium = pytest.importorskip("gymnasium")
TASKS = {
    "one_two_ax": tasks.one_two_ax(3),
    "store_ignore_recall": tasks.store_ignore_recall(trials=10),
    "role_filler": tasks.role_filler(key=jax.random.key(0)),
    "delayed_match": tasks.delayed_match(),
    "n_back": tasks.n_back(),
    "delayed_recall": tasks.delayed_recall(),
    "bandit": tasks.bandit(reversal=5),
}


@pytest.mark.parametrize("name", list(TASKS))
def test_gymnasium_finds_nothing_wrong(name: str) -> None:
    from gymnasium.utils.env_checker import check_env

    environment: Any = TASKS[name].environment()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        check_env(environment)


@pytest.mark.parametrize("name", list(TASKS))
def test_an_environment_steps_through_an_episode(name: str) -> None:
    task = TASKS[name]
    split = task.splits[-1]
    environment = task.environment(split=split)
    observation, known = environment.reset(seed=3)
    # Gymnasium makes its generators so.
    generator, _ = gymnasium.utils.seeding.np_random(3)
    episodes = task.draw(1, generator, split)
    for step in range(episodes.lengths[0]):
        np.testing.assert_array_equal(observation, episodes.shown[0, step] + 1)
        assert known["asked"] == episodes.steps_asked[0, step]
        assert known["target"] == episodes.answer_asked[0, step]
        action = max(known["target"], 0)
        observation, reward, terminated, truncated, known = environment.step(np.int64(action))
        assert reward == episodes.rewards[0, step, action]
        assert (terminated, truncated) == (step + 1 == episodes.lengths[0], False)
    assert not observation.any()
    with pytest.raises(ab.ArgumentError, match="reset"):
        environment.step(0)
    again, _ = environment.reset()
    assert environment.observation_space.contains(again)


def test_what_is_no_action_and_no_split_is_refused() -> None:
    environment = tasks.n_back().environment()
    environment.reset(seed=0)
    with pytest.raises(ab.ArgumentError, match="below 2"):
        environment.step(2)
    with pytest.raises(ab.UnknownNameError, match="'test'"):
        tasks.n_back().environment(split="test")


def test_a_task_and_back() -> None:
    """The adaptor shows in names what the environment of a task shows in numbers."""
    task = tasks.role_filler(key=jax.random.key(0))
    symbols, plain = tasks.Symbols(task.environment()), task.environment()
    assert symbols.channels == ("seen.0", "seen.1", "seen.2")
    assert symbols.answers == tuple(f"do={number}" for number in range(10))
    assert len(symbols.symbols) == 3 * (len(task.symbols) + 1) + 10
    names, (observation, _) = symbols.reset(seed=5), plain.reset(seed=5)
    for action in (0, 3, 2, 7):
        assert names == tuple(f"seen.{axis}={value}" for axis, value in enumerate(observation))
        observation, reward, terminated, _, _ = plain.step(action)
        answered = symbols.step(f"do={action}")
        names = answered.names
        assert (answered.reward, answered.terminated, answered.truncated) == (reward, terminated, False)
    ab.Vocabulary(symbols.symbols)


def test_boxes_are_divided_into_bins() -> None:
    low, high = [-2.4, -3.0, -0.2, -3.0], [2.4, 3.0, 0.2, 3.0]
    cart = tasks.Symbols(gymnasium.make("CartPole-v1"), bins=4, low=low, high=high)
    assert cart.symbols[:5] == ("seen.0=0", "seen.0=1", "seen.0=2", "seen.0=3", "seen.1=0")
    names = cart.reset(seed=0)
    other = gymnasium.make("CartPole-v1")
    observation, _ = other.reset(seed=0)
    ended = False
    while not ended:
        bins = [
            sum(value >= edge for edge in np.linspace(a, b, 5)[1:-1])
            for value, a, b in zip(observation, low, high, strict=True)
        ]
        assert names == tuple(f"seen.{axis}={value}" for axis, value in enumerate(bins))
        observation, _, ended, _, _ = other.step(1)
        names, reward, terminated, _ = cart.step("do=1")
        assert (reward, terminated) == (1.0, ended)


class Given(gymnasium.Env):
    """Shows what it is given."""

    def __init__(self, space: Any, value: Any, actions: Any = None) -> None:
        self.observation_space, self.value = space, value
        self.action_space = actions or gymnasium.spaces.Discrete(2, start=-1)

    def reset(self, *, seed: int | None = None, options: Any = None) -> tuple[Any, dict]:
        return self.value, {}

    def step(self, action: Any) -> tuple[Any, float, bool, bool, dict]:
        return self.value, float(action), False, True, {}


SPACES = gymnasium.spaces


def test_parts_of_spaces_have_channels_of_their_own() -> None:
    space = SPACES.Dict(
        {
            "hand": SPACES.Tuple([SPACES.Discrete(3, start=5), SPACES.Box(0, 1, (2,))]),
            "map": SPACES.MultiDiscrete([2, 4]),
        }
    )
    value = {"hand": (np.int64(6), np.array([0.0, 1.0], np.float32)), "map": np.array([1, 3])}
    symbols = tasks.Symbols(Given(space, value), bins=3)
    assert symbols.channels == ("seen.hand.0", "seen.hand.1.0", "seen.hand.1.1", "seen.map.0", "seen.map.1")
    assert symbols.reset() == ("seen.hand.0=6", "seen.hand.1.0=0", "seen.hand.1.1=2", "seen.map.0=1", "seen.map.1=3")
    assert symbols.answers == ("do=-1", "do=0")
    assert symbols.step("do=-1") == (symbols.reset(), -1.0, False, True)
    with pytest.raises(ab.UnknownNameError, match="do=0"):
        symbols.step("do=1")


def test_parts_may_be_observed_in_any_order() -> None:
    """gymnasium sorts the parts of a space; an environment need not, and its checker lets that pass."""
    space = SPACES.Dict({"speed": SPACES.Discrete(3), "angle": SPACES.Discrete(5)})
    symbols = tasks.Symbols(Given(space, {"speed": np.int64(1), "angle": np.int64(2)}))
    assert dict(zip(symbols.channels, symbols.reset(), strict=True)) == {
        "seen.angle": "seen.angle=2",
        "seen.speed": "seen.speed=1",
    }


def test_outside_of_the_limits_is_the_outermost_bin() -> None:
    box = SPACES.Box(-np.inf, np.inf, (3,))
    symbols = tasks.Symbols(Given(box, np.array([-np.inf, 0.5, 9.0], np.float32)), bins=2, low=0, high=1)
    assert symbols.reset() == ("seen.0=0", "seen.1=1", "seen.2=1")


BOX = SPACES.Box(-np.inf, np.inf, (2,))


@pytest.mark.parametrize(
    ("environment", "given", "said"),
    [
        ("CartPole-v1", {}, "give a gymnasium.Env"),
        (Given(BOX, None), {}, "low= and high="),
        (Given(BOX, None), {"low": 1, "high": 1}, "low= below high="),
        (Given(BOX, None), {"low": [1, 2, 3], "high": 1}, "each of the 2"),
        (Given(BOX, None), {"low": "none", "high": 1}, "give a number"),
        (Given(SPACES.MultiBinary(3), None), {}, "Discrete, MultiDiscrete or Box"),
        (Given(SPACES.Discrete(3), None, SPACES.Box(0, 1, (2,))), {}, "only Discrete"),
        (Given(BOX, None), {"bins": 1}, "at least 2"),
    ],
)
def test_what_cannot_be_named_is_refused(environment: Any, given: dict, said: str) -> None:
    with pytest.raises(ab.ArgumentError, match=said):
        tasks.Symbols(environment, **given)


def test_an_observation_outside_of_its_space_is_refused() -> None:
    symbols = tasks.Symbols(Given(BOX, np.array([np.nan, 0])), low=0, high=1)
    with pytest.raises(ab.ArgumentError, match="check_env"):
        symbols.reset()
    with pytest.raises(ab.ArgumentError, match="check_env"):
        tasks.Symbols(Given(SPACES.Discrete(3), np.int64(7))).reset()
    parts = SPACES.Dict({"speed": SPACES.Discrete(3), "angle": SPACES.Discrete(5)})
    for wrong in ({"speed": 1}, {"speed": 1, "angle": "left"}, (1, 2), 1):
        with pytest.raises(ab.ArgumentError, match="check_env"):
            tasks.Symbols(Given(parts, wrong)).reset()
    with pytest.raises(ab.ArgumentError, match="check_env"):
        tasks.Symbols(Given(SPACES.Tuple([SPACES.Discrete(3)]), 1)).reset()


def test_without_gymnasium_the_error_tells_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.split(".")[0] == "gymnasium"]:
        monkeypatch.setitem(sys.modules, name, None)
    monkeypatch.delitem(sys.modules, "attractorbind._tasks.environment", raising=False)
    for call in (tasks.n_back().environment, lambda: tasks.Symbols(None)):
        with pytest.raises(ImportError, match=r"pip install 'attractorbind\[gym\]'"):
            call()


def test_an_environment_of_neurogym() -> None:
    neurogym = pytest.importorskip("neurogym")
    symbols = tasks.Symbols(neurogym.make("PerceptualDecisionMaking-v0"), bins=3, low=-1, high=2)
    symbols.reset(seed=0)
    answered = symbols.step(symbols.answers[0])
    assert set(answered.names) <= set(symbols.symbols)
