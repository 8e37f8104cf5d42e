"""Two phases, free and clamped: contrastive Hebbian learning."""

from typing import ClassVar

import jax
from jaxtyping import Array, Float, Key, PyTree

from attractorbind._checks import check_count, check_positive
from attractorbind._learning.base import AbstractCreditRule, Changes, Credit, Teaching
from attractorbind._learning.layers import Layer, Layers, Units


class ContrastiveHebbian(AbstractCreditRule):
    r"""The network settles freely, and again with its output clamped to the target: Hebbian minus anti-Hebbian.

    In both phases $r_l = f(r_{l-1} W_l + \gamma r_{l+1} W_{l+1}^T + b_l)$, the output being free, $r_L = y$, or held by
    the buffer through its relay, $r_L = t$; $\Delta W_l = -\gamma^{l-L} (\hat r_{l-1}^T \hat r_l - r_{l-1}^T r_l)$ with
    the hat for the clamped phase.

    Each phase takes sweeps from bottom to top. What has not settled is amplified by $\gamma^{1-L}$: below 0.02 the
    32 bits of a number fail, and above 0.05 more sweeps are needed. As $\gamma$ goes to 0 the change becomes the
    gradient.

    **Locality.** Only the rates below and above a synapse, at two times. The ways up and down must have the same
    strength, up to $\gamma$. **Cost:** two products per layer and sweep, and four for the changes.

    **Arguments:**

    - `feedback`: $\gamma$, the strength of the way down.
    - `sweeps`: how many sweeps each phase takes.

    **Reference:** Xie & Seung 2003, Neural Comput. 15:441; Movellan 1991.

    **Example:**

        >>> import attractorbind as ab
        >>> ab.learning.ContrastiveHebbian(sweeps=8)
        ContrastiveHebbian(sweeps=8)
    """

    feedback: float = 0.02
    sweeps: int = 10
    activations: ClassVar[tuple[str, ...]] = ("tanh", "sigmoid", "relu")
    readouts: ClassVar[tuple[str, ...]] = ("sigmoid",)

    def __check_init__(self) -> None:
        check_positive("feedback", self.feedback)
        check_count("sweeps", self.sweeps)

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
        start, _ = layers.forward(inputs)
        free = self.settle(layers, start, None)
        clamped = self.settle(layers, free, teaching.targets)
        changes = []
        for number in range(len(layers.layers)):
            scale = self.feedback ** (number + 1 - len(layers.layers)) * teaching.share[:, None]
            above, above_free = clamped[number + 1], free[number + 1]
            hebbian, anti = scale * above, scale * above_free
            changes.append(Layer(free[number].T @ anti - clamped[number].T @ hebbian, (anti - hebbian).sum(axis=0)))
        return Changes(tuple(changes), ()), credit.kept

    def settle(
        self, layers: Layers, rates: tuple[Units, ...], targets: Units | None
    ) -> tuple[Float[Array, "examples _units"], ...]:
        """The rates of all layers after a phase.

        **Arguments:**

        - `rates`: of all layers before it.
        - `targets`: what the outputs are clamped to; None to leave them free.
        """
        top = len(layers.layers)
        from_inputs = layers.field(0, rates[0])

        def sweep(_: Array, rates: tuple[Units, ...]) -> tuple[Units, ...]:
            settled = list(rates)
            for number in range(top):
                fields = layers.field(number, settled[number]) if number else from_inputs
                if number < top - 1:
                    down = settled[number + 2] @ layers.layers[number + 1].weights.T
                    settled[number + 1] = layers.rate(fields + self.feedback * down)
                else:
                    settled[top] = layers.read(fields) if targets is None else targets
            return tuple(settled)

        if targets is not None:
            rates = (*rates[:-1], targets)
        return jax.lax.fori_loop(0, self.sweeps, sweep, rates)
