"""Costs: what an area is to make small. Each tells how wrong the fields of a layer's units are."""

import abc
from typing import ClassVar, NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Key, PyTree

from attractorbind._checks import check_count, check_fraction, check_not_negative, check_positive
from attractorbind._errors import ArgumentError, NetworkError
from attractorbind._learning.layers import Layer, Layers, Units
from attractorbind._visible import is_visible
from attractorbind._wiring import Heard


class Told(NamedTuple):
    """What an area knows when it learns, of each example.

    - `layers`: its synapses.
    - `number`: of the layer that a cost is of; the first above the inputs is 0.
    - `fields`: of that layer's units, at the view that the cost is of; for a cost that looks ahead the one before.
    - `before`: of the same units, at the view before.
    - `inputs`: what is seen now.
    - `held`: what the buffer holds.
    - `said`: what the area that the cost hears says.
    - `share`: the part that each example has in the cost, 0 for none; they sum to 1, or are all 0.
    """

    layers: Layers
    number: int
    fields: Float[Array, "examples units"]
    before: Float[Array, "examples units"]
    inputs: Float[Array, "examples inputs"]
    held: Float[Array, "examples outputs"]
    said: Float[Array, "examples _said"]
    share: Float[Array, " examples"]


class AbstractCost(eqx.Module):
    r"""What an area is to make small; a cost of a user's own subclasses this.

    It is given to `Hierarchy(costs=[...])`, any number of them. Each has a gate of its own, "eyes:slowness", which
    scales it: what an area learns is $\sum_c w_c g_c \ell_c$, $g_c$ being 0 where the gate is closed. Of a gate that is
    half open and less nothing gets through, from there up to 1; `learn(costs={"slowness": 0.3})` sets it.

    A cost of the output is made small by the credit rule, through all layers. One of a hidden layer is local to it:
    that layer's synapses alone learn by it, by the rates below them and the cost's own error.

    **Arguments:**

    - `weight`: $w$, 0 or more.
    - `layer`: the hidden layer, from 1; None for the output.
    - `name`: what its gate is called; by default its kind, and the number of a hidden layer.

    **Attributes:**

    - `needs_target`: whether only examples take part whose buffer holds something.
    - `needs_before`: whether only those do that have seen something before, since the episode began.
    - `ahead`: whether it is of what the units did at the view before, once it is known what came next.
    """

    weight: float = 1.0
    layer: int | None = eqx.field(static=True, default=None)
    name: str | None = eqx.field(static=True, default=None)
    needs_target: ClassVar[bool] = False
    needs_before: ClassVar[bool] = False
    ahead: ClassVar[bool] = False

    def __check_init__(self) -> None:
        kind = type(self).__name__
        check_not_negative(f"weight of {kind}", self.weight)
        if self.layer is not None:
            check_count(f"layer of {kind}", self.layer)
            if self.needs_target:
                raise ArgumentError(f"{kind} is of the output, which drives the buffer; leave out layer={self.layer}")
        label: object = self.label
        if not isinstance(label, str) or not is_visible(label) or ":" in label or "->" in label:
            raise NetworkError(f"name of {kind} is {self.name!r}; give a word without ':' and '->', which mark gates")

    @property
    def label(self) -> str:
        """What its gate is called."""
        if self.name is not None:
            return self.name
        return type(self).__name__.lower() + ("" if self.layer is None else str(self.layer))

    def hears(self, units: int) -> Heard | None:
        """What it must hear of another area, for a layer of so many units; None for nothing."""
        return None

    def init(self, units: int, inputs: int, *, key: Key[Array, ""]) -> PyTree:
        """What it keeps, before anything is learned.

        **Arguments:**

        - `units`: of the layer that it is of.
        - `inputs`: of the hierarchy.
        """
        return ()

    @abc.abstractmethod
    def loss(self, fields: Float[Array, "examples units"], told: Told, kept: PyTree) -> Float[Array, " examples"]:
        """What each example costs if the units have these fields; its derivative by its own fields is its error."""

    def after(self, told: Told, kept: PyTree) -> PyTree:
        """What it keeps after these examples."""
        return kept


class Target(AbstractCost):
    r"""The loss of the output against what stands in the buffer: $\ell(y, t)$, with the error $y - t$.

    Without `costs=` a hierarchy learns by this alone.

    **Reference:** Hayworth & Marblestone 2018.

    **Example:**

        >>> import attractorbind as ab
        >>> ab.learning.costs.Target().label
        'target'
    """

    needs_target: ClassVar[bool] = True

    def loss(self, fields: Float[Array, "examples units"], told: Told, kept: PyTree) -> Float[Array, " examples"]:
        """See `AbstractCost.loss`."""
        return told.layers.loss(fields, told.held)


