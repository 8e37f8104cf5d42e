"""Costs: their gradients, what they keep, and what their gates let through."""

from functools import cache
from typing import Any

import cost_oracle
import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from cost_oracle import Examples
from learners import RULES

import attractorbind as ab
from attractorbind import learning
from attractorbind.learning import costs

SIZES, OUTPUTS, EXAMPLES = (5, 6, 4), 3, 7
RNG = np.random.default_rng(0)


def lesson(cost: costs.AbstractCost, *, opened: Any = 1.0, seed: int = 0) -> tuple[costs.Lesson, Examples]:
    """Examples for one cost: two of them have no target, and two others have seen nothing before."""
    rng = np.random.default_rng(seed)
    inputs, before = rng.normal(size=(2, EXAMPLES, SIZES[0]))
    held = (rng.random((EXAMPLES, OUTPUTS)) < 0.5) | (np.arange(OUTPUTS) == 0)
    held[:2] = False
    followed = np.arange(EXAMPLES) < EXAMPLES - 2
    units = OUTPUTS if cost.layer is None else SIZES[cost.layer]
    heard = cost.hears(units)
    said = rng.normal(size=(EXAMPLES, 0 if heard is None else heard.units))
    told = Examples(inputs, before, held.astype(float), said, followed)
    arrays = (jnp.asarray(each, jnp.float32) for each in told[:3])
    of_costs = jnp.full((1, EXAMPLES), opened, jnp.float32)
    return costs.Lesson(*arrays, (jnp.asarray(said, jnp.float32),), of_costs, jnp.asarray(followed)), told


def hierarchy(cost, rule=RULES["backpropagation"], activation="tanh", **options):
    return learning.Hierarchy(
        "eyes", sizes=SIZES, target="focus", rule=rule, activation=activation, costs=[cost], **options
    )


asked = eqx.filter_jit(costs.changes_by)


def plain(learned):
    """The weights, each layer's bias above them."""
    return [np.vstack([layer.bias, layer.weights]).astype(float) for layer in learned.layers.layers]


def slopes(cost, weights, layers):
    """The derivatives by the weights of these layers, by central differences."""
    found = {}
    for layer in layers:
        slope = np.zeros_like(weights[layer])
        for place in np.ndindex(slope.shape):
            ends = []
            for sign in (1, -1):
                moved = [own.copy() for own in weights]
                moved[layer][place] += sign * 1e-5
                ends.append(cost(moved))
            slope[place] = (ends[0] - ends[1]) / 2e-5
        found[layer] = slope
    return found


KINDS = {
    "target": costs.Target(),
    "reward": costs.Reward("other"),
    "internal": costs.Internal("other"),
    "slowness": costs.Slowness(),
    "decorrelation": costs.Decorrelation(variance=0.7, covariance=1.3),
    "prediction": costs.Prediction(rate=0.3),
}
OF_HIDDEN = {
    "internal": costs.Internal("other", layer=1),
    "slowness": costs.Slowness(layer=2),
    "decorrelation": costs.Decorrelation(variance=0.7, covariance=1.3, layer=1),
    "prediction": costs.Prediction(rate=0.3, layer=2),
}


@pytest.mark.parametrize(("name", "cost"), [*KINDS.items(), *OF_HIDDEN.items()])
def test_its_gradient_is_that_of_finite_differences(name, cost):
    own = eqx.tree_at(lambda own: own.weight, cost, 2.5)
    eyes = hierarchy(own)
    learned = eyes.drawn(OUTPUTS, key=jax.random.key(1))
    given, examples = lesson(own, opened=0.5)
    changes, _, kept = asked(eyes.rule, eyes.costs, learned, given)
    weights = plain(learned)
    layer = 2 if cost.layer is None else cost.layer - 1
    more = {}
    if name == "prediction":
        readout = [np.asarray(part, float) for part in (learned.costs[0].weights, learned.costs[0].bias)]
        more = dict(zip(("readout", "bias"), readout, strict=True))
        after = cost_oracle.readout_after(weights, examples, layer, *readout, 0.3)
        np.testing.assert_allclose(kept[0].weights, after[0], atol=1e-6)
        np.testing.assert_allclose(kept[0].bias, after[1], atol=1e-6)

    def told(moved):
        return 2.5 * 0.5 * getattr(cost_oracle, name)(moved, examples, layer, weights, **more)

    # A cost of a hidden layer is local to it.
    learning_layers = range(3) if cost.layer is None else [layer]
    expected = slopes(told, weights, learning_layers)
    for number, change in enumerate(changes.layers):
        found = np.vstack([change.bias, change.weights])
        if number in expected:
            np.testing.assert_allclose(found, expected[number], atol=3e-6, rtol=2e-3)
            assert np.abs(found).max() > 1e-4
        else:
            assert not found.any()


