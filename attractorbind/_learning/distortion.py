"""Other views of an image: shifted, turned and scaled a little, at random."""

import math

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Key

from attractorbind._checks import check_count, check_fraction
from attractorbind._errors import ArgumentError


class Distortion(eqx.Module):
    """Shows each image from a slightly different side: shifted, turned and scaled at random, between pixels bilinear.

    An augmentation for `train` and `learning.fit`. Outside of the image all is 0.

    **Arguments:**

    - `shape`: height and width of the images, in pixels.
    - `shift`: pixels at the most, up or down and to the left or right.
    - `rotation`: radians at the most, either way.
    - `scale`: fraction of the size at the most, larger or smaller.

    **Raises:** `ArgumentError` for numbers that are none, or negative.

    **Example:**

        >>> import attractorbind as ab, jax, jax.numpy as jnp
        >>> views = ab.learning.Distortion((8, 8))(jnp.ones((3, 64)), jax.random.key(0))
        >>> views.shape
        (3, 64)
    """

    shape: tuple[int, int] = eqx.field(static=True)
    shift: float = 1.0
    rotation: float = 0.2
    scale: float = 0.1

    def __check_init__(self) -> None:
        if not isinstance(self.shape, tuple) or len(self.shape) != 2:
            raise ArgumentError(f"shape is {self.shape!r}; give height and width, (8, 8), say")
        for side in self.shape:
            check_count("a side of shape", side)
        for name, value in (("shift", self.shift), ("rotation", self.rotation)):
            if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < math.inf:
                raise ArgumentError(f"{name} is {value!r}; it must be a number of 0 or more")
        check_fraction("scale", self.scale)

    def __call__(self, images: Float[Array, "images pixels"], key: Key[Array, ""]) -> Float[Array, "images pixels"]:
        """The images, flattened, each from a side of its own."""
        height, width = self.shape
        if images.shape[1] != height * width:
            raise ArgumentError(f"images of {images.shape[1]} pixels are not of the shape {self.shape}")
        drawn = jax.random.uniform(key, (len(images), 4), jnp.float32, minval=-1.0, maxval=1.0)
        middle_row, middle_column = (height - 1) / 2, (width - 1) / 2
        rows, columns = jnp.meshgrid(
            jnp.arange(height, dtype=jnp.float32) - middle_row,
            jnp.arange(width, dtype=jnp.float32) - middle_column,
            indexing="ij",
        )

        def view(image: Float[Array, " pixels"], drawn: Float[Array, "4"]) -> Float[Array, " pixels"]:
            angle, size = self.rotation * drawn[0], 1.0 + self.scale * drawn[1]
            cosine, sine = jnp.cos(angle), jnp.sin(angle)
            row = size * (cosine * rows - sine * columns) + self.shift * drawn[2] + middle_row
            column = size * (sine * rows + cosine * columns) + self.shift * drawn[3] + middle_column
            seen = jax.scipy.ndimage.map_coordinates(image.reshape(self.shape), [row, column], order=1)
            return seen.reshape(-1)

        return jax.vmap(view)(images, drawn)