class Reward(AbstractCost):
    r"""Dopamine modulates the update towards what the buffer holds: $\delta \ell(y, a)$, its error $\delta (y - a)$.

    What stands in the buffer, a, was done; with more reward than expected it becomes likelier for what was seen, and
    with less rarer. Where a was drawn by the probabilities y this is REINFORCE.

    **Arguments:**

    - `area`: the name of basal ganglia, whose dopamine $\delta$ it is; or of another area that says one number.

    **Reference:** R. J. Williams 1992, Mach. Learn. 8:229; N. Frémaux & W. Gerstner 2016, Front. Neural Circuits 9:85,
    for three factors.

    **Example:**

        >>> import attractorbind as ab
        >>> ab.learning.costs.Reward("striatum").area
        'striatum'
    """

    area: str = eqx.field(static=True, default="")
    needs_target: ClassVar[bool] = True

    def __init__(self, area: str, *, weight: float = 1.0, name: str | None = None) -> None:
        self.area, self.weight, self.layer, self.name = _name_of_area(area), weight, None, name

    def hears(self, units: int) -> Heard | None:
        """See `AbstractCost.hears`: one number."""
        return Heard(self.area, 0, 1)

    def loss(self, fields: Float[Array, "examples units"], told: Told, kept: PyTree) -> Float[Array, " examples"]:
        """See `AbstractCost.loss`."""
        return told.said[:, 0] * told.layers.loss(fields, told.held)


class Internal(AbstractCost):
    r"""Another area's output is the error: what it says, the units should do more of. $\ell = -s z / n$.

    s is what the other area says of each unit, z are the units' fields, n is their number. A predictor says by how much
    what came differs from what it foresaw.

    **Arguments:**

    - `area`: the name of the other area, which must say as many numbers as the layer has units.
    - `part`: which of the things that it says.

    **Reference:** A. H. Marblestone, G. Wayne & K. P. Kording 2016, Front. Comput. Neurosci. 10:94, on
    cost functions that are generated internally.

    **Example:**

        >>> import attractorbind as ab
        >>> ab.learning.costs.Internal("cerebellum", layer=1).label
        'internal1'
    """

    area: str = eqx.field(static=True, default="")
    part: int = eqx.field(static=True, default=0)

    def __init__(
        self, area: str, *, part: int = 0, weight: float = 1.0, layer: int | None = None, name: str | None = None
    ) -> None:
        self.area, self.part = _name_of_area(area), check_count("part", part, least=0)
        self.weight, self.layer, self.name = weight, layer, name

    def hears(self, units: int) -> Heard | None:
        """See `AbstractCost.hears`: a number for each unit."""
        return Heard(self.area, self.part, units)

    def loss(self, fields: Float[Array, "examples units"], told: Told, kept: PyTree) -> Float[Array, " examples"]:
        """See `AbstractCost.loss`."""
        return -jnp.mean(told.said * fields, axis=1)


class Slowness(AbstractCost):
    r"""What units do should change slowly: $\frac{1}{2 n} |z_t - z_{t-1}|^2$, of the fields of n units at two views.

    What they did at the view before is held, and not moved. Alone it is smallest where nothing changes at all: give
    `Decorrelation` beside it.

    **Reference:** P. Földiák 1991, Neural Comput. 3:194; L. Wiskott & T. J. Sejnowski 2002, Neural Comput. 14:715.

    **Example:**

        >>> import attractorbind as ab
        >>> ab.learning.costs.Slowness(weight=25.0).label
        'slowness'
    """

    needs_before: ClassVar[bool] = True

    def loss(self, fields: Float[Array, "examples units"], told: Told, kept: PyTree) -> Float[Array, " examples"]:
        """See `AbstractCost.loss`."""
        return 0.5 * jnp.mean(jnp.square(fields - told.before), axis=1)


class Statistics(NamedTuple):
    """Running means and covariances of units, and how many batches they come from."""

    mean: Float[Array, " units"]
    covariance: Float[Array, "units units"]
    batches: Float[Array, ""]


