"""Neurons of two compartments: the soma does, the apical dendrite hears what it should have done."""

from typing import ClassVar, NamedTuple

import equinox as eqx
import jax
from jaxtyping import Array, Float, Key, PyTree

from attractorbind._checks import check_bool, check_count, check_fraction
from attractorbind._errors import ArgumentError
from attractorbind._learning.base import AbstractCreditRule, Changes, Credit, Teaching, product
from attractorbind._learning.feedback import random_feedback
from attractorbind._learning.lateral import spontaneous
from attractorbind._learning.layers import Layers, Units, masked


class TwoCompartment(AbstractCreditRule):
    r"""Pyramidal cells whose apical dendrites lateral cells keep silent, until a nudge at the top makes them speak.

    In hidden layer l, with lateral cells i that are twins of the layer above:
    $v_l^B = r_{l-1} W_l + b_l$, $i_l = (1 - \lambda_i) f(r_l W_l^{IP} + b_l^{IP}) + \lambda_i r_{l+1}$,
    $v_l^A = r_{l+1} B_l + i_l W_l^{PI}$, $r_l = f(v_l^B + \lambda_a v_l^A)$; the output is nudged towards its target,
    $r_L = (1 - \lambda_o) y + \lambda_o t$. Then

    $\Delta W_l = -r_{l-1}^T (r_l - f(v_l^B)) / (\lambda_o ((1 - \lambda_i) \lambda_a)^{L-l})$: the soma against what
    its basal dendrite predicted. $W^{IP}$ follows $W_{l+1}$, by what its cells and their twins do under the nudge. With
    `before_and_after` what the apical dendrite said before the nudge is taken off the first.

    The lateral cells learn while the network is built, before the task, from the spontaneous activity of their layer,
    to predict the layer above and to cancel its feedback: see `learning.spontaneous`. During the task $W^{PI}$ stays as
    it is.

    **Locality.** A synapse must know the rate below and two compartments of the cell above. **Cost:** four products
    per layer and sweep, and three for the changes; with `before_and_after` twice the sweeps.

    **Arguments:**

    - `nudge`: $\lambda_o$.
    - `apical`: $\lambda_a$, how much the apical dendrite moves the soma.
    - `lateral`: $\lambda_i$, how much a lateral cell is moved by its twin.
    - `sweeps`: how many sweeps from bottom to top the rates take to settle.
    - `spontaneous`: for how many steps the lateral cells learn from spontaneous activity; 0 to start with cells that
        predict and cancel perfectly.
    - `before_and_after`: whether the network settles before the nudge, too, and a change is the difference.

    **Reference:** Sacramento, Costa, Bengio & Senn 2018, NeurIPS 31; Guerguiev, Lillicrap & Richards 2017, eLife
    6:e22901, before and after.

    **Example:**

        >>> import attractorbind as ab
        >>> ab.learning.TwoCompartment(spontaneous=0).sweeps
        5
    """

    nudge: float = 0.2
    apical: float = 0.5
    lateral: float = 0.1
    sweeps: int = 5
    spontaneous: int = 4000
    before_and_after: bool = eqx.field(static=True, default=False)
    activations: ClassVar[tuple[str, ...]] = ("tanh", "sigmoid", "relu")
    needs_hidden: ClassVar[bool] = True

    def __check_init__(self) -> None:
        for name in ("nudge", "apical", "lateral"):
            if check_fraction(name, getattr(self, name)) == 0 or (name == "lateral" and self.lateral == 1):
                raise ArgumentError(f"{name} is {getattr(self, name)}; it must be above 0, and lateral= below 1")
        check_count("sweeps", self.sweeps)
        check_count("spontaneous", self.spontaneous, least=0)
        check_bool("before_and_after", self.before_and_after)

    def init(self, layers: Layers, *, key: Key[Array, ""]) -> Credit:
        """See `AbstractCreditRule.init`: feedback, and the lateral cells after what they learn before the task."""
        feedback_key, lateral_key = jax.random.split(key)
        feedback = random_feedback(layers, by_sources=True, key=feedback_key)
        lateral, _ = spontaneous(layers, feedback, self.spontaneous, key=lateral_key)
        return Credit(tuple(each.predict for each in lateral), (feedback, tuple(each.cancel for each in lateral)))

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
        settled = self.settle(layers, credit, inputs, teaching.targets)
        said = [rate - basal for rate, basal in zip(settled.rates[1:], settled.basal, strict=True)]
        if self.before_and_after:
            before = self.settle(layers, credit, inputs, None)
            said = [
                after - (rate - basal) for after, rate, basal in zip(said, before.rates[1:], before.basal, strict=True)
            ]
        changes, top = [], len(layers.layers)
        scales = [self.nudge * ((1 - self.lateral) * self.apical) ** (top - 1 - number) for number in range(top)]
        for below, own, scale in zip(settled.rates[:-1], said, scales, strict=True):
            changes.append(product(below, -own, teaching.share / scale))
        lateral = []
        for number, (rate, twin, predicted) in enumerate(
            zip(settled.rates[1:-1], settled.rates[2:], settled.predicted, strict=True)
        ):
            change = product(rate, predicted - twin, teaching.share / scales[number + 1])
            lateral.append(masked(change, layers.mask(number + 1)))
        return Changes(tuple(changes), tuple(lateral)), credit.kept

    def settle(
        self, layers: Layers, credit: Credit, inputs: Float[Array, "examples inputs"], targets: Units | None
    ) -> "Compartments":
        """What all compartments do after the sweeps, with the outputs nudged to targets or, without targets, free."""
        start, _ = layers.forward(inputs)
        from_inputs = layers.field(0, inputs)

        def sweep(_: Array, rates: tuple[Units, ...]) -> tuple[Units, ...]:
            return self._swept(layers, credit, from_inputs, rates, targets)

        rates = jax.lax.fori_loop(0, self.sweeps, sweep, start)
        basal = [layers.output_of(number, layers.field(number, rates[number])) for number in range(len(rates) - 1)]
        parts = [
            self._apical(layers, credit, number, rates[number + 1], rates[number + 2])
            for number in range(len(rates) - 2)
        ]
        apical, predicted = zip(*parts, strict=True)
        return Compartments(rates, tuple(basal), apical, predicted)

    def _swept(
        self, layers: Layers, credit: Credit, from_inputs: Units, rates: tuple[Units, ...], targets: Units | None
    ) -> tuple[Float[Array, "examples _units"], ...]:
        """The rates of all layers after one sweep from bottom to top.

        **Arguments:**

        - `from_inputs`: the fields that the inputs, which stay as they are, give the first layer.
        """
        settled, top = list(rates), len(layers.layers)
        for number in range(top - 1):
            basal = layers.field(number, settled[number]) if number else from_inputs
            apical, _ = self._apical(layers, credit, number, settled[number + 1], settled[number + 2])
            settled[number + 1] = layers.rate(basal + self.apical * apical)
        outputs = layers.read(layers.field(top - 1, settled[top - 1]))
        settled[top] = outputs if targets is None else (1 - self.nudge) * outputs + self.nudge * targets
        return tuple(settled)

    def _apical(
        self, layers: Layers, credit: Credit, number: int, own: Units, above: Units
    ) -> tuple[Float[Array, "examples _own"], Float[Array, "examples _above"]]:
        """What the apical dendrites of a hidden layer say, and what its lateral cells predict of the layer above."""
        feedback, cancel = credit.kept
        predict = credit.learned[number]
        predicted = layers.output_of(number + 1, own @ predict.weights + predict.bias[None, :])
        lateral = (1 - self.lateral) * predicted + self.lateral * above
        return above @ feedback[number] + lateral @ cancel[number], predicted


class Compartments(NamedTuple):
    """What the compartments of all cells do.

    - `rates`: of the somata, the inputs first.
    - `basal`: what each layer above the inputs would do by its basal dendrites alone.
    - `apical`: what the apical dendrites of the hidden layers say.
    - `predicted`: what the lateral cells of the hidden layers predict of the layer above.
    """

    rates: tuple[Float[Array, "examples _units"], ...]
    basal: tuple[Float[Array, "examples _units"], ...]
    apical: tuple[Float[Array, "examples _units"], ...]
    predicted: tuple[Float[Array, "examples _units"], ...]
