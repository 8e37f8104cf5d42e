"""Storage rules: what all of them owe, and each against an implementation of its own in NumPy or SciPy."""

from functools import cache, partial

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy.optimize import minimize

import attractorbind as ab
from attractorbind._codes import random_codes
from attractorbind._synapses.quality import stabilities

RULES = [ab.Hebbian(), ab.PseudoInverse(), ab.Storkey(), ab.Perceptron(), ab.MaximalStability()]
every_rule = pytest.mark.parametrize("rule", RULES, ids=lambda rule: type(rule).__name__)
both_kinds = pytest.mark.parametrize("recurrent", [False, True], ids=["relay", "latch"])

# Relays join unequal populations, or a mix-up of rows and columns would pass.
SYMBOLS, SOURCE, TARGET = 8, 80, 48


@cache
def codes(seed: int, *, symbols: int = SYMBOLS, units: int, activity: float = 0.1) -> np.ndarray:
    return np.array(random_codes(symbols, units, round(activity * units), key=jax.random.key(seed)))


def problem(recurrent: bool, **options) -> tuple[np.ndarray, np.ndarray]:
    source = codes(1, units=SOURCE, **options)
    return source, source if recurrent else codes(2, units=TARGET, **options)


def few(rule: ab.AbstractStorageRule) -> int:
    """As many symbols as the rule stores with ease."""
    return 4 if isinstance(rule, ab.Hebbian | ab.Storkey) else SYMBOLS


def learn(rule: ab.AbstractStorageRule, source: np.ndarray, target: np.ndarray, recurrent: bool):
    """Weights and biases as the rule gives them, in float64."""
    synapses = rule.learn(jnp.asarray(source), jnp.asarray(target), recurrent=recurrent)
    return np.array(synapses.weights, np.float64), np.array(synapses.bias, np.float64)


def margins(source: np.ndarray, target: np.ndarray, weights: np.ndarray, bias: np.ndarray) -> np.ndarray:
    """Fields towards the right sign, (symbols, target units)."""
    return np.where(target, 1, -1) * (source.astype(float) @ weights + bias)


def standardised(patterns: np.ndarray) -> np.ndarray:
    return (patterns - patterns.mean()) / patterns.std()


def gardner(source: np.ndarray, target: np.ndarray, weights: np.ndarray, bias: np.ndarray) -> np.ndarray:
    """Stability in Gardner's units: smallest margin over the length of the weights from standardised inputs."""
    return margins(source, target, weights, bias).min(axis=0) / np.linalg.norm(source.std() * weights, axis=0)


@every_rule
@both_kinds
@pytest.mark.parametrize("activity", [0.1, 0.5])
def test_signs_are_right_at_modest_load(rule, recurrent, activity):
    source, target = problem(recurrent, activity=activity, symbols=few(rule))
    assert (margins(source, target, *learn(rule, source, target, recurrent)) > 0).all()


@every_rule
def test_latch_has_no_self_connections(rule):
    source, target = problem(True, symbols=few(rule))
    weights, _ = learn(rule, source, target, True)
    assert not np.diag(weights).any()
    assert np.count_nonzero(weights) > 0


@every_rule
@both_kinds
def test_learns_the_same_again(rule, recurrent):
    source, target = problem(recurrent, symbols=few(rule))
    for one, other in zip(learn(rule, source, target, recurrent), learn(rule, source, target, recurrent), strict=True):
        np.testing.assert_array_equal(one, other)


@both_kinds
@pytest.mark.parametrize("rule", [ab.Hebbian(), ab.PseudoInverse()], ids=lambda rule: type(rule).__name__)
def test_order_of_symbols_does_not_matter(rule, recurrent):
    source, target = problem(recurrent, symbols=few(rule))
    order = np.random.default_rng(0).permutation(few(rule))
    weights, bias = learn(rule, source, target, recurrent)
    weights_permuted, bias_permuted = learn(rule, source[order], target[order], recurrent)
    np.testing.assert_allclose(weights_permuted, weights, rtol=0, atol=1e-5 * np.abs(weights).max())
    np.testing.assert_allclose(bias_permuted, bias, rtol=0, atol=1e-4)