class Decorrelation(AbstractCost):
    r"""Units should vary, and each by itself: a hinge on deviations, and the squares of covariances.

    $\frac{v}{n} \sum_j \max(0, 1 - \sqrt{C_{jj} + \epsilon}) + \frac{c}{n} \sum_{j \ne k} C_{jk}^2$, of the
    covariances C of the fields of n units over the batch. With `forgetting` the covariances are running ones, which a
    single trial can learn by.

    **Arguments:**

    - `variance`: v.
    - `covariance`: c.
    - `forgetting`: by how much running statistics move to those of the batch; None for those of the batch alone.

    **Reference:** Bardes, Ponce & LeCun 2022, ICLR; P. Földiák 1990, Biol. Cybern. 64:165.

    **Example:**

        >>> import attractorbind as ab
        >>> ab.learning.costs.Decorrelation(variance=25.0, layer=2).label
        'decorrelation2'
    """

    variance: float = 1.0
    covariance: float = 1.0
    forgetting: float | None = None

    def __check_init__(self) -> None:
        check_not_negative("variance", self.variance)
        check_not_negative("covariance", self.covariance)
        if self.forgetting is not None and check_fraction("forgetting", self.forgetting) == 0:
            raise ArgumentError("forgetting is 0; it must be above 0, or nothing is ever known of the units")

    def init(self, units: int, inputs: int, *, key: Key[Array, ""]) -> PyTree:
        """See `AbstractCost.init`: running statistics, if there are to be any."""
        if self.forgetting is None:
            return ()
        nothing = jnp.zeros((units, units), jnp.float32)
        return Statistics(nothing[0], nothing, jnp.float32(0))

    def loss(self, fields: Float[Array, "examples units"], told: Told, kept: PyTree) -> Float[Array, " examples"]:
        """See `AbstractCost.loss`: with the statistics held, a form whose derivative is that of the cost above."""
        mean, covariance, _ = jax.lax.stop_gradient(self._statistics(told, kept))
        units, own = len(mean), jnp.diag(covariance)
        deviation = jnp.sqrt(own + _LEAST)
        apart = fields - mean[None, :]
        narrow = jnp.where(deviation < 1, 1 / deviation, 0.0)
        mixed = jnp.fill_diagonal(covariance, 0.0, inplace=False)
        spread = -0.5 * self.variance * jnp.square(apart) @ narrow
        alike = 2 * self.covariance * jnp.sum(apart * (apart @ mixed), axis=1)
        return (spread + alike) / units

    def after(self, told: Told, kept: PyTree) -> PyTree:
        """See `AbstractCost.after`: the running statistics."""
        return () if self.forgetting is None else self._statistics(told, kept)

    def _statistics(self, told: Told, kept: PyTree) -> Statistics:
        mean = told.share @ told.fields
        if self.forgetting is None:
            apart = told.fields - mean[None, :]
            return Statistics(mean, apart.T @ (told.share[:, None] * apart), jnp.float32(1))
        # At first, of the batches that there have been, each counts alike.
        moves = jnp.maximum(self.forgetting, 1 / (kept.batches + 1))
        mean = kept.mean + moves * (mean - kept.mean)
        apart = told.fields - mean[None, :]
        now = apart.T @ (told.share[:, None] * apart)
        return Statistics(mean, kept.covariance + moves * (now - kept.covariance), kept.batches + 1)


# What is added to a variance before its root is taken, which otherwise has no derivative at 0.
_LEAST = 1e-4


class Prediction(AbstractCost):
    r"""What units do should tell what is seen next: $\frac{1}{2 m} |x_{t+1} - (r_t P + p)|^2$, of m inputs.

    r are the rates of the units at the view before. The readout P is the area's own, learns by the normalised delta
    rule, and sends the error down through its transposed synapses.

    **Arguments:**

    - `rate`: of the readout, above 0 and below 2; its gate and the share of examples scale it.

    **Reference:** J. L. Elman 1990, Cogn. Sci. 14:179; R. P. N. Rao & D. H. Ballard 1999, Nat. Neurosci. 2:79.

    **Example:**

        >>> import attractorbind as ab
        >>> ab.learning.costs.Prediction(rate=0.2).label
        'prediction'
    """

    rate: float = 0.1
    needs_before: ClassVar[bool] = True
    ahead: ClassVar[bool] = True

    def __check_init__(self) -> None:
        if check_positive("rate", self.rate) >= 2:
            raise ArgumentError(f"rate is {self.rate}; it must be below 2, or every step goes further than its error")

    def init(self, units: int, inputs: int, *, key: Key[Array, ""]) -> Layer:
        """See `AbstractCost.init`: the readout, drawn at random, so that errors reach the units from the first."""
        drawn = jax.random.normal(key, (units, inputs), jnp.float32) / jnp.sqrt(jnp.float32(units))
        return Layer(drawn, jnp.zeros(inputs, jnp.float32))

    def loss(self, fields: Float[Array, "examples units"], told: Told, kept: Layer) -> Float[Array, " examples"]:
        """See `AbstractCost.loss`."""
        foreseen = self._rates(fields, told) @ kept.weights + kept.bias[None, :]
        return 0.5 * jnp.mean(jnp.square(told.inputs - foreseen), axis=1)

    def after(self, told: Told, kept: Layer) -> Layer:
        """See `AbstractCost.after`: the readout after the delta rule."""
        rates = self._rates(told.fields, told)
        errors = told.inputs - (rates @ kept.weights + kept.bias[None, :])
        size = 2 + jnp.sum(jnp.square(rates), axis=1)
        moves = (self.rate * told.share / size)[:, None] * errors
        return Layer(kept.weights + rates.T @ moves, kept.bias + jnp.sum(moves, axis=0))

    def _rates(self, fields: Units, told: Told) -> Float[Array, "examples units"]:
        return told.layers.output_of(told.number, fields)


def _name_of_area(area: object) -> str:
    if not isinstance(area, str):
        raise NetworkError(f"area is {area!r}; give the name of the area that is heard")
    return area
