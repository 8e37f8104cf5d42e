"""Networks that have lost synapses or units."""

import dataclasses

import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, Key

from attractorbind._checks import check_fraction
from attractorbind._keys import Rate, check_one_key
from attractorbind._network import Network, check_network
from attractorbind._synapses.base import AbstractExactSynapses, AbstractSynapses, PlasticSynapses, Synapses
from attractorbind._transfers import sending


@sending
def lesion(network: Network, *, synapses: Rate = 0.0, units: Rate = 0.0, key: Key[Array, ""]) -> Network:
    r"""The network with some of its synapses or units lost.

    $W_{ji} \leftarrow 0$ for every synapse that is lost. A unit that is lost hears nobody, is heard by nobody, and is
    struck from every symbol's code: presenting a symbol leaves it silent, and what a buffer holds is read from the
    units that are left. With one key a larger lesion contains a smaller one. A state of the old network is
    one of the new network, and nothing compiles anew, but where weights were kept in a form other than a matrix, as
    factors or in a class of one's own: they are written out.

    Noise, and what an area gives back from before, may still turn on a unit that is lost; nobody hears it.
    Areas are left whole. New symbols are imprinted before a lesion, not after it.

    **Arguments:**

    - `network`: the network.
    - `synapses`: probability that a synapse is lost, one by one.
    - `units`: fraction of the units of every buffer and nucleus that is lost, round(units * N) of them.
    - `key`: a random key; draws which.

    **Returns:** a new `Network`; the old one is unchanged.

    **Raises:** `ArgumentError` for a fraction out of range or what is no key.

    **Example:**

        >>> import attractorbind as ab, jax
        >>> network = ab.build(ab.Vocabulary(["dog", "cat"]), buffers={"focus": 128, "agent": 128}, activity=0.1,
        ...     rule=ab.PseudoInverse(), key=jax.random.key(0))
        >>> state = ab.run(network, ab.load("focus", "dog")).state
        >>> hurt = ab.lesion(network, synapses=0.3, units=0.1, key=jax.random.key(1))
        >>> ab.run(hurt, ab.copy("focus", "agent") + ab.clear("focus"), state).decode()
        {'focus': [None], 'agent': ['dog']}
    """
    check_network(network)
    synapses, units = check_fraction("synapses", synapses), check_fraction("units", units)
    for_units, for_synapses = jax.random.split(check_one_key(key))
    populations, projections = network.wiring.populations, network.wiring.projections
    alive = [
        _alive(population.units, round(units * population.units), own_key)
        for population, own_key in zip(populations, jax.random.split(for_units, len(populations)), strict=True)
    ]
    keys = jax.random.split(for_synapses, len(projections))
    return dataclasses.replace(
        network,
        altered=network.altered or synapses > 0 or units > 0,
        all_codes=tuple(codes & living[None, :] for codes, living in zip(network.all_codes, alive, strict=True)),
        synapses=tuple(
            _without(before, alive[projection.source], alive[projection.target], jnp.float32(synapses), own_key)
            for before, projection, own_key in zip(network.synapses, projections, keys, strict=True)
        ),
    )


def _alive(units: int, lost: int, key: Key[Array, ""]) -> Bool[Array, " units"]:
    order = jnp.argsort(jax.random.uniform(key, (units,), jnp.float32))
    return jnp.ones(units, bool).at[order[:lost]].set(False)


@jax.jit
def _without(
    synapses: AbstractSynapses,
    source: Bool[Array, " source"],
    target: Bool[Array, " target"],
    lost: Float[Array, ""],
    key: Key[Array, ""],
) -> Synapses | PlasticSynapses:
    kept = jax.random.uniform(key, synapses.shape, jnp.float32) >= lost
    kept &= source[:, None] & target[None, :]
    kind = Synapses if isinstance(synapses, AbstractExactSynapses) else PlasticSynapses
    return kind(jnp.where(kept, synapses.weights, 0.0), jnp.where(target, synapses.bias, 0.0))
