"""A pen: what its dots leave on paper, and strokes drawn at random."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Key

# Of a stroke drawn at random: curves joined at the most, its pressure, and how many dots of the pen it is wide.
_CURVES, _PRESSURE, _WIDTH = 3, (0.5, 1.0), (1.0, 2.5)
# Places on a curve, for each pixel of a side.
_PLACES = 4


class Pen(eqx.Module):
    r"""One dot for each pixel, pressed onto paper as hard as is told; its ink spreads as a Gaussian.

    The ink at pixel i is $\min(1, \sum_j m_j e^{-d_{ij}^2 / 2 s^2})$, with the pressures m and the distances d in
    pixels.

    **Attributes:**

    - `shape`: height and width of the paper, in pixels.
    - `size`: s, in pixels.
    """

    shape: tuple[int, int] = eqx.field(static=True)
    size: float

    @property
    def pixels(self) -> int:
        """How many pixels the paper has, and dots the pen."""
        return self.shape[0] * self.shape[1]

    def paper(self, pressures: Float[Array, "drawings pixels"]) -> Float[Array, "drawings pixels"]:
        """The ink that dots of these pressures leave."""
        down, along = (self._spread(side) for side in self.shape)
        sheets = pressures.reshape(-1, *self.shape)
        return jnp.minimum(down @ sheets @ along, 1.0).reshape(pressures.shape)

    def scribbles(self, keys: Key[Array, " drawings"]) -> Float[Array, "drawings pixels"]:
        """The pressures of a stroke drawn at random for each key: one to three curves, each going on from the last.

        The curves are quadratic Bezier curves, their points anywhere on the paper.
        """
        footprint = jnp.max(jnp.sum(self._spread(self.shape[0]), axis=0)) * jnp.max(
            jnp.sum(self._spread(self.shape[1]), axis=0)
        )
        return jax.vmap(self._scribble)(keys) / footprint

    def _scribble(self, key: Key[Array, ""]) -> Float[Array, " pixels"]:
        how_many, points, pressure, width = jax.random.split(key, 4)
        most = jnp.asarray([self.shape], jnp.float32) - 1
        drawn = most * jax.random.uniform(points, (2 * _CURVES + 1, 2), jnp.float32)
        ends, bends = drawn[::2], drawn[1::2]
        time = jnp.linspace(0, 1, _PLACES * max(self.shape), dtype=jnp.float32)[None, :, None]
        start, bend, end = ends[:-1, None], bends[:, None], ends[1:, None]
        places = jnp.square(1 - time) * start + 2 * time * (1 - time) * bend + jnp.square(time) * end
        pixels = jnp.asarray(np.indices(self.shape).reshape(2, -1).T[:, None, None], jnp.float32)
        apart = jnp.min(jnp.sum(jnp.square(pixels - places[None]), axis=3), axis=2)
        there = jnp.arange(_CURVES, dtype=jnp.int32) <= jax.random.randint(how_many, (), 0, _CURVES, jnp.int32)
        nearest = jnp.min(jnp.where(there[None, :], apart, jnp.inf), axis=1)
        pressed = jax.random.uniform(pressure, (), jnp.float32, *_PRESSURE)
        wide = self.size * jax.random.uniform(width, (), jnp.float32, *_WIDTH)
        return pressed * jnp.exp(-nearest / (2 * jnp.square(wide)))

    def _spread(self, side: int) -> Float[Array, "side side"]:
        """How much of a dot's ink gets to each place along a side."""
        apart = np.subtract.outer(np.arange(side), np.arange(side)).astype(np.float32)
        return jnp.exp(-jnp.square(apart) / (2 * jnp.square(jnp.float32(self.size))))
