"""How hexagonal maps are, and what maps score whose parts were put elsewhere."""

from dataclasses import dataclass
from functools import cache
from typing import Any

import jax
import numpy as np
from jaxtyping import Array, Bool, Float, Float64, Key
from scipy.sparse import csr_array

from attractorbind._checks import check_count
from attractorbind._errors import ArgumentError
from attractorbind._keys import check_one_key
from attractorbind._spatial.rate_maps import check_maps, correlated
from attractorbind._waiting import counted

# Of the rings in the autocorrelogram, as parts of the box's side.
_INNER = 0.2
_OUTER = np.linspace(0.4, 1.0, 10)
_ANGLES = (30, 60, 90, 120, 150)
# Of the shuffled maps of a unit.
_PERCENTILE = 95
# Maps whose autocorrelograms are held at a time.
_AT_A_TIME = 500


def grid_score(maps: Any) -> Float[np.ndarray, "*units"]:
    r"""How hexagonal maps are: how well their autocorrelograms fit themselves turned by 60, rather than by 30 degrees.

    $\max_{\text{rings}} \min(r_{60}, r_{120}) - \max(r_{30}, r_{90}, r_{150})$, with Pearson's correlation $r_\phi$ of
    the autocorrelogram within a ring and the same turned by $\phi$. All rings leave out the peak in the middle, up to
    0.2 of the box's side, and end at 0.4 to 1 of it; the ring that fits best counts.

    **Arguments:**

    - `maps`: of shape (..., bins, bins), 8 bins at least.

    **Returns:** scores, from -2 to 2; 0 for a map that does not vary, or nowhere but in the middle.

    **Raises:** `ArgumentError` for arrays of another shape, or that hold what is no finite number.

    **Reference:** Sargolini and others 2006, Science 312, 758-762; with the rings of Banino and others 2018, Nature
    557, 429-433.

    **Example:** plane waves, three that are 60 degrees apart and two that are 90.

        >>> import numpy as np
        >>> from attractorbind import spatial
        >>> x, y = np.mgrid[:32, :32] / 32 * 2.2
        >>> waves = [np.cos(2 * np.pi / 0.6 * (np.cos(a) * x + np.sin(a) * y)) for a in np.radians([7, 67, 127, 97])]
        >>> hexagons, squares = sum(waves[:3]), waves[0] + waves[3]
        >>> spatial.grid_score([hexagons, squares]).round(1).tolist()
        [1.7, -1.0]
    """
    maps = check_maps(maps)
    flat = maps.reshape(-1, *maps.shape[-2:])
    scores = [_scores(flat[first : first + _AT_A_TIME]) for first in range(0, len(flat), _AT_A_TIME)]
    return np.concatenate(scores).reshape(maps.shape[:-2])


def _scores(maps: Float64[np.ndarray, "units bins bins"]) -> Float64[np.ndarray, " units"]:
    turning, distance = _turned(maps.shape[-1])
    own = correlated(maps).reshape(len(maps), -1).T
    turned = (turning @ own).reshape(len(_ANGLES), -1, len(maps))
    own = own[distance >= 0]
    radius = distance[distance >= 0]
    scores = []
    for outer in _OUTER:
        ring = radius <= outer
        fit = dict(zip(_ANGLES, (_correlation(own[ring], each[ring]) for each in turned), strict=True))
        scores.append(np.minimum(fit[60], fit[120]) - np.max([fit[30], fit[90], fit[150]], axis=0))
    return np.max(scores, axis=0)


def _correlation(
    first: Float64[np.ndarray, "lags units"], second: Float64[np.ndarray, "lags units"]
) -> Float64[np.ndarray, " units"]:
    first, second = first - first.mean(axis=0), second - second.mean(axis=0)
    lengths = np.sqrt((first**2).sum(axis=0) * (second**2).sum(axis=0))
    shared = (first * second).sum(axis=0)
    return np.divide(shared, lengths, out=np.zeros_like(shared), where=lengths > 1e-9)


@cache
def _turned(bins: int) -> tuple[csr_array, Float64[np.ndarray, " lags"]]:
    """What takes a flat autocorrelogram to itself turned by each angle, within the largest ring, bilinearly.

    Beside it the distance of each lag from the middle, as a part of the box's side; -1 outside of the largest ring.
    """
    size = 2 * bins - 1
    y, x = np.mgrid[1 - bins : bins, 1 - bins : bins]
    distance = np.hypot(y, x).ravel() / bins
    inside = (distance > _INNER) & (distance <= (bins - 1) / bins)
    y, x = y.ravel()[inside], x.ravel()[inside]
    angle = np.radians(_ANGLES)[:, None]
    rows = (np.cos(angle) * y - np.sin(angle) * x).ravel() + bins - 1
    columns = (np.sin(angle) * y + np.cos(angle) * x).ravel() + bins - 1
    # The lag before each point; a point on the last one lies at the end of the step before.
    top, left = np.clip(np.floor([rows, columns]).astype(int), 0, size - 2)
    down, right = rows - top, columns - left
    weights = np.concatenate([(1 - down) * (1 - right), (1 - down) * right, down * (1 - right), down * right])
    corners = np.concatenate([(top + i) * size + left + j for i in (0, 1) for j in (0, 1)])
    points = np.tile(np.arange(len(rows)), 4)
    turning = csr_array((weights, (points, corners)), shape=(len(rows), size * size))
    return turning, np.where(inside, distance, -1.0)


