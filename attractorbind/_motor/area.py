"""A motor area: a hand that draws what its eye has seen, or what a buffer holds, and learns to by babbling."""

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, Key

from attractorbind._area.base import AbstractArea, AreaInputs, Decode, Shared, check_area_name
from attractorbind._checks import buffer_names, check_count, check_positive, entries, whole_number
from attractorbind._each import turns
from attractorbind._errors import NetworkError
from attractorbind._learning.hierarchy import Hierarchy
from attractorbind._learning.layers import Layers
from attractorbind._motor.hand import Hand, Skill, at_rest, noted, passed
from attractorbind._motor.least_squares import refitted, unfitted
from attractorbind._motor.pen import Pen
from attractorbind._wiring import AreaWiring, Heard

# What a program can tell a hand to do.
SWITCHES = ("babble", "imagine", "new", "draw", "foresee", "write")


class Orders(NamedTuple):
    """Which trials begin a new sheet, look and correct, foresee meanwhile, and draw what a buffer holds."""

    news: Bool[Array, " trials"]
    draws: Bool[Array, " trials"]
    foresees: Bool[Array, " trials"]
    writes: Bool[Array, " trials"]


class Motor(AbstractArea):
    r"""A motor area: a hand with a pen of one dot for each pixel, which draws what its eye has seen.

    It **babbles**: it draws a stroke at random, looks at the paper through its eye, and learns the inverse, from what
    the eye's hidden layers make of the drawing, z(image), to the pressures m that it has just used:
    $m \approx A z$, by recursive least squares. No image is ever told to be drawn. It **draws** what the eye has seen
    last on a new sheet, $m = \max(A z(seen), 0)$, then looks and corrects, as often as it is told:

    $$m \leftarrow \max(m + c (A z(seen) - A z(paper(m))), 0).$$

    With a **delay** it sees its paper as it was some ticks ago, m', and would correct again and again what it has
    corrected already. So it learns while it babbles, by recursive least squares, what the eye will make of what it
    draws, $z(paper(m)) \approx F m$, and **foresees** what it does not see yet: in place of $z(paper(m))$ it takes
    $z(paper(m')) + F m - F m'$.

    It **imagines**: while the eye has seen something and a buffer holds what it was, it learns by recursive least
    squares what that buffer's units make likely in the eye's layers, $z \approx B x$. It **writes** what a buffer holds
    by drawing $B x$ in place of what the eye has seen; of a silent buffer, nothing.

    **Gates**, all closed at rest: "answer->hand" lets the buffer "answer" in; "hand:babble" draws at random and learns,
    "hand:imagine" learns to imagine, "hand:new" draws on a new sheet, "hand:draw" looks and corrects, and
    "hand:foresee" lets it foresee meanwhile. At "hand:new" and "hand:draw" it draws what the eye has seen, or, where
    "hand:write" is open, too, what the buffers hold that are let in. It looks at its paper through the eye's synapses,
    which leaves what the eye has seen and said as it was. Switches act above a conductance of 1/2.

    **Locality.** A synapse of the inverse must know the rate below it, the error of the dot above it, and a gain that
    depends on what all units below do. Without that gain it is the delta rule, which needs many more drawings.

    What was learned is part of the `State`, shared by all trials; `network.save` keeps none of it. No derivative passes
    through it. Noise of a run does not reach its own units. `Trace.drawings` tells what was drawn.

    **Arguments:**

    - `name`: the area's name.
    - `eye`: the hierarchy by which it sees, one of the network's; its stimuli are images of ink from 0 to 1.
    - `reads`: the buffer that it can write from, or several.
    - `layers`: the eye's hidden layers whose rates are z, counted from 1.
    - `shape`: height and width of what it draws, in pixels; by default a square.
    - `pen`: the standard deviation of a dot, in pixels.
    - `ridge`: $\lambda$, how much small weights are preferred, in squared rates.
    - `correction`: c, above 0 and below 2.
    - `delay`: after how many ticks of drawing it sees what it has drawn; 0 for at once.
    - `sheets`: how many drawings of a run are kept, the last ones.

    **Raises:** `NetworkError` or `ArgumentError` for what makes no hand.

    **Reference:** M. I. Jordan & D. E. Rumelhart 1992, Cogn. Sci. 16:307, and D. Bullock, S. Grossberg & F. H. Guenther
    1993, J. Cogn. Neurosci. 5:408, for motor babbling; C. Eliasmith et al. 2012, Science 338:1202, for a model that
    draws what it answers.

    **Example:** draw a bar of three pixels, seen by an eye that has learned nothing.

        >>> import attractorbind as ab, jax, numpy as np
        >>> eyes = ab.learning.Hierarchy("eyes", sizes=[16, 64], target="focus", rule=ab.learning.Backpropagation())
        >>> network = ab.build(ab.Vocabulary(["bar", "dot"]), buffers={"focus": 64}, activity=0.1,
        ...     rule=ab.PseudoInverse(), areas=[eyes, ab.Motor("hand", eye=eyes, reads="focus", layers=[1])],
        ...     key=jax.random.key(0))
        >>> practised = ab.run(network, ab.babble("hand", 300), key=jax.random.key(1)).state
        >>> bar = np.zeros((4, 4)); bar[1, :3] = 1
        >>> trace = ab.run(network, ab.see("eyes", write=False) + ab.draw("hand"), practised, stimuli={"eyes": [bar]})
        >>> [(drawing.image > 0.5).astype(int).tolist() for drawing in trace.drawings["hand"][0]]
        [[[0, 0, 0, 0], [1, 1, 1, 0], [0, 0, 0, 0], [0, 0, 0, 0]]]
    """

    name: str = eqx.field(static=True)
    buffers: tuple[str, ...] = eqx.field(static=True)
    eye: str = eqx.field(static=True)
    layers: tuple[tuple[int, int], ...] = eqx.field(static=True)  # each with its number and how many units it has
    pen: Pen
    ridge: float
    correction: float
    delay: int = eqx.field(static=True)
    sheets: int = eqx.field(static=True)

    def __init__(
        self,
        name: str,
        *,
        eye: Hierarchy,
        reads: str | Sequence[str],
        layers: Sequence[int] = (1, 2),
        shape: tuple[int, int] | None = None,
        pen: float = 0.5,
        ridge: float = 1.0,
        correction: float = 0.5,
        delay: int = 0,
        sheets: int = 16,
    ) -> None:
        check_area_name(name)
        self.name = name
        if not isinstance(eye, Hierarchy):
            raise NetworkError(f"eye of {name!r} is {eye!r}; give the learning.Hierarchy by which it sees")
        self.eye = eye.name
        self.buffers = buffer_names(f"reads of {name!r}", [reads] if isinstance(reads, str) else reads, NetworkError)
        self.layers = _layers(name, eye, layers)
        self.pen = Pen(_shape(name, eye, shape), pen)
        self.ridge = ridge
        self.correction = correction
        self.delay = delay
        self.sheets = sheets

    def __check_init__(self) -> None:
        # Of hands out of files, too, for which __init__ is not called.
        name = self.name
        check_area_name(name)
        check_area_name(self.eye)
        buffer_names(f"reads of {name!r}", self.buffers, NetworkError)
        for layer, units in self.layers:
            check_count(f"a layer of {name!r}", layer)
            check_count(f"units of a layer of {name!r}", units)
        if not isinstance(self.pen, Pen):
            raise NetworkError(f"pen of {name!r} is {self.pen!r}; give the size of its dots, in pixels")
        for side in self.pen.shape:
            check_count(f"a side of the paper of {name!r}", side)
        check_positive(f"pen of {name!r}", self.pen.size)
        check_positive(f"ridge of {name!r}", self.ridge)
        if check_positive(f"correction of {name!r}", self.correction) >= 2:
            raise NetworkError(
                f"correction of {name!r} is {self.correction}; it must be below 2, or every step goes further than its "
                "error"
            )
        check_count(f"delay of {name!r}", self.delay, least=0)
        check_count(f"sheets of {name!r}", self.sheets)

    def wire(self, buffers: Mapping[str, int]) -> AreaWiring:
        """See `AbstractArea.wire`: it reads buffers, sees through the eye, draws at random, and writes on nothing."""
        return AreaWiring(
            self.name,
            reads=self.buffers,
            switches=SWITCHES,
            kind="motor",
            units=self.pen.pixels,
            draws=("babble",),
            # What was seen last, and, so that they are known to be there, the layers; these are worked out when needed.
            hears=(Heard(self.eye, 0, self.pen.pixels), *(Heard(self.eye, *layer) for layer in self.layers)),
            eyes=(self.eye,),
        )

    def parameters(self, buffers: Mapping[str, int], key: Key[Array, ""]) -> Skill:
        """See `AbstractArea.parameters`: maps that give 0."""
        units, ridge = sum(units for _, units in self.layers), jnp.float32(self.ridge)
        held = sum(buffers[buffer] for buffer in self.buffers)
        pixels = self.pen.pixels
        return Skill(
            inverse=unfitted(units + 1, pixels, ridge),
            imagery=unfitted(held, units, ridge),
            forward=unfitted(pixels + 1, units + 1, ridge),
        )

    def init(self, buffers: Mapping[str, int], trials: int, parameters: Skill) -> Hand:
        """See `AbstractArea.init`: nothing drawn, and nothing learned."""
        return at_rest(parameters, trials, self.sheets, self.delay)

    def begun(self, state: Hand) -> Hand:
        """See `AbstractArea.begun`: each run has its own drawings; what is on the sheet stays to be gone on with."""
        none = jnp.zeros_like(state.count)
        return eqx.tree_at(lambda hand: (hand.count, hand.clock), state, (none, none))

    def synapses(self, buffers: Mapping[str, int], parameters: Skill) -> int:
        """See `AbstractArea.synapses`: of the inverse, and of what it imagines and foresees."""
        return sum(fitted.weights.size for fitted in parameters)

    def tick(self, parameters: Skill, state: Hand, inputs: AreaInputs) -> tuple[Hand, tuple[()]]:
        """See `AbstractArea.tick`: babble, imagine, draw."""
        inputs, state = jax.lax.stop_gradient((inputs, state))
        babbles, imagines, news, draws, foresees, writes = (inputs.switches > 0.5) & inputs.running[None, :]
        state = turns(jnp.any(babbles), self._babbled, state, inputs, babbles)
        state = turns(jnp.any(imagines), self._imagined, state, inputs, imagines)
        state = turns(jnp.any(news | draws), self._drawn, state, inputs, Orders(news, draws, foresees, writes))
        return eqx.tree_at(lambda hand: hand.clock, state, state.clock + inputs.running.astype(jnp.int32)), ()

    def _babbled(self, state: Hand, inputs: AreaInputs, babbles: Bool[Array, " trials"]) -> Hand:
        pressures = self.pen.scribbles(inputs.keys)
        seen = self._seen(inputs.eyes[0], self.pen.paper(pressures))
        skill = state.learned.value
        inverse = refitted(skill.inverse, seen, pressures, babbles)
        forward = refitted(skill.forward, _with_one(pressures), seen, babbles)
        return eqx.tree_at(lambda hand: hand.learned, state, Shared(skill._replace(inverse=inverse, forward=forward)))

    def _imagined(self, state: Hand, inputs: AreaInputs, imagines: Bool[Array, " trials"]) -> Hand:
        seen = self._seen(inputs.eyes[0], inputs.heard[0])[:, :-1]
        skill = state.learned.value
        # A silent buffer is nothing to learn from.
        imagery = refitted(skill.imagery, _held(inputs), seen, imagines)
        return eqx.tree_at(lambda hand: hand.learned, state, Shared(skill._replace(imagery=imagery)))

    def _drawn(self, state: Hand, inputs: AreaInputs, orders: Orders) -> Hand:
        skill, eyes, held = state.learned.value, inputs.eyes[0], _held(inputs)
        news, draws, writes = orders.news, orders.draws, orders.writes
        imagined = held @ skill.imagery.weights
        wanted = jnp.where(writes[:, None], _with_one(imagined), self._seen(eyes, inputs.heard[0]))
        before = state.past[:, 0] if self.delay else state.pressures
        own = self._seen(eyes, self.pen.paper(before))
        if self.delay:
            unseen = (state.pressures - before) @ skill.forward.weights[:-1]
            own += jnp.where(orders.foresees[:, None], unseen, 0.0)
        aim, found = wanted @ skill.inverse.weights, own @ skill.inverse.weights
        corrected = state.pressures + self.correction * (aim - found)
        pressures = jnp.maximum(jnp.where(news[:, None], aim, corrected), 0.0)
        empty = writes & ~jnp.any(held > 0, axis=1)
        pressures = jnp.where(empty[:, None], 0.0, pressures)
        begins = news | (draws & (state.count == 0))
        # A sheet that was begun in a run before is gone on with; a new one has been blank so far.
        past = jnp.where(news[:, None, None], 0.0, passed(state))
        state = eqx.tree_at(lambda hand: hand.past, state, jnp.where((news | draws)[:, None, None], past, state.past))
        return noted(state, pressures, self.pen.paper(pressures), news | draws, begins)

    def _seen(self, eyes: Layers, images: Float[Array, "drawings pixels"]) -> Float[Array, "drawings units"]:
        """What the eye's layers make of images, and 1."""
        rates = eyes.forward(images).rates
        return _with_one(jnp.concatenate([rates[layer] for layer, _ in self.layers], axis=1))

    def contents(self, buffers: Mapping[str, int], state: Hand, decode: Decode) -> list[dict[str, str | None]]:
        """See `AbstractArea.contents`: nothing that words could tell; see `Trace.drawings`."""
        return []