def test_running_statistics_are_those_of_a_loop():
    cost = costs.Decorrelation(forgetting=0.25)
    told, kept = None, cost.init(4, 5, key=jax.random.key(0))
    mean, covariance = np.zeros(4), np.zeros((4, 4))
    for number in range(8):
        rows = RNG.normal(size=(1, 4))
        told = costs.Told(*[None] * 2, *[jnp.asarray(rows, jnp.float32)] * 2, *[None] * 3, share=jnp.ones(1))
        kept = cost.after(told, kept)
        moves = max(0.25, 1 / (number + 1))
        mean += moves * (rows[0] - mean)
        covariance += moves * (np.outer(rows[0] - mean, rows[0] - mean) - covariance)
    np.testing.assert_allclose(kept.mean, mean, rtol=1e-5)
    np.testing.assert_allclose(kept.covariance, covariance, rtol=1e-4, atol=1e-6)


def cosine(one, other):
    return float(np.sum(one * other) / (np.linalg.norm(one) * np.linalg.norm(other)))


QUICK = ("contrastive Hebbian", "two compartments", "bursts", "serial node perturbation", "reinforce")


@pytest.mark.parametrize(
    "name", [name if name in QUICK else pytest.param(name, marks=pytest.mark.slow) for name in RULES]
)
def test_every_rule_takes_every_cost(name):
    rule, exact, small = (
        RULES[name],
        RULES["backpropagation"],
        [eqx.tree_at(lambda own: own.weight, cost, 0.1) for cost in KINDS.values()],
    )
    eyes = learning.Hierarchy("eyes", sizes=SIZES, target="focus", rule=rule, costs=small)
    learned = eyes.drawn(OUTPUTS, key=jax.random.key(1))
    by_exact = eqx.tree_at(lambda own: own.credit, learned, learning.Credit((), ()))
    each = [lesson(cost)[0] for cost in small]
    for number, cost in enumerate(KINDS):
        opened = jnp.zeros((len(small), EXAMPLES)).at[number].set(1.0)
        given = each[number]._replace(said=tuple(own.said[0] for own in each), opened=opened)
        changes = asked(rule, eyes.costs, learned, given)[0]
        true = asked(exact, eyes.costs, by_exact, given)[0]
        assert all(np.isfinite(np.asarray(leaf)).all() for leaf in jax.tree.leaves(changes))
        found = cosine(*(np.asarray(own.layers[-1].weights) for own in (changes, true)))
        if name.startswith("serial"):
            assert found > 0.99, cost
        elif name not in ("node perturbation", "weight perturbation", "reinforce"):
            # The output's own synapses know its error in all other rules; predictive coding moves what lies below.
            assert found > (0.2 if name == "predictive coding" else 0.5), cost


# In a network.

SYMBOLS = ("red", "green", "blue")
VIEWS = RNG.random((3, 6, 5)).astype(np.float32)
MANY = (costs.Target(), costs.Slowness(weight=2.0), costs.Decorrelation(layer=1), costs.Prediction())


class Voice(ab.AbstractArea):
    """Says the same to others at every tick."""

    name: str = eqx.field(static=True)
    said_of: tuple[float, ...] = eqx.field(static=True)

    def wire(self, buffers):
        return ab.AreaWiring(self.name, says=(len(self.said_of),))

    def parameters(self, buffers, key):
        return None

    def init(self, buffers, trials, parameters):
        return jnp.zeros((trials, 1), jnp.float32)

    def tick(self, parameters, state, inputs):
        return state, ()

    def contents(self, buffers, state, decode):
        return []

    def said(self, state, part):
        return jnp.asarray(self.said_of, jnp.float32)[None, :] + state


@cache
def built(of_eyes=MANY, of_ears=None, said=(), rule=RULES["backpropagation"]):
    areas: list[Any] = [
        learning.Hierarchy("eyes", sizes=[5, 6], target="focus", rule=rule, activation="tanh", costs=of_eyes)
    ]
    if of_ears is not None:
        areas.append(learning.Hierarchy("ears", sizes=[5, 4], target="agent", rule=rule, costs=of_ears))
    if said:
        areas.append(Voice("voice", said))
    return ab.build(
        ab.Vocabulary(SYMBOLS),
        buffers={"focus": 20, "agent": 20},
        relays=[("focus", "agent")],
        areas=areas,
        activity=0.25,
        rule=ab.PseudoInverse(),
        key=jax.random.key(0),
    )


LOOK = ab.see("eyes", write=False)
CLAMP = ab.load("focus", ab.arg("word"))


def learned_by(network, program, area="eyes"):
    stimuli = {name: VIEWS for name in ("eyes", "ears") if name in [own.name for own in network.areas]}
    state = ab.run(network, program, args={"word": SYMBOLS} if "word" in str(program) else None, stimuli=stimuli).state
    return state[area].learned.value


def teach(**options):
    return CLAMP + (LOOK + ab.learn("eyes", **options)) * 4


