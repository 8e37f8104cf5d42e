"""Walks of RatInABox, an extra, as a second source beside this library's own."""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any

import jax
import numpy as np
from jaxtyping import Array, Key

from attractorbind._checks import check_count, check_positive
from attractorbind._errors import ArgumentError
from attractorbind._keys import check_one_key
from attractorbind._spatial.box import Box, check_box
from attractorbind._spatial.walk import Trajectories


def rat_in_a_box(
    number: int, steps: int, *, box: Box | None = None, interval: float = 0.02, key: Key[Array, ""]
) -> Trajectories:
    """Random walks by RatInABox, smooth in time and fitted to a rat's; needs the extra `spatial`.

    RatInABox draws from NumPy's global generator, which is seeded by the key meanwhile, and afterwards is as before.

    **Arguments:**

    - `number`: how many walks.
    - `steps`: how many steps each has.
    - `box`: what they walk in; `Box()` if none is given.
    - `interval`: the length of a step, in seconds.
    - `key`: a random key.

    **Returns:** `Trajectories`.

    **Raises:** `ArgumentError` for numbers out of range, or a wrong key; `ImportError` where ratinabox is missing.

    **Reference:** George and others 2024, eLife 13, e85274.

    **Example:**

        >>> import jax
        >>> from attractorbind import spatial
        >>> walks = spatial.rat_in_a_box(2, 50, key=jax.random.key(0))  # doctest: +SKIP
        >>> walks.positions.shape  # doctest: +SKIP
        (2, 51, 2)
    """
    number, steps = check_count("number", number), check_count("steps", steps)
    interval = check_positive("interval", interval)
    box = Box() if box is None else check_box(box)
    words = np.asarray(jax.random.key_data(check_one_key(key)))
    try:
        ratinabox = import_module("ratinabox")
    except ImportError as error:
        raise ImportError("rat_in_a_box() needs ratinabox; pip install 'attractorbind[spatial]'") from error
    room = {"scale": float(box.side), "boundary_conditions": "periodic" if box.periodic else "solid"}
    with _seeded(words):
        walks = [_walked(ratinabox, room, steps, interval) for _ in range(number)]
    places = np.array(walks)
    if places.shape != (number, steps + 1, 2):
        raise ArgumentError(f"ratinabox gave positions of shape {places.shape}; install ratinabox 1.15 or newer")
    return Trajectories(np.clip(places, 0.0, box.side), interval, box)


def _walked(ratinabox: Any, room: dict[str, Any], steps: int, interval: float) -> list[Any]:
    agent = ratinabox.Agent(ratinabox.Environment(room), {"dt": interval, "save_history": False})
    places = [np.array(agent.pos)]
    for _ in range(steps):
        agent.update()
        places.append(np.array(agent.pos))
    return places


@contextmanager
def _seeded(words: np.ndarray) -> Iterator[None]:
    """NumPy's global generator seeded, and afterwards as before."""
    before = np.random.get_state()  # noqa: NPY002
    np.random.seed(words)  # noqa: NPY002
    try:
        yield
    finally:
        np.random.set_state(before)  # noqa: NPY002