@both_kinds
def test_order_of_symbols_does_not_matter_to_maximal_stability(recurrent):
    # Its solver stops within a tolerance, so weights agree no better than that.
    source, target = problem(recurrent)
    order = np.random.default_rng(0).permutation(SYMBOLS)
    one = gardner(source, target, *learn(ab.MaximalStability(), source, target, recurrent))
    permuted = learn(ab.MaximalStability(), source[order], target[order], recurrent)
    np.testing.assert_allclose(gardner(source, target, *permuted), one, rtol=0.02)


@both_kinds
@pytest.mark.parametrize("rule", [ab.Perceptron(), ab.MaximalStability()], ids=lambda rule: type(rule).__name__)
def test_smallest_margin_is_scaled_to_one(rule, recurrent):
    source, target = problem(recurrent)
    smallest = margins(source, target, *learn(rule, source, target, recurrent)).min(axis=0)
    np.testing.assert_allclose(smallest, 1.0, atol=1e-4)


def midway(weights: np.ndarray, source: np.ndarray, target: np.ndarray, recurrent: bool) -> tuple:
    """Fields of 0/1 units that are 2 y - 1, with y the 0/1 target, if `weights` predict the standardised target."""
    weights = 2 * target.std() / source.std() * weights
    if recurrent:
        np.fill_diagonal(weights, 0)
    return weights, 2 * target.mean() - 1 - source.mean() * weights.sum(axis=0)


@both_kinds
@pytest.mark.parametrize("activity", [0.1, 0.5])
def test_hebbian_is_its_formula(recurrent, activity):
    source, target = problem(recurrent, activity=activity, symbols=few(ab.Hebbian()))
    weights = np.zeros((source.shape[1], target.shape[1]))
    for x, y in zip(standardised(source), standardised(target), strict=True):
        weights += np.outer(x, y) / source.shape[1]
    expected, expected_bias = midway(weights, source, target, recurrent)
    weights, bias = learn(ab.Hebbian(), source, target, recurrent)
    np.testing.assert_allclose(weights, expected, atol=1e-5)
    np.testing.assert_allclose(bias, expected_bias, atol=1e-4)


def storkey_by_loops(source: np.ndarray, target: np.ndarray, recurrent: bool) -> np.ndarray:
    """The rule as its docstring states it, one connection at a time, between standardised units."""
    units = source.shape[1]
    latch = np.zeros((units, units))
    relay = np.zeros((units, target.shape[1]))
    for x, y in zip(standardised(source), standardised(target), strict=True):
        latch_change, relay_change = np.zeros_like(latch), np.zeros_like(relay)
        for j in range(units):
            for i in range(units):
                if i != j:
                    h = sum(x[k] * latch[k, i] for k in range(units) if k != j)
                    back = sum(x[k] * latch[k, j] for k in range(units) if k != i)
                    latch_change[j, i] = x[j] * x[i] - x[j] * h - back * x[i]
            for i in range(target.shape[1]):
                h = sum(x[k] * relay[k, i] for k in range(units) if k != j)
                back = sum(x[k] * latch[k, j] for k in range(units))
                relay_change[j, i] = x[j] * y[i] - x[j] * h - back * y[i]
        latch += latch_change / units
        relay += relay_change / units
    return latch if recurrent else relay


@both_kinds
def test_storkey_is_its_docstring(recurrent):
    source = codes(3, symbols=5, units=12, activity=0.25)
    target = source if recurrent else codes(4, symbols=5, units=9, activity=0.25)
    expected, expected_bias = midway(storkey_by_loops(source, target, recurrent), source, target, recurrent)
    weights, bias = learn(ab.Storkey(), source, target, recurrent)
    np.testing.assert_allclose(weights, expected, atol=1e-4)
    np.testing.assert_allclose(bias, expected_bias, atol=1e-4)


def test_storkey_depends_on_the_order():
    source, target = problem(False, symbols=few(ab.Storkey()))
    weights, _ = learn(ab.Storkey(), source, target, False)
    reversed_weights, _ = learn(ab.Storkey(), source[::-1], target[::-1], False)
    assert np.abs(weights - reversed_weights).max() > 1e-3 * np.abs(weights).max()