def test_a_closed_gate_changes_nothing_bit_for_bit():
    alone = learned_by(built((costs.Target(),)), teach())
    among = learned_by(built(), teach(costs=["target"]))
    explicitly = learned_by(built(), teach(costs={"target": 1.0, "slowness": 0.0, "prediction": 0}))
    start = built().silent()["eyes"].learned.value
    for found in (among, explicitly):
        assert eqx.tree_equal((found.layers, found.momentum), (alone.layers, alone.momentum))
        # What the others keep stays, too.
        assert eqx.tree_equal(found.costs, start.costs)
    shut = learned_by(built(), teach(costs=[]))
    assert eqx.tree_equal(shut, start)
    assert not eqx.tree_equal(learned_by(built(), teach()).layers, alone.layers)


def test_what_a_program_opens_is_what_an_update_hears():
    network = built()
    found = learned_by(network, CLAMP + LOOK + LOOK + ab.learn("eyes", costs={"slowness": 0.25, "prediction": 0.5}))
    eyes, start = network.areas[0], network.silent()["eyes"].learned.value
    opened = np.repeat([[0.0], [0.25], [0.0], [0.5]], 3, axis=1)
    nothing = jnp.zeros((3, 0), jnp.float32)
    given = costs.Lesson(
        *(jnp.asarray(VIEWS[:, number]) for number in (1, 0)),
        network.codes("focus").astype(jnp.float32),
        (nothing,) * 4,
        jnp.asarray(opened, jnp.float32),
        jnp.ones(3, bool),
    )
    expected = eqx.filter_jit(costs.pursued)(eyes.rule, eyes.optimiser, eyes.costs, start, given)
    for one, other in zip(jax.tree.leaves(found), jax.tree.leaves(expected), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-6)
    assert found.active == 0  # by no target


def test_two_areas_with_other_costs_learn_each_by_its_own():
    network = built((costs.Target(), costs.Slowness()), (costs.Decorrelation(),))
    hear = ab.see("ears", write=False) + ab.learn("ears")
    both = CLAMP + (LOOK + ab.learn("eyes") + hear) * 3
    only_eyes, only_ears = CLAMP + (LOOK + ab.learn("eyes") + ab.hold(4)) * 3, CLAMP + (LOOK + ab.hold(2) + hear) * 3
    for area, alone in (("eyes", only_eyes), ("ears", only_ears)):
        assert eqx.tree_equal(learned_by(network, both, area), learned_by(network, alone, area))
    start = network.silent()
    assert not eqx.tree_equal(learned_by(network, both, "ears"), start["ears"].learned.value)
    weights = [np.array(leaf) for leaf in jax.tree.leaves(network.synapses)]
    trace = ab.run(network, both, args={"word": SYMBOLS}, stimuli={"eyes": VIEWS, "ears": VIEWS})
    np.testing.assert_array_equal(trace.state["focus"], network.codes("focus"))
    for before, after in zip(weights, jax.tree.leaves(network.synapses), strict=True):
        np.testing.assert_array_equal(before, after)


def test_dopamine_turns_the_update_round():
    up = built((costs.Reward("voice"),), said=(0.5,), rule=RULES["contrastive Hebbian"])
    down = built((costs.Reward("voice"),), said=(-0.5,), rule=RULES["contrastive Hebbian"])
    none = built((costs.Reward("voice"),), said=(0.0,), rule=RULES["contrastive Hebbian"])
    program = CLAMP + LOOK + ab.learn("eyes")
    start = up.silent()["eyes"].learned.value
    moved = [learned_by(own, program).layers.layers[-1].weights - start.layers.layers[-1].weights for own in (up, down)]
    np.testing.assert_allclose(moved[0], -moved[1], atol=1e-5)
    assert np.abs(moved[0]).max() > 1e-4
    assert np.abs(learned_by(none, program).layers.layers[-1].weights - start.layers.layers[-1].weights).max() < 1e-5


def test_another_areas_output_is_the_error():
    said = tuple(np.linspace(-1, 1, 6).tolist())
    network = built((costs.Internal("voice", layer=1),), said=said)
    before = network.silent()["eyes"].learned.value.layers
    after = learned_by(network, LOOK + ab.learn("eyes")).layers
    moved = np.asarray(after.layers[0].bias - before.layers[0].bias)
    np.testing.assert_array_equal(np.sign(moved), np.sign(said))
    np.testing.assert_array_equal(after.layers[1].weights, before.layers[1].weights)


def test_a_new_episode_has_seen_nothing():
    network = built((costs.Slowness(),))
    parted = LOOK + ab.begin_episode("eyes") + LOOK + ab.learn("eyes")
    assert learned_by(network, parted).updates == 0
    assert learned_by(network, LOOK + LOOK + ab.begin_episode("eyes") + ab.learn("eyes")).updates == 0
    assert learned_by(network, LOOK + LOOK + ab.learn("eyes")).updates == 1


def test_a_file_keeps_them(tmp_path):
    network = built()
    network.save(tmp_path / "a.network")
    assert ab.Network.load(tmp_path / "a.network").areas[0] == network.areas[0]
