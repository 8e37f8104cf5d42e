"""New symbols for a network that is already there."""

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

import numpy as np
from jaxtyping import Array, Bool, Float

from attractorbind._checks import check_bool, check_names
from attractorbind._codes import average_active, draw_codes, population_keys, with_given
from attractorbind._errors import NetworkError, VocabularyError, listed
from attractorbind._given_codes import check_codes, judge_codes
from attractorbind._namespace import on_device
from attractorbind._network import Network, check_network
from attractorbind._rule.assigned import rule_of_each
from attractorbind._rule.base import AbstractOneShotRule
from attractorbind._rule.train import add, learn
from attractorbind._synapses.base import AbstractSynapses
from attractorbind._transfers import sending
from attractorbind._vocabulary import Vocabulary
from attractorbind._waiting import waiting


@sending
@waiting(lambda: "imprinting symbols")
def imprint(
    network: Network, names: Iterable[str], *, codes: Mapping[str, Any] = MappingProxyType({}), strict: bool = True
) -> Network:
    r"""A network with further symbols: a code for each in every population, and the weights that store them all.

    The codes of the symbols that are there stay as they are, so a state of the old network is one of the new network
    and means the same, snapshots included; the other way round, the old network does not know the new symbols. The new
    codes are those that `build` would have drawn with the longer vocabulary, and the weights are what the network's
    rule learns from all codes.

    A projection whose rule learns in one shot (`Hebbian`, and any `AbstractOneShotRule`) gains the outer product of the
    new codes, $\Delta W_{ji} \propto \tilde x_j \tilde y_i$, and nothing else. All others learn all symbols anew. Into
    slots that are free, from `build(..., free=...)`, a new symbol changes no shape, so that the compiled drivers serve
    on, unless weights kept as factors have to be written out for it; a `Schedule` or `Listing` belongs to its
    vocabulary and is to be made anew for the larger one.

    **Arguments:**

    - `network`: the network.
    - `names`: the new symbols.
    - `codes`: codes of one's own for the new symbols in some buffers, as for `build`. In a buffer whose codes were
        given, and that is not named here, they are drawn, with as many units on as those have on the average.
    - `strict`: raise if any symbol is not stored exactly, rather than warn as `build` does.

    **Returns:** a new `Network`; the old one is unchanged.

    **Raises:** `VocabularyError` for no names, or one that is there already; `NetworkError` for a network altered by
    `lesion` or `replace`, or with spare symbols, which `imprint_now` is for; `CapacityError` if the rule cannot store
    all symbols exactly, the old ones included.

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
    if network.altered:
        raise NetworkError(
            "the network was altered by lesion or replace, which learning anew would undo; imprint the new symbols "
            "first, and alter the network then"
        )
    if network.vocabulary.spare:
        raise NetworkError(
            f"the network has the spare symbols {listed(network.vocabulary.spare)}, for imprint_now; build it from a "
            "vocabulary with the new symbols, or from one without spare symbols"
        )
    check_bool("strict", strict)
    new = tuple(check_names("names", names, "new symbols", VocabularyError))
    if not new:
        raise VocabularyError("there are no symbols to imprint; give a list of names")
    known = [name for name in new if isinstance(name, str) and name in network.vocabulary]
    if known:
        raise VocabularyError(f"the network has {listed(known)} already; its symbols are {network.vocabulary!r}")
    vocabulary = Vocabulary([*network.vocabulary.names, *new])
    given = check_codes(codes, network.buffers, new)
    room = _with_room(network, len(vocabulary))
    all_codes = on_device(with_given(network.wiring, room, given, first=len(network.vocabulary)))
    for buffer in given:
        own = np.asarray(all_codes[network.wiring.buffers[buffer]][: len(vocabulary)])
        judge_codes(buffer, own, vocabulary.names)
    synapses, drive = _learned(network, all_codes, len(vocabulary))
    larger = dataclasses.replace(
        network,
        vocabulary=vocabulary,
        all_codes=all_codes,
        synapses=synapses,
        drive=drive,
        given=tuple(dict.fromkeys([*network.given, *given])),
    )
    larger.report().judge(strict=strict)
    return larger


def _with_room(network: Network, symbols: int) -> Sequence[Bool[Array | np.ndarray, "slots _units"]]:
    """The network's codes, with as many drawn behind them as it takes."""
    if len(network.vocabulary) + network.free >= symbols:
        return network.all_codes
    active = [average_active(codes[: len(network.vocabulary)]) for codes in network.all_codes]
    keys, _ = population_keys(network.key, network.wiring)
    drawn = draw_codes(symbols, network.wiring.populations, active, keys)
    pairs = zip(network.all_codes, drawn, strict=True)
    return tuple(np.concatenate([old, longer[len(old) :]]) for old, longer in pairs)


def _learned(
    network: Network, codes: Sequence[Bool[Array, "slots _units"]], symbols: int
) -> tuple[Sequence[AbstractSynapses], Float[Array, ""]]:
    """Weights and drive for so many symbols: in one shot for each new one where the rule can, or else all anew."""
    rules = rule_of_each(network.wiring, network.rule, network.rules)
    in_one_shot = [index for index, rule in enumerate(rules) if isinstance(rule, AbstractOneShotRule)]
    synapses, drive = network.synapses, network.drive
    if in_one_shot:
        for symbol in range(len(network.vocabulary), symbols):
            synapses, drive = add(network.wiring, synapses, [slots[symbol] for slots in codes], rules)
    if len(in_one_shot) == len(rules):
        return synapses, drive
    return learn(network.wiring, codes, symbols, rules, kept={index: synapses[index] for index in in_one_shot})
