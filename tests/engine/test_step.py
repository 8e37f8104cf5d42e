"""One tick as a pure function of arrays: the oracle's, bit for bit, under all transformations, and its gradients."""

from collections.abc import Callable, Mapping
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import memories
import numpy as np
import oracle
import pytest
from examples import CONFIGURATIONS, MEMORIES, TRIALS, assert_same_states, network, numpy_state, plain, random_state

import attractorbind as ab

both_kinds_of_wiring = ["all, direct", "line, nucleus and loop"]
# Numbers that sums in float32 hold exactly.
OPENINGS = np.array([0.0, 0.0, 0.25, 0.5, 1.0], np.float32)
compiled_step = jax.jit(ab.step)


def random_gates(built: ab.Network, seed: int, rows: int | None = None) -> np.ndarray:
    shape = (len(built.gates),) if rows is None else (rows, len(built.gates))
    return np.random.default_rng(seed).choice(OPENINGS, shape)


def random_fields(built: ab.Network, seed: int, names: list[str] | None = None) -> dict[str, np.ndarray]:
    """External fields that decide some units and not others."""
    generator = np.random.default_rng(seed)
    state = built.silent(TRIALS)
    return {
        name: (generator.integers(-8, 9, state[name].shape) / 4).astype(np.float32) for name in names or state.names
    }


def openings(built: ab.Network, gates: np.ndarray) -> dict[str, float]:
    return {name: float(conductance) for name, conductance in zip(built.gates, gates, strict=True)}


def assert_is(state: ab.State, trial: int, expected: Mapping[str, np.ndarray]) -> None:
    for name, activity in expected.items():
        np.testing.assert_array_equal(np.asarray(state[name])[trial] > 0, activity, err_msg=f"{name}, trial {trial}")
        assert set(np.unique(state[name])) <= {0.0, 1.0}


@pytest.mark.parametrize("configuration", list(CONFIGURATIONS))
@pytest.mark.parametrize("per_trial", [False, True], ids=["gates for all", "gates for each"])
def test_is_the_oracles_tick_bit_for_bit(configuration, per_trial):
    built, net = network(configuration), plain(configuration)
    met = set()
    for seed in range(8):
        state, fields = random_state(built, seed), random_fields(built, 100 + seed)
        gates = random_gates(built, seed, TRIALS if per_trial else None)
        following = compiled_step(built, state, gates, external=fields)
        for trial, start in enumerate(numpy_state(state)):
            own = gates[trial] if per_trial else gates
            met.update(own.tolist())
            tick = (openings(built, own), None, None)
            expected = oracle.advance(net, start, tick, {name: field[trial] for name, field in fields.items()})
            assert_is(following, trial, expected)
    assert met == set(OPENINGS.tolist())


@pytest.mark.parametrize("configuration", both_kinds_of_wiring)
def test_a_presented_symbol_is_a_field_of_the_drives_size(configuration):
    built, net = network(configuration), plain(configuration)
    state, gates = random_state(built, 5), random_gates(built, 5)
    code = np.asarray(built.codes("b"))[1]
    field = np.broadcast_to(np.where(code, net.drive, -net.drive).astype(np.float32), (TRIALS, len(code)))
    following = ab.step(built, state, gates, external={"b": field})
    for trial, start in enumerate(numpy_state(state)):
        assert_is(following, trial, oracle.advance(net, start, (openings(built, gates), "b", net.symbols[1])))


@pytest.mark.parametrize("leak", [0.25, 1.0])
def test_a_leak_is_the_least_that_a_gate_conducts(leak):
    built, net = network("all, direct"), plain("all, direct")
    state, gates = random_state(built, 6), random_gates(built, 6)
    following = ab.step(built, state, gates, leak=leak)
    leaking = {name: max(leak, opening) for name, opening in openings(built, gates).items()}
    for trial, start in enumerate(numpy_state(state)):
        assert_is(following, trial, oracle.advance(net, start, (leaking, None, None)))