@both_kinds
@pytest.mark.parametrize("activity", [0.1, 0.5])
def test_pseudo_inverse_gives_fields_of_one(recurrent, activity):
    source, target = problem(recurrent, activity=activity)
    fields = margins(source, target, *learn(ab.PseudoInverse(), source, target, recurrent))
    np.testing.assert_allclose(fields, 1.0, atol=2e-3)


def test_pseudo_inverse_ridge_shrinks_the_fields():
    source, target = problem(False)
    fields = margins(source, target, *learn(ab.PseudoInverse(ridge=1.0), source, target, False))
    assert 0.2 < fields.mean() < 0.9


@both_kinds
@pytest.mark.parametrize("margin", [0.5, 1.5])
def test_perceptron_reaches_its_margin(recurrent, margin):
    source, target = problem(recurrent)
    weights, bias = learn(ab.Perceptron(margin=margin), source, target, recurrent)
    assert gardner(source, target, weights, bias).min() >= margin * (1 - 1e-4)


def test_perceptron_stops_after_its_epochs():
    # One unit on for both of two equal sources and off in the other: impossible.
    source = np.tile(codes(1, units=SOURCE)[:1], (2, 1))
    target = np.array([[True, False], [False, True]])
    weights, bias = learn(ab.Perceptron(epochs=3), source, target, False)
    assert np.isfinite(weights).all()
    assert (margins(source, target, weights, bias) <= 0).any()


def hard_margin(inputs: np.ndarray, desired: np.ndarray) -> np.ndarray:
    """The shortest v with desired * (inputs v) >= 1, by sequential quadratic programming."""
    rows = desired[:, None] * inputs
    start = np.linalg.lstsq(rows, np.ones(len(rows)), rcond=None)[0]
    solved = minimize(
        lambda v: v @ v / 2,
        start,
        jac=lambda v: v,
        constraints={"type": "ineq", "fun": lambda v: rows @ v - 1, "jac": lambda v: rows},
        method="SLSQP",
        options={"maxiter": 500, "ftol": 1e-12},
    )
    assert solved.success
    assert (rows @ solved.x).min() > 1 - 1e-6
    return solved.x


@both_kinds
@pytest.mark.parametrize("activity", [0.1, 0.5])
def test_maximal_stability_is_the_hard_margin_solution(recurrent, activity):
    # A load at which the solver has to work.
    symbols = 36
    source = codes(5, symbols=symbols, units=30, activity=activity)
    target = source if recurrent else codes(6, symbols=symbols, units=20, activity=activity)
    solution = ab.MaximalStability().solve(jnp.asarray(source), jnp.asarray(target), recurrent=recurrent)
    weights, bias = np.array(solution.synapses.weights, float), np.array(solution.synapses.bias, float)
    reached = gardner(source, target, weights, bias)
    for unit in range(5):
        # Silence is one more pattern, with every target unit off.
        inputs = np.vstack([source, np.zeros(30)])
        inputs = (inputs - source.mean()) / source.std() / np.sqrt(30)
        if recurrent:
            inputs[:, unit] = 0
        desired = np.append(np.where(target[:, unit], 1, -1), -1)
        optimum = hard_margin(np.column_stack([inputs, np.ones(symbols + 1)]), desired)
        # The bias counts as one more weight in the problem, but not in Gardner's units.
        stability = np.sqrt(30) / np.linalg.norm(optimum)
        assert solution.bound[unit] == pytest.approx(stability, rel=0.011)
        assert solution.bound[unit] >= stability * (1 - 1e-4)
        without_bias = np.sqrt(30) / np.linalg.norm(optimum[:-1])
        assert reached[unit] == pytest.approx(without_bias, rel=0.01)


@both_kinds
def test_maximal_stability_reports_what_it_reached(recurrent):
    source, target = problem(recurrent)
    rule = ab.MaximalStability()
    solution = rule.solve(jnp.asarray(source), jnp.asarray(target), recurrent=recurrent)
    assert np.asarray(solution.stability >= (1 - rule.tolerance) * solution.bound).all()
    assert 0 < solution.iterations < rule.max_iterations
    weights, bias = np.array(solution.synapses.weights, float), np.array(solution.synapses.bias, float)
    # A relay's codes cannot feel what lies along (1, ..., 1), so it does not count there.
    counted = weights if recurrent else weights - weights.mean(axis=0)
    expected = margins(source, target, weights, bias).min(axis=0) / np.linalg.norm(source.std() * counted, axis=0)
    np.testing.assert_allclose(solution.stability, expected, rtol=1e-3)