def _with_one(rates: Float[Array, "trials units"]) -> Float[Array, "trials units+1"]:
    """These, and a constant 1."""
    return jnp.concatenate([rates, jnp.ones((len(rates), 1), jnp.float32)], axis=1)


def _held(inputs: AreaInputs) -> Float[Array, "trials held"]:
    """What the buffers hold that are let in, of all that it reads."""
    pairs = zip(inputs.reads > 0.5, inputs.activity, strict=True)
    return jnp.concatenate([jnp.where(gate[:, None], activity, 0.0) for gate, activity in pairs], axis=1)


def _layers(name: str, eye: Hierarchy, layers: Sequence[int]) -> tuple[tuple[int, int], ...]:
    """The layers by which it knows images, each with how many units it has."""
    given = entries(layers)
    numbers = [whole_number(layer) for layer in given or []]
    most = len(eye.sizes) - 1
    if not numbers or len(set(numbers)) < len(numbers) or any(n is None or not 1 <= n <= most for n in numbers):
        raise NetworkError(
            f"layers of {name!r} is {layers!r}; give numbers of hidden layers of {eye.name!r}, from 1 to {most}, each "
            "once"
        )
    return tuple((int(number), eye.sizes[int(number)]) for number in numbers if number is not None)


def _shape(name: str, eye: Hierarchy, shape: tuple[int, int] | None) -> tuple[int, int]:
    """Height and width of what it draws, as many pixels as the eye sees."""
    pixels = eye.sizes[0]
    if shape is None:
        side = math.isqrt(pixels)
        given = [side, side]
    else:
        given = entries(shape) or []
    sides = [whole_number(side) for side in given]
    if len(sides) != 2 or any(side is None or side < 1 for side in sides) or math.prod(map(int, given)) != pixels:
        raise NetworkError(
            f"shape of {name!r} is {shape!r}, and {eye.name!r} sees {pixels} pixels; give height and width, of so many "
            "pixels together"
        )
    return int(given[0]), int(given[1])
