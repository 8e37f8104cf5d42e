"""Lost synapses and units, and synapses of one's own."""

from pathlib import Path

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from examples import network, pair

import attractorbind as ab

KEY = jax.random.key(5)


def leaves(built: ab.Network) -> list[np.ndarray]:
    return [np.asarray(leaf) for leaf in jax.tree.leaves((built.all_codes, built.synapses, built.drive))]


def test_no_lesion_is_the_same_network():
    built = network("all, direct")
    for one, other in zip(leaves(ab.lesion(built, key=KEY)), leaves(built), strict=True):
        np.testing.assert_array_equal(one, other)


def test_a_share_of_the_synapses_is_lost_and_a_larger_lesion_contains_a_smaller_one():
    built = pair(units=128)
    before = built.synapses_between("focus", "agent").weights
    lost = {}
    for share in (0.1, 0.4):
        after = ab.lesion(built, synapses=share, key=KEY).synapses_between("focus", "agent").weights
        lost[share] = np.asarray(after != before)
        assert not after[lost[share]].any()
        assert lost[share].mean() == pytest.approx(share, abs=0.01)
    assert (lost[0.4] >= lost[0.1]).all()
    everything = ab.lesion(built, synapses=1.0, key=KEY)
    assert not any(one.weights.any() for one in everything.synapses)
    other = ab.lesion(built, synapses=0.4, key=jax.random.key(6)).synapses_between("focus", "agent").weights
    assert (np.asarray(other != before) != lost[0.4]).any()


def lost_units(built: ab.Network, share: float) -> dict[str, np.ndarray]:
    """The units that a lesion takes, by a code of all units on, which is struck there and nowhere else."""
    ones = eqx.tree_at(lambda one: one.all_codes, built, replace_fn=lambda every: tuple(map(jnp.ones_like, every)))
    hurt = ab.lesion(ones, units=share, key=KEY)
    return {population.name: ~np.asarray(hurt.codes(population.name)[0]) for population in built.wiring.populations}


@pytest.mark.parametrize("share", [0.25, 1.0])
def test_a_lost_unit_hears_nobody_and_is_heard_by_nobody(share):
    built = network("hub, nucleus")
    hurt, lost = ab.lesion(built, units=share, key=KEY), lost_units(built, share)
    for population in built.wiring.populations:
        assert lost[population.name].sum() == round(share * population.units)
        assert (lost_units(built, 0.1)[population.name] <= lost[population.name]).all()
        expected = np.asarray(built.codes(population.name)) & ~lost[population.name]
        np.testing.assert_array_equal(hurt.codes(population.name), expected)
    names = [population.name for population in built.wiring.populations]
    for projection, before, after in zip(built.wiring.projections, built.synapses, hurt.synapses, strict=True):
        source, target = lost[names[projection.source]], lost[names[projection.target]]
        np.testing.assert_array_equal(after.weights, np.where(source[:, None] | target, 0, before.weights))
        np.testing.assert_array_equal(after.bias, np.where(target, 0, before.bias))
    program = ab.load("a", ab.arg("x")) + ab.copy("a", "b") + ab.copy("b", "c") + ab.hold(2)
    trace = ab.run(hurt, program, args={"x": ["s0", "s1", "s2"]}, record="states", throw=False)
    for name in "abc":
        assert not trace.states[name][..., lost[name]].any()
    assert trace.states["a"].any() == (share < 1)


def test_new_symbols_are_imprinted_before_a_network_is_altered():
    built = pair()
    for altered in (
        ab.lesion(built, synapses=0.1, key=KEY),
        built.replace("focus", "agent", built.synapses_between("focus", "agent")),
    ):
        with pytest.raises(ab.NetworkError, match="imprint the new symbols first"):
            ab.imprint(altered, ["yak"])
    huge = jax.tree.map(lambda array: 1e8 * array, built.synapses_between("focus", "agent"))
    with pytest.raises(ab.NetworkError, match="scale them down"):
        built.replace("focus", "agent", huge)
    with pytest.raises(ab.NetworkError, match="finite"):
        built.replace(
            "focus", "agent", jax.tree.map(lambda array: array * jnp.nan, built.synapses_between("focus", "agent"))
        )


@pytest.mark.parametrize("size", [3e38, 1e38])
def test_synapses_whose_sums_float32_cannot_hold_are_refused(size):
    built = pair()
    weights, bias = jnp.zeros((64, 64)).at[:4].set(size), jnp.zeros(64)
    with pytest.raises(ab.NetworkError, match=r"from 'focus' to 'agent', replace was given .*add up; scale"):
        built.replace("focus", "agent", ab.Synapses(weights, bias))
    with pytest.raises(ab.NetworkError, match="finite"):
        built.replace("focus", "agent", ab.Synapses(weights * 0, bias + jnp.inf))


def test_a_state_goes_on_in_the_hurt_network(tmp_path: Path):
    built = pair(ab.MaximalStability(), units=128)
    state = ab.run(built, ab.load("focus", "s3")).state
    hurt = ab.lesion(built, synapses=0.2, units=0.1, key=KEY)
    assert ab.run(hurt, ab.copy("focus", "agent"), state).decode() == {"focus": ["s3"], "agent": ["s3"]}
    hurt.save(tmp_path / "hurt")
    again = ab.Network.load(tmp_path / "hurt")
    assert again.altered
    for one, other in zip(leaves(again), leaves(hurt), strict=True):
        np.testing.assert_array_equal(one, other)
    assert ab.lesion(built, synapses=0.9, key=KEY).report().wrong_bits > 0


def test_synapses_of_ones_own_take_the_place_of_the_networks():
    built = pair()
    same = built.replace("focus", "agent", built.synapses_between("focus", "agent"))
    for one, other in zip(leaves(same), leaves(built), strict=True):
        np.testing.assert_array_equal(one, other)
    # Each symbol is translated to the next one, by weights learned elsewhere.
    source, target = built.codes("focus"), jnp.roll(built.codes("agent"), -1, axis=0)
    translating = built.replace("focus", "agent", ab.PseudoInverse().learn(source, target, recurrent=False))
    trace = ab.run(translating, ab.load("focus", ab.arg("x")) + ab.copy("focus", "agent"), args={"x": ["s0", "s5"]})
    assert trace.decode()["agent"] == ["s1", "s0"]
    # However large the weights, what is presented stands.
    strong = jax.tree.map(lambda array: 1000 * array, built.synapses_between("focus", "focus"))
    held = ab.run(built.replace("focus", "focus", strong), ab.load("focus", "s2"))
    assert held.decode()["focus"] == ["s2"]
