"""Work that is done at once, in NumPy, where JAX would take longer to compile it than the work takes.

What is to serve both is written against the namespace of the arrays that it is given: NumPy's arrays are computed with
as they come, JAX's are compiled, and so is whatever stands in a function that JAX transforms.
"""

from collections.abc import Callable, Iterable
from functools import wraps
from typing import TYPE_CHECKING, Any, TypeVar

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array

from attractorbind._checks import is_traced

# Arrays of either kind: `Numbers` in functions, `Held` in what users are given with JAX's, whose methods a type checker
# is told of.
if TYPE_CHECKING:
    Numbers = Any
    Held = Array
else:
    Numbers = Array | np.ndarray | np.generic
    Held = Numbers

_Function = TypeVar("_Function", bound=Callable)


def on_host(tree: object) -> bool:
    """Whether none of its arrays is one of JAX."""
    return not any(isinstance(leaf, jax.Array) for leaf in jax.tree.leaves(tree))


def namespace(*arrays: object) -> Any:
    """The module whose functions take these arrays: numpy, or jax.numpy if one of them is JAX's."""
    return np if on_host(arrays) else jnp


def at_hand(tree: Any, most: int) -> Any:
    """With NumPy's arrays alone; with JAX's if some are traced, or if there are more than so many numbers."""
    if is_traced(tree) or sum(np.size(leaf) for leaf in jax.tree.leaves(tree)) > most:
        return on_device(tree)
    return jax.tree.map(lambda leaf: np.asarray(leaf) if isinstance(leaf, jax.Array) else leaf, tree)


def on_device(tree: Any) -> Any:
    """With JAX's arrays in place of NumPy's."""
    return jax.tree.map(lambda leaf: jax.device_put(leaf) if isinstance(leaf, np.ndarray | np.generic) else leaf, tree)


def compiled(*static: str) -> Callable[[_Function], _Function]:
    """Have a function compiled where arrays of JAX are among its arguments, and called as it is where none are.

    **Arguments:**

    - `static`: the arguments that it is compiled for anew, as for `jax.jit`.
    """

    def decorated(function: Any) -> Any:
        by_jax = jax.jit(function, static_argnames=static)

        @wraps(function)
        def chosen(*args: Any, **kwargs: Any) -> Any:
            if not on_host((args, kwargs)):
                return by_jax(*args, **kwargs)
            # As with JAX, what is no number is found in what comes out.
            with np.errstate(all="ignore"):
                return function(*args, **kwargs)

        return chosen

    return decorated


def while_loop(going_on: Callable[[Any], Any], step: Callable[[Any], Any], state: Any) -> Any:
    """`jax.lax.while_loop`, and Python's for NumPy's arrays."""
    if not on_host(state):
        return jax.lax.while_loop(going_on, step, state)
    while going_on(state):
        state = step(state)
    return state


def repeated(step: Callable[[Any], Any], state: Any, times: int) -> Any:
    """The state after so many steps: `jax.lax.fori_loop`, and Python's for NumPy's arrays."""
    if not on_host(state):
        return jax.lax.fori_loop(0, times, lambda _, state: step(state), state)
    for _ in range(times):
        state = step(state)
    return state


def fold(step: Callable[[Any, Any], Any], state: Any, rows: tuple[Iterable[Any], ...]) -> Any:
    """The state after a step for each row of some arrays, one after another: `jax.lax.scan` without its outputs."""
    if not on_host((state, rows)):
        return jax.lax.scan(lambda state, row: (step(state, row), None), state, rows)[0]
    for row in zip(*rows, strict=True):
        state = step(state, row)
    return state