def test_maximal_stability_is_the_most_stable_of_all():
    source, target = problem(False)
    best = gardner(source, target, *learn(ab.MaximalStability(), source, target, False))
    for rule in (ab.PseudoInverse(), ab.Perceptron()):
        assert (gardner(source, target, *learn(rule, source, target, False)) <= 1.02 * best).all()


@cache
def beyond_capacity(recurrent: bool) -> ab.StabilitySolution:
    """100 symbols in 24 units."""
    source, target = (jnp.asarray(codes(seed, symbols=100, units=24, activity=0.5)) for seed in (7, 8))
    return ab.MaximalStability().solve(source, source if recurrent else target, recurrent=recurrent)


def test_maximal_stability_gives_up_beyond_capacity():
    solution = beyond_capacity(recurrent=False)
    assert solution.iterations == ab.MaximalStability().max_iterations
    assert np.asarray(solution.stability < 0).all()
    assert np.isfinite(solution.synapses.weights).all()
    assert not np.isnan(solution.bound).any()


def test_a_latch_does_not_store_by_counting_its_units():
    # At any load a latch could tell a unit's state from how many others are on, with all weights -1: signs right, but
    # nothing stored. With silence among the patterns it cannot.
    solution = beyond_capacity(recurrent=True)
    assert np.asarray(solution.stability < 0).all()
    counting = ab.Synapses(jnp.eye(24) - 1, jnp.full(24, 11.5))
    patterns = jnp.asarray(codes(7, symbols=100, units=24, activity=0.5))
    assert (
        margins(np.array(patterns), np.array(patterns), np.array(counting.weights), np.array(counting.bias)) > 0
    ).all()
    # Nor does the report take such a latch for a stable one: the weights' common part counts.
    told = stabilities(counting, patterns, patterns, recurrent=True)
    np.testing.assert_allclose(told, 0.5 / (0.5 * np.sqrt(23)), rtol=1e-5)


class Lookup(ab.AbstractStorageRule):
    """Each code answers for its own symbol: a rule of a user's own, by subclassing."""

    gain: float = 1.0

    def learn(self, source, target, *, recurrent):
        weights = self.gain * (source.astype(float) - source.mean()).T @ (2.0 * target - 1)
        weights = jnp.fill_diagonal(weights, 0.0, inplace=False) if recurrent else weights
        return ab.Synapses(weights, jnp.zeros(target.shape[1]))


build = partial(ab.build, buffers={"a": SOURCE}, activity=0.1, key=jax.random.key(0))


def test_a_rule_of_ones_own():
    network = build(ab.Vocabulary(["dog", "cat"]), rule=Lookup(gain=2.0))
    assert repr(network.rule) == "Lookup(gain=2.0)"
    assert network.report().wrong_bits == 0
    assert ab.run(network, ab.load("a", "cat") + ab.hold(5)).decode() == {"a": ["cat"]}


TOO_MANY = ab.Vocabulary([f"s{number}" for number in range(60)])