@pytest.mark.parametrize("configuration", list(MEMORIES))
def test_with_a_memory_it_is_the_oracles_tick(configuration):
    built, net = network(configuration), plain(configuration)
    (wired,) = built.wiring.areas
    held = memories.Plain(wired.name, wired.units, list(wired.reads), np.asarray(built.area_parameters[0]))
    own = [memories.Hippocampus(net, held) for _ in range(TRIALS)]
    generator = np.random.default_rng(0)
    state = built.silent(TRIALS)
    first = len(built.wiring.pathways)
    stored = written = 0
    for _ in range(60):
        # Latches mostly hold; each trial's memory is told something else, also with gates that are half open.
        gates = np.tile(built.wiring.resting, (TRIALS, 1))
        gates[:, first:] = generator.choice(
            np.array([0, 0.25, 0.75, 1], np.float32), gates[:, first:].shape, p=[0.55, 0.05, 0.1, 0.3]
        )
        buffer = wired.reads[generator.integers(len(wired.reads))]
        codes = np.asarray(built.codes(buffer))[generator.integers(len(built.vocabulary), size=TRIALS)]
        present = generator.random(TRIALS) < 0.4
        field = np.where(codes, net.drive, -net.drive) * present[:, None]
        starts = numpy_state(state)
        state = compiled_step(built, state, gates, external={buffer: field.astype(np.float32)})
        for trial, start in enumerate(starts):
            opened = openings(built, gates[trial])
            further = own[trial].fields(opened)
            written += sum(len(given) > 0 for given in further.values())
            given = further | {buffer: further.get(buffer, 0.0) + field[trial]}
            own[trial].tick(opened, start)
            assert_is(state, trial, oracle.advance(net, start, (opened, None, None), given))
            np.testing.assert_array_equal(state["m"].activity[trial], own[trial].active)
            np.testing.assert_array_equal(state["m"].strength[trial], own[trial].strengths())
            assert (int(state["m"].found[trial]), int(state["m"].context[trial])) == (
                own[trial].found,
                own[trial].context,
            )
        stored = sum(memory.stored for memory in own)
    assert stored > 10
    assert written > 10


@pytest.mark.parametrize("configuration", [*both_kinds_of_wiring, "memory"])
@pytest.mark.parametrize("noise", [0.0, 0.1])
def test_is_what_tick_does(configuration, noise):
    built = network(configuration)
    key = jax.random.key(4)
    for seed, rows in ((1, None), (2, TRIALS)):
        state, fields = random_state(built, seed), random_fields(built, seed, ["a", "c"])
        gates = random_gates(built, seed, rows)
        found = compiled_step(built, state, gates, external=fields, noise=noise, leak=0.125, key=key)
        assert found.origin == built.origin
        by_hand = ab.tick(built, state, gates, external=fields, noise=noise, leak=0.125, key=key)
        assert_same_states(found, by_hand)


@pytest.mark.parametrize("configuration", ["line, nucleus and loop", "memory"])
def test_equal_keys_give_what_a_run_gives_at_the_same_tick(configuration):
    built = network(configuration)
    schedule = ab.gates(open=["b->a"], closed=["a"], ticks=5).compile(built)
    state, keys = random_state(built, 3), jax.random.split(jax.random.key(9), TRIALS)
    trace = ab.run(built, schedule, state, noise=0.2, key=keys, record="states", throw=False)
    for tick, gates in enumerate(schedule.gates):
        of_tick = jax.vmap(jax.random.fold_in, in_axes=(0, None))(keys, tick)
        state = compiled_step(built, state, gates, noise=0.2, key=of_tick)
        for buffer in built.buffers:
            np.testing.assert_array_equal(state[buffer], trace.states[buffer][tick])
    assert_same_states(state, trace.state)