def shuffled_maps(maps: Any, *, tile: int = 4, key: Key[Array, ""]) -> Float[np.ndarray, "*units bins bins"]:
    """Maps cut into square tiles, which are put elsewhere and turned: what is within a tile stays, its order is gone.

    **Arguments:**

    - `maps`: of shape (..., bins, bins), 8 bins at least.
    - `tile`: the side of a tile, in bins, of which the map's side is a multiple. With 1 single bins are shuffled, and
        nothing stays of how smooth the map was; a tile should be about as large as a field.
    - `key`: a random key; each map is shuffled in its own way.

    **Raises:** `ArgumentError` for arrays of another shape, a tile that does not fit, or a wrong key.

    **Reference:** after the shuffling of fields of Barry & Burgess 2017, PLoS ONE 12, e0174428.

    **Example:**

        >>> import jax, numpy as np
        >>> from attractorbind import spatial
        >>> maps = np.arange(64.0).reshape(8, 8)
        >>> shuffled = spatial.shuffled_maps(maps, key=jax.random.key(0))
        >>> bool((shuffled != maps).any()), bool((np.sort(shuffled.ravel()) == maps.ravel()).all())
        (True, True)
    """
    maps, tile = check_maps(maps), check_tile(tile, maps)
    return _shuffled(maps.reshape(-1, *maps.shape[-2:]), tile, _generator(key)).reshape(maps.shape)


def check_tile(tile: object, maps: Float64[np.ndarray, "*units bins bins"]) -> int:
    """The side of a tile, or an error unless maps are made of several."""
    size, bins = check_count("tile", tile), maps.shape[-1]
    if bins % size or size == bins:
        raise ArgumentError(f"tile is {size}, and maps have {bins} bins along a side; give a part of it")
    return size


def _generator(key: Any) -> np.random.Generator:
    return np.random.default_rng(np.asarray(jax.random.key_data(check_one_key(key))))


def _shuffled(
    maps: Float64[np.ndarray, "units bins bins"], tile: int, generator: np.random.Generator
) -> Float64[np.ndarray, "units bins bins"]:
    units, bins, _ = maps.shape
    side = bins // tile
    tiles = maps.reshape(units, side, tile, side, tile).swapaxes(2, 3).reshape(units, side**2, tile, tile)
    order = generator.permuted(np.broadcast_to(np.arange(side**2), (units, side**2)), axis=1)
    tiles = np.take_along_axis(tiles, order[..., None, None], axis=1)
    turns = generator.integers(4, size=(units, side**2))
    for quarters in (1, 2, 3):
        tiles[turns == quarters] = np.rot90(tiles[turns == quarters], quarters, axes=(1, 2))
    return tiles.reshape(units, side, side, tile, tile).swapaxes(2, 3).reshape(units, bins, bins)


@dataclass(frozen=True, eq=False)
class ShuffleTest:
    """Scores of units, beside those of their own shuffled maps.

    - `scores`: the grid score of each unit.
    - `thresholds`: the 95th percentile of the scores of each unit's shuffled maps.
    """

    scores: Float[np.ndarray, " units"]
    thresholds: Float[np.ndarray, " units"]

    @property
    def above(self) -> Bool[np.ndarray, " units"]:
        """Whether each unit scores higher than 95 % of its own shuffled maps; by chance one of 20 does."""
        return self.scores > self.thresholds

    @property
    def share(self) -> float:
        """The share of units that do."""
        return float(self.above.mean())


def shuffle_test(maps: Any, *, shuffles: int = 100, tile: int = 4, key: Key[Array, ""]) -> ShuffleTest:
    """Compare the grid score of each map with those of the same map shuffled.

    **Arguments:**

    - `maps`: of shape (units, bins, bins), 8 bins at least.
    - `shuffles`: how many shuffled maps of each unit, 20 at least.
    - `tile`: the side of a tile, in bins; see `shuffled_maps`.
    - `key`: a random key.

    **Returns:** `ShuffleTest`. A unit that does not fire, or everywhere the same, is not above its shuffled maps.

    **Raises:** `ArgumentError` for arrays of another shape, numbers out of range, or a wrong key.

    **Example:** hexagons, and noise.

        >>> import jax, numpy as np
        >>> from attractorbind import spatial
        >>> x, y = np.mgrid[:32, :32] / 32 * 2.2
        >>> hexagons = sum(np.cos(2 * np.pi / 0.6 * (np.cos(a) * x + np.sin(a) * y)) for a in np.radians([7, 67, 127]))
        >>> test = spatial.shuffle_test([hexagons, np.zeros((32, 32))], key=jax.random.key(0))
        >>> test.above.tolist(), test.share
        ([True, False], 0.5)
    """
    maps = check_maps(maps)
    if maps.ndim != 3:
        raise ArgumentError(f"maps have the shape {maps.shape}; give (units, bins, bins)")
    shuffles, tile = check_count("shuffles", shuffles, 20), check_tile(tile, maps)
    generator = _generator(key)
    scores = [
        grid_score(_shuffled(maps, tile, generator)) for _ in counted("shuffle_test", range(shuffles), "shuffles")
    ]
    return ShuffleTest(grid_score(maps), np.percentile(scores, _PERCENTILE, axis=0))