@pytest.mark.parametrize(
    ("returned", "told"),
    [
        (lambda s, t: None, "NoneType; it must return Synapses with weights of shape"),
        (lambda s, t: (jnp.zeros((s, t)), jnp.zeros(t)), "returned a tuple"),
        (lambda s, t: ab.Synapses(jnp.zeros((t, s)), jnp.zeros(s)), r"weights of shape \(24, 32\)"),
        (lambda s, t: ab.Synapses(jnp.zeros((s, 1)), jnp.zeros(1)), r"biases of shape \(1,\)"),
        (lambda s, t: ab.Synapses(jnp.ones((s, t)), jnp.zeros(t)), "set the diagonal to zero"),
        (lambda s, t: ab.Synapses(jnp.full((s, t), jnp.nan), jnp.zeros(t)), "not finite"),
        (lambda s, t: ab.Synapses(jnp.zeros((s, t)), jnp.full(t, -jnp.inf)), "not finite"),
        (lambda s, t: ab.Synapses(jnp.full((s, t), 3e38), jnp.zeros(t)), "more than float32 can add up; scale"),
    ],
)
def test_what_a_rule_of_ones_own_returns_is_checked(returned, told):
    class Own(ab.AbstractStorageRule):
        def learn(self, source, target, *, recurrent):
            return returned(source.shape[1], target.shape[1])

    relays = {"buffers": {"a": 32, "b": 24}, "relays": [("a", "b")], "activity": 0.2, "key": jax.random.key(0)}
    with pytest.raises(ab.NetworkError, match=told) as caught:
        ab.build(ab.Vocabulary(["dog", "cat"]), rule=Own(), **relays)
    assert "Own returned" in str(caught.value)


def test_projections_that_overflow_together_are_refused():
    class Large(ab.AbstractStorageRule):
        def learn(self, source, target, *, recurrent):
            return ab.Synapses(jnp.zeros((source.shape[1], target.shape[1])), jnp.full(target.shape[1], -4e37))

    with pytest.raises(ab.NetworkError, match=r"a unit of 'a' may receive 8e\+37 over all its projections.*scale"):
        build(ab.Vocabulary(["dog", "cat"]), buffers={"a": 32, "b": 24}, relays=[("b", "a")], rule=Large())


def test_what_a_rule_of_ones_own_returns_is_made_float32():
    class Own(ab.AbstractStorageRule):
        def learn(self, source, target, *, recurrent):
            learned = ab.PseudoInverse().learn(source, target, recurrent=recurrent)
            return ab.Synapses(learned.weights.astype(jnp.bfloat16), jnp.full(target.shape[1], -0.5))

    options = {"buffers": {"a": 64, "b": 64}, "activity": 0.2, "key": jax.random.key(0)}
    built = ab.build(ab.Vocabulary(["dog", "cat"]), rule=Own(), **options)
    arrays = jax.tree.leaves(built.synapses)
    assert {(array.dtype.name, array.weak_type) for array in arrays} == {("float32", False)}


def test_beyond_capacity_warns_with_the_cure_and_reports_the_wrong_bits():
    with pytest.warns(ab.CapacityWarning, match=r"Hebbian.*60 symbols.*wrong bits.*more units.*lower the activity"):
        network = build(TOO_MANY, buffers={"a": SOURCE, "b": TARGET}, relays=[("a", "b")], rule=ab.Hebbian())
    report = network.report()
    assert report.wrong_bits > 0
    assert report.stability <= 0
    names = [population.name for population in network.wiring.populations]
    rows = iter(report.projections)
    for projection, synapses in zip(network.wiring.projections, network.synapses, strict=True):
        row = next(rows)
        source, target = network.all_codes[projection.source], network.all_codes[projection.target]
        fields = np.array(source, np.float64) @ np.array(synapses.weights) + np.array(synapses.bias)
        # A unit that receives nothing stays off.
        right = (fields > 0) == np.array(target)
        assert (row.source, row.target) == (names[projection.source], names[projection.target])
        assert row.wrong_bits == (~right).sum()
        assert row.load == 60 / source.shape[1]
        assert (row.stability > 0) <= right.all()
        assert f"{row.load:.3f}" in str(report)
    with pytest.raises(ab.CapacityError):
        report.check()


def test_strict_raises_with_the_cure():
    with pytest.raises(ab.CapacityError, match=r"more units.*lower the activity.*MaximalStability"):
        build(TOO_MANY, rule=ab.Hebbian(), strict=True)


@every_rule
def test_strict_accepts_what_is_stored(rule):
    network = build(ab.Vocabulary([f"s{number}" for number in range(few(rule))]), rule=rule, strict=True)
    assert network.report().wrong_bits == 0
    assert network.report().stability > 0
    network.report().check()
    for projection, synapses in zip(network.wiring.projections, network.synapses, strict=True):
        if projection.source == projection.target:
            assert not np.diag(np.array(synapses.weights)).any()