def test_one_key_is_a_key_for_each_trial():
    built = network("all, direct")
    state, gates, key = random_state(built, 7), random_gates(built, 7), jax.random.key(2)
    keys = jax.vmap(jax.random.fold_in, in_axes=(None, 0))(key, jnp.arange(TRIALS))
    in_one = ab.step(built, state, gates, noise=0.3, key=key)
    assert_same_states(in_one, ab.step(built, state, gates, noise=0.3, key=keys))
    # Each trial does what it does alone.
    alone = jax.tree.map(lambda leaf: leaf[1:2], state)
    assert_same_states(ab.step(built, alone, gates, noise=0.3, key=keys[1:2]), jax.tree.map(lambda x: x[1:2], in_one))


def test_noise_flips_as_many_units_as_it_says():
    built = network("all, direct")
    state, gates, key = random_state(built, 8, trials=200), random_gates(built, 8), jax.random.key(3)
    quiet = ab.step(built, state, gates)
    for level in (0.0, 0.1, 1.0):
        # Also a level of 0 that nobody knows beforehand.
        noisy = jax.jit(lambda noise: ab.step(built, state, gates, noise=noise, key=key))(level)
        flipped = np.concatenate([np.ravel(noisy[name] != quiet[name]) for name in quiet.names])
        assert abs(flipped.mean() - level) < (0.01 if 0 < level < 1 else 1e-9)


def stacked(trees: list[Any]) -> Any:
    return jax.tree.map(lambda *leaves: jnp.stack(leaves), *trees)


def of(tree: Any, number: int) -> Any:
    return jax.tree.map(lambda leaf: leaf[number], tree)


@pytest.mark.parametrize("configuration", ["all, direct", "memory, loop"])
def test_within_vmap_it_is_the_same(configuration):
    built = network(configuration)
    states = [random_state(built, seed) for seed in (1, 2)]
    for rows in (None, TRIALS):
        settings = [random_gates(built, seed, rows) for seed in (3, 4)]
        keys = jax.random.split(jax.random.key(0), 2)
        each = [
            compiled_step(built, state, gates, noise=0.1, leak=0.125, key=key)
            for state, gates, key in zip(states, settings, keys, strict=True)
        ]
        at_once = jax.vmap(lambda s, g, k: ab.step(built, s, g, noise=0.1, leak=0.125, key=k))
        together = at_once(stacked(states), np.stack(settings), keys)
        for number, expected in enumerate(each):
            assert_same_states(of(together, number), expected)
    over_gates = jax.vmap(lambda gates: ab.step(built, states[0], gates))(np.stack(settings))
    for number, gates in enumerate(settings):
        assert_same_states(of(over_gates, number), compiled_step(built, states[0], gates))


def test_within_vmap_over_weights_leaks_and_levels_of_noise_it_is_the_same():
    built = network("all, direct")
    hurt = [ab.lesion(built, synapses=0.3, key=jax.random.key(seed)) for seed in (1, 2)]
    state, gates, key = random_state(built, 1), random_gates(built, 1), jax.random.key(0)
    leaks, levels = jnp.array([0.0, 0.25]), jnp.array([0.0, 0.1])
    arrays, static = eqx.partition(stacked(hurt), eqx.is_array)

    def advanced(arrays: Any, leak: jax.Array, noise: jax.Array) -> ab.State:
        return ab.step(eqx.combine(arrays, static), state, gates, leak=leak, noise=noise, key=key)

    together = jax.vmap(advanced)(arrays, leaks, levels)
    for number, own in enumerate(hurt):
        options = {"leak": float(leaks[number]), "noise": float(levels[number]), "key": key}
        assert_same_states(of(together, number), ab.step(own, state, gates, **options))


@pytest.mark.parametrize("configuration", ["hub, nucleus", "memory"])
def test_within_scan_it_is_the_same(configuration):
    built = network(configuration)
    start, settings = random_state(built, 2), np.stack([random_gates(built, seed, TRIALS) for seed in range(6)])
    expected = start
    for gates in settings:
        expected = compiled_step(built, expected, gates)
    last, seen = jax.lax.scan(lambda state, gates: (ab.step(built, state, gates), state["a"]), start, settings)
    assert_same_states(last, expected)
    assert seen.shape == (6, *start["a"].shape)
    # What comes out is a state of the network, which all that is checked takes.
    assert ab.tick(built, last).trials == TRIALS


