"""The gradient itself, and feedback through fixed random synapses instead of the transposed ones."""

from collections.abc import Callable
from typing import ClassVar

import equinox as eqx
from jaxtyping import Array, Float, Key, PyTree

from attractorbind._checks import check_bool
from attractorbind._learning.base import AbstractCreditRule, Changes, Credit, Teaching, changes_of
from attractorbind._learning.feedback import random_feedback
from attractorbind._learning.layers import Layers, Units


class Backpropagation(AbstractCreditRule):
    r"""The gradient of the loss: errors go down through the transposed synapses.

    $\delta_L = y - t$, $\delta_l = (\delta_{l+1} W_{l+1}^T) \odot f'(r_l)$, $\Delta W_l = r_{l-1}^T \delta_l$.

    **Locality.** A synapse must know the error of its target, which is made of weights that other cells have onto
    others: the weight transport problem. **Cost:** three products per layer, of which one goes down (none below the
    first hidden layer).

    **Reference:** Rumelhart, Hinton & Williams 1986, Nature 323:533.

    **Example:**

        >>> import attractorbind as ab
        >>> ab.learning.Hierarchy("eyes", sizes=[64, 256], target="focus", rule=ab.learning.Backpropagation()).gate
        'eyes->focus'
    """

    activations: ClassVar[tuple[str, ...]] = ("relu", "tanh", "sigmoid")

    def init(self, layers: Layers, *, key: Key[Array, ""]) -> Credit:
        """See `AbstractCreditRule.init`: nothing."""
        return Credit((), ())

    def update(
        self,
        layers: Layers,
        credit: Credit,
        inputs: Float[Array, "examples inputs"],
        teaching: Teaching,
        *,
        key: Key[Array, ""],
    ) -> tuple[Changes, PyTree]:
        """See `AbstractCreditRule.update`."""
        return _sent_down(
            layers, inputs, teaching, lambda number, error: error @ layers.layers[number].weights.T
        ), credit.kept


class FeedbackAlignment(AbstractCreditRule):
    r"""Errors go down through fixed random synapses; the forward ones come to align with them.

    Layer by layer, $\delta_l = (\delta_{l+1} B_{l+1}) \odot f'(r_l)$; or, direct, from the output to every hidden
    layer at once, $\delta_l = ((y - t) B_l) \odot f'(r_l)$. All B are drawn once from $N(0, 1 / n_l)$, with $n_l$ the
    units of the layer that they reach, and stay as they are; $\Delta W_l = r_{l-1}^T \delta_l$.

    **Locality.** A synapse must know the error of its target, which arrives there by synapses of its own. **Cost:** as
    backpropagation; direct, the way down is shorter, and goes to all layers at the same time.

    **Arguments:**

    - `direct`: whether the error goes straight from the output to every hidden layer.

    **Reference:** Lillicrap, Cownden, Tweed & Akerman 2016, Nat. Commun. 7:13276; Nøkland 2016, NeurIPS 29, direct.

    **Example:**

        >>> import attractorbind as ab
        >>> ab.learning.FeedbackAlignment(direct=True)
        FeedbackAlignment(direct=True)
    """

    direct: bool = eqx.field(static=True, default=False)
    activations: ClassVar[tuple[str, ...]] = ("relu", "tanh", "sigmoid")
    needs_hidden: ClassVar[bool] = True

    def __check_init__(self) -> None:
        check_bool("direct", self.direct)

    def init(self, layers: Layers, *, key: Key[Array, ""]) -> Credit:
        """See `AbstractCreditRule.init`: the feedback onto every hidden layer."""
        return Credit((), random_feedback(layers, direct=self.direct, key=key))

    def update(
        self,
        layers: Layers,
        credit: Credit,
        inputs: Float[Array, "examples inputs"],
        teaching: Teaching,
        *,
        key: Key[Array, ""],
    ) -> tuple[Changes, PyTree]:
        """See `AbstractCreditRule.update`."""
        feedback = credit.kept
        if not self.direct:
            return _sent_down(layers, inputs, teaching, lambda number, error: error @ feedback[number - 1]), feedback
        rates, _ = layers.forward(inputs)
        top = rates[-1] - teaching.targets
        errors = [(top @ own) * layers.slope(hidden) for own, hidden in zip(feedback, rates[1:-1], strict=True)]
        return Changes(changes_of(rates[:-1], [*errors, top], teaching.share), ()), feedback


def _sent_down(layers: Layers, inputs: Units, teaching: Teaching, feedback: Callable[[int, Units], Units]) -> Changes:
    """The changes where errors go down layer by layer.

    **Arguments:**

    - `feedback`: (number of a layer, errors of its units) -> what arrives at the units below.
    """
    rates, _ = layers.forward(inputs)
    errors = [rates[-1] - teaching.targets]
    for number in range(len(layers.layers) - 1, 0, -1):
        errors.insert(0, feedback(number, errors[0]) * layers.slope(rates[number]))
    return Changes(changes_of(rates[:-1], errors, teaching.share), ())
