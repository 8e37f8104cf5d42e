"""How much units fire where, and how such maps repeat themselves."""

from typing import Any

import numpy as np
from jaxtyping import Float, Float64
from scipy.ndimage import gaussian_filter

from attractorbind._checks import as_numbers, check_count, check_not_negative
from attractorbind._errors import ArgumentError
from attractorbind._spatial.box import Box, check_box, check_positions

# Where maps that are shifted have fewer bins in common, nothing is said of their correlation.
_FEWEST_IN_COMMON = 20
_LEAST_VARIANCE = 1e-9


def rate_maps(
    activity: Any, positions: Any, *, bins: int = 20, smoothing: float = 0.0, box: Box | None = None
) -> Float[np.ndarray, "units bins bins"]:
    r"""The mean activity of each unit in each of bins x bins equal squares of the box.

    $m_{ux} = \frac{\sum_t k(x, x_t)\,a_{ut}}{\sum_t k(x, x_t)}$, with 1 within the bin for $k$, and, if smoothed, the
    sums of bins blurred by a Gaussian.

    **Arguments:**

    - `activity`: of shape (..., units).
    - `positions`: of the same leading shape, (..., 2), in metres.
    - `bins`: along a side.
    - `smoothing`: the standard deviation of the Gaussian, in bins.
    - `box`: what the animal walked in; `Box()` if none is given.

    **Returns:** maps; the first axis of each is the first coordinate.

    **Raises:** `ArgumentError` for positions outside of the box, activity of another shape or that is not finite, and
    for a bin in which nobody was.

    **Example:** a unit that fires in one half of the box.

        >>> import numpy as np
        >>> from attractorbind import spatial
        >>> places = np.array([[0.2, 0.2], [0.3, 0.3], [0.2, 0.9], [0.9, 0.2], [0.9, 0.9]])
        >>> spatial.rate_maps(places[:, :1] > 0.5, places, bins=2, box=spatial.Box(1.0))[0].tolist()
        [[0.0, 0.0], [1.0, 1.0]]
    """
    box = Box() if box is None else check_box(box)
    bins, smoothing = check_count("bins", bins), check_not_negative("smoothing", smoothing)
    places = check_positions("positions", positions, box, "(..., 2)")
    fired = as_numbers("activity", activity, f"{(*places.shape[:-1], 'units')}")
    if fired.ndim != places.ndim or fired.shape[:-1] != places.shape[:-1] or not fired.shape[-1]:
        raise ArgumentError(f"activity has the shape {fired.shape}, and positions {places.shape}; give as many times")
    if not np.isfinite(fired).all():
        raise ArgumentError("activity holds what is no finite number; leave such times out")
    rows = np.clip(np.floor(places.reshape(-1, 2) / box.side * bins).astype(int), 0, bins - 1) @ np.array([bins, 1])
    mode = "wrap" if box.periodic else "constant"

    def summed(weights: Any) -> Float64[np.ndarray, "bins bins"]:
        sums = np.bincount(rows, weights, minlength=bins * bins).reshape(bins, bins).astype(float)
        return gaussian_filter(sums, smoothing, mode=mode) if smoothing else sums

    visits = summed(None)
    if (visits <= 0).any():
        never = tuple(np.argwhere(visits <= 0)[0].tolist())
        raise ArgumentError(f"nobody was in bin {never}; give longer walks, fewer bins than {bins}, or smoothing")
    return np.stack([summed(unit) for unit in fired.reshape(-1, fired.shape[-1]).T]) / visits


def autocorrelogram(maps: Any) -> Float[np.ndarray, "*units lags lags"]:
    r"""The correlation of each map with itself, shifted by each number of bins along both axes.

    $r(\tau)$ is Pearson's correlation of $m(x)$ and $m(x - \tau)$ over the bins that both have. It is 0 where fewer
    than 20 bins are in common, or a map does not vary over them.

    **Arguments:**

    - `maps`: of shape (..., bins, bins), 8 bins at least.

    **Returns:** of shape (..., 2 bins - 1, 2 bins - 1), the middle for no shift.

    **Raises:** `ArgumentError` for arrays of another shape, or that hold what is no finite number.

    **Reference:** Sargolini and others 2006, Science 312, 758-762.

    **Example:** stripes.

        >>> import numpy as np
        >>> from attractorbind import spatial
        >>> stripes = np.tile([0.0, 1.0], (12, 6))
        >>> spatial.autocorrelogram(stripes)[11, 11:16].round(2).tolist()
        [1.0, -1.0, 1.0, -1.0, 1.0]
    """
    maps = check_maps(maps)
    return correlated(maps.reshape(-1, *maps.shape[-2:])).reshape(
        *maps.shape[:-2], *(2 * n - 1 for n in maps.shape[-2:])
    )


def check_maps(given: Any) -> Float64[np.ndarray, "*units bins bins"]:
    """The maps as an array, or an error unless they are squares of finite numbers."""
    maps = as_numbers("maps", given, "(..., bins, bins)").astype(np.float64)
    if maps.ndim < 2 or maps.shape[-1] != maps.shape[-2] or maps.shape[-1] < 8 or not maps.size:
        raise ArgumentError(f"maps have the shape {maps.shape}; give (..., bins, bins), with 8 bins at least")
    if not np.isfinite(maps).all():
        raise ArgumentError("maps hold what is no finite number; fill bins in which nobody was, or smooth the maps")
    return maps


def correlated(maps: Float64[np.ndarray, "units bins bins"]) -> Float64[np.ndarray, "units lags lags"]:
    """See `autocorrelogram`, of maps that were checked."""
    bins = maps.shape[-1]
    scaled = maps - maps.mean(axis=(1, 2), keepdims=True)
    spread = scaled.std(axis=(1, 2), keepdims=True)
    scaled = np.divide(scaled, spread, out=np.zeros_like(scaled), where=spread > 0)
    # By Fourier transforms, over twice the bins, so that nothing wraps around.
    size, lags = (2 * bins, 2 * bins), np.arange(1 - bins, bins)
    ones, own, squares = (np.fft.rfft2(each, size) for each in (np.ones((bins, bins)), scaled, scaled**2))

    def shifted(first: np.ndarray, second: np.ndarray) -> np.ndarray:
        return np.fft.irfft2(first * second.conj(), size)[:, lags[:, None], lags]

    along = bins - np.abs(lags)
    common = np.outer(along, along)
    mean, square = shifted(own, ones) / common, shifted(squares, ones) / common
    # The part of the other map that takes part in a shift is that of this one in the opposite shift.
    variance = square - mean**2
    both = variance * variance[:, ::-1, ::-1]
    known = (common >= _FEWEST_IN_COMMON) & (both > _LEAST_VARIANCE)
    covariance = shifted(own, own) / common - mean * mean[:, ::-1, ::-1]
    return np.clip(np.where(known, covariance / np.sqrt(np.where(known, both, 1.0)), 0.0), -1.0, 1.0)
