"""Bursts: a cell's rate says what it does, and how often its events are bursts says what it should do."""

from typing import ClassVar

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Key, PyTree

from attractorbind._checks import check_bool, check_fraction, check_positive
from attractorbind._errors import ArgumentError
from attractorbind._learning.base import AbstractCreditRule, Changes, Credit, Teaching, changes_of
from attractorbind._learning.feedback import random_feedback
from attractorbind._learning.layers import Layers


class Burst(AbstractCreditRule):
    r"""Events go up, bursts go down; a synapse changes by the bursts after a nudge less those before it.

    Event rates e are those of a pass upwards. The fraction of events that are bursts is $p_0$ at the top, and the nudge
    moves the bursts of the output units to $b_L' = b_L + p_0 (t - e_L)$, cut off at 0 and 1. Below, bursts of the layer
    above arrive at the apical dendrites, $u_l = b_{l+1} Y_l$, and recurrent cells take off what arrived before the
    nudge, $c_l$: $p_l = \sigma((1 - e_l)(u_l - c_l))$, $b_l = p_l e_l$. Then

    $\Delta W_l = -\frac{4}{p_0} e_{l-1}^T (b_l' - b_l)$ in hidden layers; at the top without the 4, the slope of the
    sigmoid at rest. Without a nudge nothing changes.

    With `learned` the feedback learns, too: $\Delta Y_l = \Delta W_{l+1}^T + \kappa Y_l$, so that it comes to be as
    the forward synapses.

    **Locality.** A synapse must know the event rate below, and events and bursts of the cell above, at two times.
    **Cost:** three products per layer; bursts before and after go down together.

    **Arguments:**

    - `probability`: $p_0$, that an event is a burst.
    - `learned`: whether the feedback learns.
    - `decay`: $\kappa$, by which learned feedback forgets.

    **Reference:** Payeur, Guerguiev, Zenke, Richards & Naud 2021, Nat. Neurosci. 24:1010; Kolen & Pollack 1994, ICNN,
    for feedback that is learned.

    **Example:**

        >>> import attractorbind as ab
        >>> ab.learning.Burst(learned=True).probability
        0.2
    """

    probability: float = 0.2
    learned: bool = eqx.field(static=True, default=False)
    decay: float = 1e-4
    activations: ClassVar[tuple[str, ...]] = ("sigmoid",)
    readouts: ClassVar[tuple[str, ...]] = ("sigmoid", "softmax")
    gain: ClassVar[float] = 2.0
    needs_hidden: ClassVar[bool] = True

    def __check_init__(self) -> None:
        if not 0 < check_fraction("probability", self.probability) < 1:
            raise ArgumentError(f"probability is {self.probability}; it must be between 0 and 1")
        check_bool("learned", self.learned)
        check_positive("decay", self.decay)

    def init(self, layers: Layers, *, key: Key[Array, ""]) -> Credit:
        """See `AbstractCreditRule.init`: the feedback onto every hidden layer."""
        feedback = random_feedback(layers, by_sources=True, key=key)
        return Credit(feedback, ()) if self.learned else Credit((), feedback)

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
        events, _ = layers.forward(inputs)
        feedback = credit.learned if self.learned else credit.kept
        before = self.probability * events[-1]
        after = jnp.clip(before + self.probability * (teaching.targets - events[-1]), 0.0, 1.0)
        # What the apical dendrites hear is linear in the bursts above, and what they heard before the nudge is taken
        # off: so the bursts more or less are all that need go down.
        more = after - before
        errors = [-more / self.probability]
        for own, down in zip(events[-2:0:-1], feedback[::-1], strict=True):
            probability = jax.nn.sigmoid((1.0 - own) * (more @ down))
            more = (probability - 0.5) * own
            errors.insert(0, -4.0 / self.probability * more)
        changes = changes_of(events[:-1], errors, teaching.share)
        if not self.learned:
            return Changes(changes, ()), credit.kept
        following = tuple(
            above.weights.T + self.decay * own
            for above, own in zip(layers.existing(changes)[1:], credit.learned, strict=True)
        )
        return Changes(changes, following), credit.kept
