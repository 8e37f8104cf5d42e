"""A reward for some basal ganglia teaches these, and leaves all others as they were."""

import equinox as eqx
import jax
import numpy as np
import pytest

import attractorbind as ab


@pytest.fixture(scope="module")
def network():
    areas = [ab.gating.BasalGanglia(name, reads=["lamp"], gates=["left", "right"]) for name in ("first", "second")]
    return ab.build(
        ab.Vocabulary(["red", "green"]),
        buffers={"lamp": 64},
        relays=[],
        areas=[*areas, ab.gating.Utilities("worth", gates=["left", "right"])],
        activity=0.1,
        rule=ab.PseudoInverse(),
        key=jax.random.key(0),
    )


def chosen(network):
    program = ab.load("lamp", "red")
    for area in ("first", "second", "worth"):
        program += ab.choose(area, one_of={"left": ab.hold(1), "right": ab.hold(1)})
    return ab.run(network, program, key=jax.random.key(1)).state


@pytest.mark.parametrize("to", [["second"], ["worth", "first"], None])
def test_only_those_learn_that_a_reward_reaches(network, to):
    before = chosen(network)
    reached = {"first", "second", "worth"} if to is None else set(to)
    given = {area: np.full(1, 0.75) for area in ("first", "second")}
    for program in (ab.reward(0.75, to=to), ab.next_reward(to=to)):
        after = ab.run(network, program, before, stimuli=given).state
        learned = {area for area in ("first", "second") if not eqx.tree_equal(after[area].policy, before[area].policy)}
        # A utility learns from what it is told alone: it is told nothing by rewards that come from outside.
        assert learned == reached - {"worth"}
        if program is not None and "reward(0.75" in str(program):
            assert np.any(np.asarray(after["worth"].utility)) == ("worth" in reached)
        assert [bool(after[area].outcomes[0]) for area in ("first", "second")] == [
            area in reached for area in ("first", "second")
        ]


def test_the_text_of_a_program_tells_whom_it_reaches(network):
    assert str(ab.reward(0.5, to=["first"])) == "reward(0.5, to=['first'])"
    assert str(ab.next_reward(to=["first", "worth", "first"])) == "next_reward(to=['first', 'worth'])"
    assert str(ab.reward(through="second", to=["first"])) == "reward(1, through='second', to=['first'])"
