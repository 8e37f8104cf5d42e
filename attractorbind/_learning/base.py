"""What every credit rule does: feedback of its own, and from a batch of examples a change of each synapse."""

import abc
from collections.abc import Sequence
from typing import Any, ClassVar, NamedTuple

import equinox as eqx
from jaxtyping import Array, Float, Key, PyTree

from attractorbind._checks import check_array, entries
from attractorbind._errors import ArgumentError, NetworkError, listed
from attractorbind._learning.layers import Layer, Layers


class Teaching(NamedTuple):
    """What the outputs should be.

    - `targets`: of each example, zeros and ones.
    - `share`: the part that each example has in the change, 0 for an example that takes no part; they sum to 1.
    """

    targets: Float[Array, "examples outputs"]
    share: Float[Array, " examples"]


class Credit(NamedTuple):
    """What a credit rule has beside the synapses of the layers.

    - `learned`: synapses that learn along with those of the layers, by the same optimiser.
    - `kept`: what else it keeps, such as fixed feedback.
    """

    learned: PyTree
    kept: PyTree


class Changes(NamedTuple):
    """An estimate of the gradient of the loss, or what stands for it: the optimiser goes against it.

    - `layers`: by the synapses of each layer.
    - `learned`: by `Credit.learned`.
    """

    layers: tuple[Layer, ...]
    learned: PyTree


class AbstractCreditRule(eqx.Module):
    """How the synapses of a layered network come to know what they did for an error at the top.

    A rule of a user's own subclasses this, is given to `Hierarchy(rule=...)`, and works in all programs. JAX traces the
    numbers among its fields; what Python asks of them, such as a bool, is an `equinox.field(static=True)`.

    **Attributes:**

    - `activations`: what hidden units may do under this rule; the first is used where nothing else is asked for.
    - `readouts`: likewise, what output units may do.
    - `gain`: the standard deviation of the first weights, times the root of the number of units that reach a unit.
    - `needs_hidden`: whether it is only for networks with a hidden layer.
    """

    activations: eqx.AbstractClassVar[tuple[str, ...]]
    readouts: ClassVar[tuple[str, ...]] = ("sigmoid", "softmax", "linear")
    gain: ClassVar[float] = 1.0
    needs_hidden: ClassVar[bool] = False

    @abc.abstractmethod
    def init(self, layers: Layers, *, key: Key[Array, ""]) -> Credit:
        """What the rule has beside the synapses, drawn before anything is learned."""

    @abc.abstractmethod
    def update(
        self,
        layers: Layers,
        credit: Credit,
        inputs: Float[Array, "examples inputs"],
        teaching: Teaching,
        *,
        key: Key[Array, ""],
    ) -> tuple[Changes, PyTree]:
        """The changes that a batch of examples asks for, and `Credit.kept` after them; a pure function of arrays."""


def check_rule(told: str, rule: object) -> AbstractCreditRule:
    """The rule, or an error if it is no credit rule; `told` is what the user knows it by."""
    if not isinstance(rule, AbstractCreditRule):
        raise NetworkError(f"{told} is {rule!r}; give a credit rule, such as learning.Backpropagation()")
    return rule


def check_rule_fits(rule: AbstractCreditRule, sizes: Sequence[int], activation: str, readout: str) -> None:
    """Raise unless it is a credit rule for layers of these kinds."""
    name = type(rule).__name__
    for argument, given, known in (
        ("activation", activation, rule.activations),
        ("readout", readout, rule.readouts),
    ):
        if given not in known:
            raise NetworkError(f"{name} does not work with {argument}={given!r}; take one of {listed(known)}")
    if rule.needs_hidden and len(sizes) < 3:
        raise NetworkError(
            f"{name} is about feedback to hidden layers, and the hierarchy has none: add a size to sizes=, or take "
            "Backpropagation(), which for a single layer is the local delta rule"
        )


def check_examples(layers: object, inputs: Any, teaching: object) -> None:
    """Raise unless these are layers, and examples that they can be taught by; also while JAX traces."""
    if not isinstance(layers, Layers):
        raise ArgumentError(f"layers is a {type(layers).__name__}; give Layers, such as hierarchy.drawn(...).layers")
    if not isinstance(teaching, Teaching):
        raise ArgumentError(f"teaching is a {type(teaching).__name__}; give learning.Teaching(targets, share)")
    check_array("inputs", inputs, (None, layers.sizes[0]), ArgumentError)
    examples = inputs.shape[0]
    check_array("targets of teaching", teaching.targets, (examples, layers.sizes[-1]), ArgumentError)
    check_array("share of teaching", teaching.share, (examples,), ArgumentError)


def changes_of(
    rates: Sequence[Float[Array, "examples _units"]],
    errors: Sequence[Float[Array, "examples _units"]],
    share: Float[Array, " examples"],
) -> tuple[Layer, ...]:
    r"""The products of what a synapse has below and above it, $\sum_i s_i r_{l-1}^T \delta_l$.

    **Arguments:**

    - `rates`: of each layer's sources.
    - `errors`: of each layer's targets, as derivatives of the loss by their fields: a unit should do less of it.
    """
    sources, targets = entries(rates), entries(errors)
    if sources is None or targets is None or len(sources) != len(targets):
        raise ArgumentError("rates and errors are no lists of as many arrays; give one array of each for every layer")
    for number, (below, error) in enumerate(zip(sources, targets, strict=True)):
        check_array(f"rates[{number}]", below, (None, None), ArgumentError)
        check_array(f"errors[{number}]", error, (below.shape[0], None), ArgumentError)
        check_array("share", share, (below.shape[0],), ArgumentError)
    return tuple(product(below, error, share) for below, error in zip(rates, errors, strict=True))


def product(
    below: Float[Array, "examples below"], above: Float[Array, "examples above"], share: Float[Array, " examples"]
) -> Layer:
    """The product of what synapses have below and above them, each example by its share."""
    shared = above * share[:, None]
    return Layer(below.T @ shared, shared.sum(axis=0))
