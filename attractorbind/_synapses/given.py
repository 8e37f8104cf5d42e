"""What a rule returns, or a user puts in, for the synapses of one projection: made float32 and checked."""

from collections.abc import Callable, Sequence

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import ArrayLike

from attractorbind._bundled import Bundled
from attractorbind._errors import NetworkError
from attractorbind._namespace import Numbers, at_hand, namespace
from attractorbind._synapses.base import AbstractSynapses, PlasticSynapses, Synapses
from attractorbind._synapses.factored import FactoredSynapses
from attractorbind._synapses.grid import LARGEST_FIELD, largest_sum

_KNOWN = (Synapses, PlasticSynapses, FactoredSynapses)
# With more numbers in them JAX is faster, what it takes to compile included.
_AT_HAND = 2**22


def synapses_at_hand(synapses: AbstractSynapses) -> AbstractSynapses:
    """See `at_hand`; classes of users may compute with JAX's arrays alone, and keep them."""
    return at_hand(synapses, _AT_HAND) if isinstance(synapses, _KNOWN) else synapses


def all_at_hand(synapses: Sequence[AbstractSynapses]) -> Sequence[AbstractSynapses]:
    """The same for those of all projections; what is bundled is mapped by JAX in any case."""
    return synapses if isinstance(synapses, Bundled) else tuple(map(synapses_at_hand, synapses))


def checked(synapses: object, shape: tuple[int, int], given: str, wanted: str) -> AbstractSynapses:
    """The synapses in float32, or an error if a projection of this shape cannot take them.

    **Arguments:**

    - `shape`: the numbers of source and target units.
    - `given`: the culprit, up to the verb: "for the projection from 'a' to 'b', Hebbian returned".
    - `wanted`: what should have been given, up to the verb: "it must return".
    """
    wanted += f" Synapses with weights of shape {shape} and biases of shape {shape[1:]}"
    if not isinstance(synapses, AbstractSynapses):
        raise NetworkError(f"{given} a {type(synapses).__name__}; {wanted}")
    _check_leaves(synapses, given)
    # JAX would only warn of what is too large for float32; it is refused below.
    with np.errstate(over="ignore"):
        taken: AbstractSynapses = synapses_at_hand(jax.tree.map(_as_float32(synapses), synapses))
    weights, bias = taken.weights, taken.bias
    if not isinstance(weights, jax.Array | np.ndarray) or not isinstance(bias, jax.Array | np.ndarray):
        raise NetworkError(f"{given} weights or biases that are no arrays; {wanted}")
    if weights.shape != shape or bias.shape != shape[1:] or taken.shape != shape:
        raise NetworkError(f"{given} weights of shape {weights.shape} and biases of shape {bias.shape}; {wanted}")
    if not isinstance(taken, _KNOWN):
        _check_fields(taken, shape, given)
    xp = namespace(weights, bias)
    if not (xp.isfinite(weights).all() & xp.isfinite(bias).all()):
        raise NetworkError(f"{given} weights or biases that are not finite numbers of float32; {wanted}, all finite")
    largest = float(largest_sum(taken))
    if not 0 <= largest <= LARGEST_FIELD:
        raise NetworkError(
            f"{given} weights with which a unit may receive {largest:.3g}, more than float32 can add up; scale them "
            "down, a field of 1 being usual for a unit that is just stable"
        )
    return taken


def _check_leaves(synapses: AbstractSynapses, given: str) -> None:
    """Refuse what is no real number where JAX would trace it."""
    for path, leaf in jax.tree_util.tree_leaves_with_path(synapses):
        if not _is_real(leaf):
            raise NetworkError(
                f"{given} a {type(synapses).__name__} whose {jax.tree_util.keystr(path).lstrip('.')} is a "
                f"{type(leaf).__name__}; fields hold real numbers, others are to be declared eqx.field(static=True)"
            )


def _is_real(leaf: object) -> bool:
    if not eqx.is_array_like(leaf):
        return False
    kind = leaf.dtype if isinstance(leaf, jax.Array) else np.asarray(leaf).dtype
    return any(jnp.issubdtype(kind, real) for real in (jnp.floating, jnp.integer, jnp.bool_))


def _as_float32(synapses: AbstractSynapses) -> Callable[[ArrayLike], Numbers]:
    """The function that makes numbers float32; a class of the user's own may also keep whole numbers, such as indices.

    Other types, and types that are only presumed, would have every driver compiled anew.
    """
    known = isinstance(synapses, _KNOWN)

    def converted(leaf: ArrayLike) -> Numbers:
        array = np.asarray(leaf)
        if known:
            return array.astype(np.float32)
        return jnp.asarray(array, jnp.float32 if jnp.issubdtype(array.dtype, jnp.floating) else None)

    return converted


def _check_fields(synapses: AbstractSynapses, shape: tuple[int, int], given: str) -> None:
    """Refuse fields that a compiled run could not take, all projections being read by one of its switches."""
    told = jax.eval_shape(AbstractSynapses.fields, synapses, jax.ShapeDtypeStruct((1, shape[0]), jnp.float32))
    if (told.shape, told.dtype) != ((1, shape[1]), jnp.float32):
        raise NetworkError(
            f"{given} a {type(synapses).__name__} whose weighted() gives fields of shape {told.shape[1:]} and type "
            f"{told.dtype}; they must be of shape {shape[1:]} and type float32"
        )
