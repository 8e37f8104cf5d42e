"""One tick by hand is one tick of a run."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from examples import TRIALS, assert_same_states, network
from hypothesis import given, settings, strategies as st

import attractorbind as ab

both_kinds_of_wiring = ["all, direct", "line, nucleus and loop"]


def random_state(built: ab.Network, seed: int) -> ab.State:
    generator = np.random.default_rng(seed)
    state = built.silent(trials=TRIALS)
    for name in state.names:
        state = state.replace(name, jnp.asarray(generator.random(state[name].shape) < 0.2, jnp.float32))
    return state


OPENINGS = st.sampled_from([0.0, 0.25, 0.5, 1.0])


@given(
    configuration=st.sampled_from(both_kinds_of_wiring),
    seed=st.integers(0, 99),
    openings=st.lists(OPENINGS, min_size=9, max_size=9),
    leak=st.sampled_from([0.0, 0.125]),
    noise=st.sampled_from([0.0, 0.1]),
)
@settings(max_examples=30)
def test_is_a_run_of_one_tick(configuration, seed, openings, leak, noise):
    built = network(configuration)
    state = random_state(built, seed)
    named = dict(zip(built.gates, openings, strict=False))
    keys = jax.random.split(jax.random.key(seed), TRIALS)
    trace = ab.run(built, ab.gates(open=named), state, leak=leak, noise=noise, key=keys, record="states", throw=False)
    # A run gives each of its ticks a key of its own.
    first = jax.vmap(jax.random.fold_in, in_axes=(0, None))(keys, 0)
    assert_same_states(ab.tick(built, state, named, leak=leak, noise=noise, key=first), trace.state)
    if not noise and not leak:
        fields = ab.fields(built, state, named)
        for name, field in fields.items():
            np.testing.assert_array_equal(np.asarray(field) > 0, np.asarray(trace.state[name]) > 0)


def test_the_gates_can_be_said_in_three_ways():
    built = network("all, direct")
    state = random_state(built, 1)
    by_name = ab.tick(built, state, ["a->b"])
    assert_same_states(by_name, ab.tick(built, state, {"a->b": 1.0}))
    assert_same_states(by_name, ab.tick(built, state, built.gating(open=["a->b"])))
    assert_same_states(ab.tick(built, state), ab.tick(built, state, built.gating()))


def test_at_rest_a_code_stays():
    built = network("all, direct")
    state = built.silent(TRIALS).replace("b", built.codes("b")[:TRIALS].astype(float))
    assert_same_states(ab.tick(built, state), state)


def test_does_not_change_the_state_it_is_given():
    built = network("all, direct")
    state = random_state(built, 2)
    before = {name: np.array(state[name]) for name in state.names}
    ab.tick(built, state, ["a->b"])
    for name, activity in before.items():
        np.testing.assert_array_equal(state[name], activity)


def test_external_fields_add_to_the_others():
    built = network("all, direct")
    state = random_state(built, 3)
    generator = np.random.default_rng(3)
    external = {name: generator.integers(-4, 5, state[name].shape).astype(np.float32) for name in ("a", "b")}
    following = ab.tick(built, state, ["c->a"], external={name: jnp.asarray(field) for name, field in external.items()})
    fields = ab.fields(built, state, ["c->a"])
    changed = 0
    for name, field in fields.items():
        total = np.asarray(field) + external.get(name, np.zeros(field.shape, np.float32))
        np.testing.assert_array_equal(np.asarray(following[name]) > 0, total > 0)
        changed += ((total > 0) != (np.asarray(field) > 0)).sum()
    assert changed > 0


def test_the_drive_imposes_a_code_whatever_is_open():
    built = network("all, direct")
    state = random_state(built, 4)
    code = built.codes("b")[2]
    field = jnp.broadcast_to(jnp.where(code, built.drive, -built.drive), (TRIALS, 48))
    following = ab.tick(built, state, [gate for gate in built.gates if "->" in gate], external={"b": field})
    np.testing.assert_array_equal(following["b"], np.broadcast_to(code, (TRIALS, 48)))


def test_external_fields_may_go_to_a_nucleus():
    built = network("line, nucleus and loop")
    state = built.silent(TRIALS)
    following = ab.tick(built, state, external={"a->b": jnp.ones_like(state["a->b"])})
    assert np.asarray(following["a->b"]).all()
    assert not any(np.asarray(following[name]).any() for name in following.names if name != "a->b")


@pytest.mark.parametrize("configuration", both_kinds_of_wiring)
def test_by_hand_a_whole_copy(configuration):
    built = network(configuration)
    schedule = (ab.copy("a", "b") + ab.clear("a")).compile(built)
    state = built.silent(TRIALS)
    # Where the latch is a loop, its nucleus holds the symbol too.
    for name in {"a", "a->a"}.intersection(state.names):
        state = state.replace(name, built.codes(name)[:TRIALS].astype(float))
    expected = ab.run(built, schedule, state, record="states").state
    for gates in schedule.gates:
        state = ab.tick(built, state, gates)
    assert_same_states(state, expected)
    np.testing.assert_array_equal(state["b"], built.codes("b")[:TRIALS])
