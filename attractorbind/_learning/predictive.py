"""Predictive coding: each layer predicts the next, and rates move until prediction errors are smallest."""

from typing import ClassVar

import jax
from jaxtyping import Array, Float, Key, PyTree

from attractorbind._checks import check_count, check_positive
from attractorbind._learning.base import AbstractCreditRule, Changes, Credit, Teaching, changes_of
from attractorbind._learning.layers import Layers, Units


class PredictiveCoding(AbstractCreditRule):
    r"""Hidden rates $z_l$ move down the energy of the prediction errors while the output is held at the target.

    $E = \frac{1}{2} \sum_l |z_l - f(z_{l-1} W_l + b_l)|^2 + \ell(y, t)$, and with $e_l = z_l - \hat z_l$ for the
    prediction $\hat z_l$ of a hidden layer, $z_l \leftarrow z_l + \eta (-e_l + (e_{l+1} \odot f'(\hat z_{l+1}))
    W_{l+1}^T)$, the topmost error being $t - y$. Then $\Delta W_l = -z_{l-1}^T (e_l \odot f'(\hat z_l))$.

    **Locality.** A synapse knows the rate below and the error of the cell above, which cells of their own compute and
    send down by the transposed weights. **Cost:** two products per layer and step, and one for the changes.

    **Arguments:**

    - `steps`: how many steps the rates take from the pass upwards.
    - `step_size`: $\eta$.

    **Reference:** Rao & Ballard 1999, Nat. Neurosci. 2:79; Whittington & Bogacz 2017, Neural Comput. 29:1229.

    **Example:**

        >>> import attractorbind as ab
        >>> ab.learning.PredictiveCoding()
        PredictiveCoding()
    """

    steps: int = 20
    step_size: float = 0.1
    activations: ClassVar[tuple[str, ...]] = ("tanh", "sigmoid", "relu")

    def __check_init__(self) -> None:
        check_count("steps", self.steps)
        check_positive("step_size", self.step_size)

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

        def mismatches(rates: tuple[Units, ...]) -> tuple[list[Units], list[Units]]:
            """What hidden rates differ by from their predictions; and of all layers, what their fields should do."""
            fields = [from_inputs, *(layers.field(number, below) for number, below in enumerate(rates, start=1))]
            predicted = [layers.rate(field) for field in fields[:-1]]
            own = [rate - prediction for rate, prediction in zip(rates, predicted, strict=True)]
            top = teaching.targets - layers.read(fields[-1])
            wanted = [each * layers.slope(prediction) for each, prediction in zip(own, predicted, strict=True)]
            return own, [*wanted, top]

        def step(_: Array, rates: tuple[Units, ...]) -> tuple[Units, ...]:
            own, wanted = mismatches(rates)
            from_above = [wanted[number] @ layers.layers[number].weights.T for number in range(1, len(wanted))]
            return tuple(
                rate + self.step_size * (above - mismatch)
                for rate, above, mismatch in zip(rates, from_above, own, strict=True)
            )

        from_inputs = layers.field(0, inputs)
        start, _ = layers.forward(inputs)
        rates = jax.lax.fori_loop(0, self.steps, step, start[1:-1])
        final = [-wanted for wanted in mismatches(rates)[1]]
        return Changes(changes_of((inputs, *rates), final, teaching.share), ()), credit.kept