def with_infinite(built: ab.Network, source: str, target: str) -> ab.Network:
    index = built.wiring.projection(source, target)
    bad = jnp.full_like(built.synapses[index].weights, jnp.inf)
    return eqx.tree_at(lambda network: network.synapses[index].weights, built, bad)


def test_a_closed_projection_adds_nothing_even_if_its_field_is_not_finite():
    built = network("all, direct")
    bad = with_infinite(built, "a", "b")
    state = random_state(built, 3)
    gates = np.stack([built.gating(), built.gating(open=["c->b"]), built.gating(open=["a->b"])])
    following = ab.step(bad, state, gates)
    sound = ab.step(built, state, gates)
    for name in state.names:
        np.testing.assert_array_equal(following[name][:2], sound[name][:2])
    assert bool((following["b"][2] != sound["b"][2]).any())
    # A conductance that processors take for 0 is 0.
    smallest = np.where(np.asarray(built.gates) == "a->b", np.float32(1e-40), built.gating())
    assert_same_states(ab.step(bad, state, smallest), ab.step(built, state, built.gating()))


def test_wrong_input_is_an_error():
    built = network("all, direct")
    state, gates = random_state(built, 1), built.gating()
    with pytest.raises(ab.UnknownNameError, match="unknown population 'd'; populations are 'a', 'b', 'c'"):
        ab.step(built, state, gates, external={"d": np.zeros((TRIALS, 40))})
    with pytest.raises(ab.ArgumentError, match="give key="):
        ab.step(built, state, gates, noise=0.1)


# Gradients. The slope is that of the arc tangent, which is written out below in forms of its own.


def slope(field: jax.Array) -> jax.Array:
    return 1 / (1 + field**2)


def straight_through(field: jax.Array) -> jax.Array:
    """The threshold's value with the arc tangent's slope."""
    smooth = jnp.arctan(field)
    return smooth + jax.lax.stop_gradient((field > 0) - smooth)


@jax.custom_jvp
def by_rule(field: jax.Array) -> jax.Array:
    return jnp.where(field > 0, 1.0, 0.0)


by_rule.defjvps(lambda tangent, _, field: tangent / (1 + field * field))


def written_out(
    built: ab.Network,
    threshold: Callable,
    parts: dict[str, Any],
    states: dict[str, jax.Array],
    *,
    leak: float,
    flips: dict[str, jax.Array] | None = None,
) -> dict[str, jax.Array]:
    """The equations of a tick with one setting of the gates for each trial."""
    names = [population.name for population in built.wiring.populations]
    following = {}
    for target, name in enumerate(names):
        field = parts["external"][name]
        for number, projection in enumerate(built.wiring.projections):
            if projection.target == target:
                gate = jnp.maximum(parts["gates"][:, projection.gate], leak)[:, None]
                received = states[names[projection.source]] @ parts["weights"][number] + parts["biases"][number][None]
                field = field + gate * received
        output = threshold(field)
        following[name] = output if flips is None else jnp.where(flips[name], 1 - output, output)
    return following


def parts_of(built: ab.Network, seed: int) -> dict[str, Any]:
    generator = np.random.default_rng(seed)
    gates = generator.choice(np.array([0.25, 0.5, 1.0], np.float32), (TRIALS, len(built.gates)))
    return {
        "states": {name: jnp.asarray(random_state(built, seed)[name]) for name in built.silent().names},
        "weights": [synapses.weights for synapses in built.synapses],
        "biases": [synapses.bias for synapses in built.synapses],
        "gates": jnp.asarray(gates),
        "external": {name: jnp.asarray(field) for name, field in random_fields(built, seed).items()},
    }


