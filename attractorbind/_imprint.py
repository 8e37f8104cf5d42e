"""New symbols for a network that is already there."""

import dataclasses
from collections.abc import Iterable

import jax.numpy as jnp

from attractorbind._checks import check_names
from attractorbind._codes import draw_codes, population_keys
from attractorbind._errors import NetworkError, VocabularyError
from attractorbind._learning import learn
from attractorbind._network import Network, check_network
from attractorbind._vocabulary import Vocabulary


def imprint(network: Network, names: Iterable[str]) -> Network:
    """A network with further symbols: a code for each in every population, and the weights that store them all.

    The codes of the symbols that are there stay as they are, so a state of the old network is one of the new network
    and means the same, snapshots included. The new codes are those that `build` would have drawn with the longer
    vocabulary, and the weights are what the network's rule learns from all codes; the network is the one that `build`
    would have made.

    **Arguments:**

    - `network`: the network.
    - `names`: the new symbols.

    **Returns:** a new `Network`; the old one is unchanged.

    **Raises:** `VocabularyError` for no names, or one that is there already; `CapacityError` if the rule cannot store
    all symbols exactly.

    **Example:**
        >>> import attractorbind as ab, jax
        >>> network = ab.build(ab.Vocabulary(["dog", "cat"]), buffers={"focus": 64, "agent": 64}, activity=0.1,
        ...     rule=ab.PseudoInverse(), key=jax.random.key(0))
        >>> state = ab.run(network, ab.load("focus", "dog")).state
        >>> larger = ab.imprint(network, ["yak"])
        >>> ab.run(larger, ab.copy("focus", "agent") + ab.load("focus", "yak"), state).decode()
        {'focus': ['yak'], 'agent': ['dog']}
    """
    check_network(network)
    if network.rule is None:
        raise NetworkError("the network has no learning rule to imprint symbols with; make one with build")
    new = tuple(check_names("names", names, "new symbols", VocabularyError))
    if not new:
        raise VocabularyError("there are no symbols to imprint; give a list of names")
    vocabulary = Vocabulary([*network.vocabulary.names, *new])
    active = [int(codes[0].sum()) for codes in network.all_codes]
    keys, _ = population_keys(network.key, network.wiring)
    drawn = draw_codes(len(vocabulary), network.wiring.populations, active, keys)
    known = len(network.vocabulary)
    codes = tuple(jnp.concatenate([old, longer[known:]]) for old, longer in zip(network.all_codes, drawn, strict=True))
    synapses, drive = learn(network.wiring, codes, network.rule)
    larger = dataclasses.replace(network, vocabulary=vocabulary, all_codes=codes, synapses=synapses, drive=drive)
    larger.report().check()
    return larger
