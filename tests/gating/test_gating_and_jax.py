"""Basal ganglia under JAX's settings and transformations, in files, and under other names."""

import os
import subprocess
import sys
from pathlib import Path

import equinox as eqx
import gaters
import gating_settings
import jax
import jax.numpy as jnp
import numpy as np

import attractorbind as ab
from attractorbind._engine import driver

SETTINGS = {
    "JAX_ENABLE_X64": "1",
    "JAX_NUMPY_DTYPE_PROMOTION": "strict",
    "JAX_DEBUG_NANS": "1",
    "JAX_NUMPY_RANK_PROMOTION": "raise",
}


def test_states_are_the_same_whatever_jax_is_set_to():
    """All settings at once, in a process of its own."""
    command = [sys.executable, "-W", "error", gating_settings.__file__]
    done = subprocess.run(command, env=os.environ | SETTINGS, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == gating_settings.outcome()


def test_derivatives_pass_by_the_choice():
    network = gaters.built()
    codes = jnp.asarray(network.codes("word")).astype(jnp.float32)
    gates = network.gating(open=["word->first", "word->striatum", *(f"striatum:{name}" for name in
        ("choose", "sample", "outcome", "amount", *gaters.CHANNELS))], closed=["first"])  # fmt: skip

    def first(word: jax.Array, *, of_choices: bool) -> jax.Array:
        state = network.silent(2).replace("word", word)
        after = ab.step(
            network, state, gates, key=jax.random.key(0), surrogate=lambda field: 1 / (1 + jnp.abs(field)) ** 2
        )
        striatum = after.areas[0]
        told = jnp.sum(striatum.probability) + jnp.sum(striatum.traces) + jnp.sum(striatum.dopamine)
        return told if of_choices else jnp.sum(after["first"])

    through = jax.jit(jax.grad(first), static_argnames="of_choices")
    past, none = through(codes[:2], of_choices=False), through(codes[:2], of_choices=True)
    assert np.isfinite(past).all()
    assert np.abs(past).max() > 0
    assert not np.asarray(none).any()


def test_a_network_in_a_file_chooses_and_learns_as_before(tmp_path: Path):
    network = gaters.built(discount=0.5)
    network.save(tmp_path / "network.abn")
    loaded = ab.Network.load(tmp_path / "network.abn")
    # Which attributes of an area its file keeps is told by no shape.
    assert loaded.areas[0] == network.areas[0]
    gaters.assert_same(loaded.area_parameters, network.area_parameters)
    program = ab.load("word", "red") + ab.repeat(4, ab.choose("striatum", gates=gaters.CHANNELS[:2]) + ab.reward(0.5))
    one, other = (ab.run(each, program, key=gaters.keys(2)) for each in (network, loaded))
    gaters.assert_same_states(one.state, other.state)


def test_a_learned_policy_in_a_file_goes_on_bit_for_bit(tmp_path: Path):
    network = gaters.built(discount=0.5)
    program = ab.load("word", "red") + ab.repeat(4, ab.choose("striatum", gates=gaters.CHANNELS[:2]) + ab.reward(0.5))
    learned = ab.run(network, program, key=gaters.keys(2)).state
    eqx.tree_serialise_leaves(tmp_path / "learned.state", learned)
    read = eqx.tree_deserialise_leaves(tmp_path / "learned.state", network.silent(2))
    gaters.assert_same_states(read, learned)
    assert np.any(read["striatum"].policy.weights)
    one, other = (ab.run(network, program, start, key=gaters.keys(2)) for start in (learned, read))
    gaters.assert_same_states(one.state, other.state)


def test_other_names_and_rates_compile_nothing_anew_but_other_channels_do():
    def ran(name: str, count: int = 3, **settings: float) -> None:
        channels = (*gaters.CHANNELS, "more")[:count]
        network = gaters.built(name=name, channels=channels, **settings)
        program = ab.load("word", "red") + ab.choose(name, gates=gaters.CHANNELS[:2]) + ab.reward(0.5)
        ab.run(network, program, key=gaters.keys(2))

    ran("striatum")
    compiled = driver._drive._cache_size()  # pyright: ignore[reportFunctionMemberAccess]
    ran("putamen", rate=0.5, trace=0.1, explore=0.9, forget=0.5, critic=0.5, discount=0.25)
    assert driver._drive._cache_size() == compiled  # pyright: ignore[reportFunctionMemberAccess]
    ran("striatum", 4)
    assert driver._drive._cache_size() == compiled + 1  # pyright: ignore[reportFunctionMemberAccess]