def by_step(built: ab.Network, parts: dict[str, Any], ticks: int = 2, **options: Any) -> dict[str, jax.Array]:
    changed = eqx.tree_at(lambda network: [one.weights for one in network.synapses], built, parts["weights"])
    changed = eqx.tree_at(lambda network: [one.bias for one in network.synapses], changed, parts["biases"])
    state = built.silent(TRIALS)
    for name, activity in parts["states"].items():
        state = state.replace(name, activity)
    for _ in range(ticks):
        state = ab.step(changed, state, parts["gates"], external=parts["external"], **options)
    return {name: state[name] for name in state.names}


def loss_of(built: ab.Network, seed: int) -> Callable[[dict[str, jax.Array]], jax.Array]:
    generator = np.random.default_rng(seed)
    wanted = {name: generator.normal(size=built.silent(TRIALS)[name].shape) for name in built.silent().names}
    return lambda states: sum(jnp.sum(states[name] * jnp.float32(weight)) for name, weight in wanted.items())


def assert_close(found: Any, expected: Any) -> None:
    assert jax.tree.structure(found) == jax.tree.structure(expected)
    for leaf, other in zip(jax.tree.leaves(found), jax.tree.leaves(expected), strict=True):
        assert np.isfinite(leaf).all()
        np.testing.assert_allclose(leaf, other, rtol=1e-4, atol=1e-5 * np.abs(other).max())


@pytest.mark.parametrize("configuration", both_kinds_of_wiring)
@pytest.mark.parametrize("threshold", [straight_through, by_rule])
def test_gradients_are_those_of_the_equations_written_out(configuration, threshold):
    built = network(configuration)
    parts, loss = parts_of(built, 1), loss_of(built, 2)

    def expected(parts: dict[str, Any]) -> jax.Array:
        states = parts["states"]
        for _ in range(2):
            states = written_out(built, threshold, parts, states, leak=0.125)
        return loss(states)

    def found(parts: dict[str, Any]) -> jax.Array:
        return loss(by_step(built, parts, leak=0.125, surrogate=slope))

    value, gradients = jax.jit(jax.value_and_grad(found))(parts)
    other, others = jax.jit(jax.value_and_grad(expected))(parts)
    np.testing.assert_allclose(value, other, rtol=1e-5)
    assert_close(gradients, others)
    for part in gradients.values():
        assert all(np.abs(leaf).max() > 1e-4 for leaf in jax.tree.leaves(part))
    # Forwards as well as backwards, and within scan.
    direction = jax.tree.map(jnp.ones_like, parts)
    _, forwards = jax.jvp(found, (parts,), (direction,))
    backwards = sum(jnp.sum(leaf) for leaf in jax.tree.leaves(gradients))
    np.testing.assert_allclose(forwards, backwards, rtol=1e-3)


def test_gradients_with_noise_turn_where_outputs_flip():
    built = network("all, direct")
    parts, loss, key = parts_of(built, 3), loss_of(built, 4), jax.random.key(6)
    quiet, noisy = by_step(built, parts, 1), by_step(built, parts, 1, noise=0.2, key=key)
    flips = {name: quiet[name] != noisy[name] for name in quiet}
    assert any(bool(each.any()) for each in flips.values())
    found = jax.grad(lambda parts: loss(by_step(built, parts, 1, noise=0.2, key=key, surrogate=slope)))(parts)
    expected = jax.grad(
        lambda parts: loss(written_out(built, straight_through, parts, parts["states"], leak=0.0, flips=flips))
    )(parts)
    assert_close(found, expected)


def test_gradients_are_the_differences_of_a_smooth_stand_in():
    """In NumPy, with 64 bits: the outputs are arc tangents instead of zeros and ones."""
    built, net = network("line, nucleus and loop"), plain("line, nucleus and loop")
    parts, loss = parts_of(built, 5), loss_of(built, 6)
    gradients = jax.grad(lambda parts: loss(by_step(built, parts, 1, surrogate=slope)))(parts)
    weighting = jax.grad(loss)({name: jnp.zeros(activity.shape) for name, activity in parts["states"].items()})

    def stand_in(parts: dict[str, Any]) -> float:
        total = 0.0
        for name, weight in weighting.items():
            field = np.asarray(parts["external"][name], float)
            for number, link in enumerate(net.links):
                if link.target == name:
                    gate = np.asarray(parts["gates"], float)[:, [built.gates.index(link.gate)]]
                    received = np.asarray(parts["states"][link.source], float) @ np.asarray(parts["weights"][number])
                    field = field + gate * (received + np.asarray(parts["biases"][number], float))
            total += float((np.asarray(weight, float) * np.arctan(field)).sum())
        return total

    generator = np.random.default_rng(7)
    parts = jax.tree.map(lambda leaf: np.asarray(leaf, float), parts)
    for part in parts:
        direction = jax.tree.map(lambda leaf: generator.normal(size=leaf.shape), parts[part])

        def moved(by: float, part: str = part, direction: Any = direction) -> float:
            return stand_in(parts | {part: jax.tree.map(lambda leaf, way: leaf + by * way, parts[part], direction)})

        difference = (moved(1e-4) - moved(-1e-4)) / 2e-4
        along = jax.tree.map(
            lambda gradient, way: float((np.asarray(gradient) * way).sum()), gradients[part], direction
        )
        np.testing.assert_allclose(sum(jax.tree.leaves(along)), difference, rtol=2e-3, err_msg=part)


def test_without_a_surrogate_gradients_are_zero():
    built = network("all, direct")
    parts, loss = parts_of(built, 8), loss_of(built, 9)
    gradients = jax.grad(lambda parts: loss(by_step(built, parts, leak=0.125)))(parts)
    assert all(not np.any(leaf) for leaf in jax.tree.leaves(gradients))


def test_the_surrogate_does_not_change_what_happens():
    built = network("memory")
    state, gates = random_state(built, 1), random_gates(built, 1, TRIALS)
    advanced = jax.jit(ab.step, static_argnames=["surrogate"])
    assert_same_states(advanced(built, state, gates, surrogate=slope), compiled_step(built, state, gates))


def test_gradients_within_scan():
    built = network("all, direct")
    parts, loss = parts_of(built, 10), loss_of(built, 11)

    def scanned(external: dict[str, jax.Array]) -> jax.Array:
        def advanced(state: ab.State, _: None) -> tuple[ab.State, None]:
            return ab.step(built, state, parts["gates"], external=external, surrogate=slope), None

        start = built.silent(TRIALS)
        for name, activity in parts["states"].items():
            start = start.replace(name, activity)
        last, _ = jax.lax.scan(advanced, start, length=3)
        return loss({name: last[name] for name in last.names})

    def unrolled(external: dict[str, jax.Array]) -> jax.Array:
        return loss(by_step(built, parts | {"external": external}, 3, surrogate=slope))

    assert_close(jax.grad(scanned)(parts["external"]), jax.grad(unrolled)(parts["external"]))


def test_gradients_past_a_closed_projection_that_is_not_finite_are_finite():
    built = network("all, direct")
    bad, loss = with_infinite(built, "a", "b"), loss_of(built, 1)
    start = random_state(built, 1)

    def after(activity: jax.Array, gates: jax.Array) -> jax.Array:
        state = ab.step(bad, start.replace("a", activity), gates, surrogate=slope)
        return loss({name: state[name] for name in state.names})

    gates = built.gating(open=["c->b", "a->c"])
    gradients = jax.grad(after, argnums=(0, 1))(start["a"], gates)
    for gradient in gradients:
        assert np.isfinite(gradient).all()
        assert np.any(gradient)
    # Through a closed gate nothing passes, whichever way.
    assert not np.any(gradients[1][gates == 0])
