"""A network as the compiled functions see it: without names."""

import dataclasses

from attractorbind._area.base import renamed
from attractorbind._flat import Flat, flat
from attractorbind._kept import kept
from attractorbind._network import Network
from attractorbind._rule.hebbian import Hebbian
from attractorbind._vocabulary import Vocabulary
from attractorbind._wiring import nameless_area

_NOBODY = Vocabulary(["symbol"])


def nameless(network: Network) -> Network:
    """The network as the compiled drivers see it, so that other names or another rule do not compile anew."""
    numbers = {buffer: str(index) for buffer, index in network.wiring.buffers.items()}
    return dataclasses.replace(
        network,
        vocabulary=_NOBODY,
        wiring=network.wiring.nameless,
        areas=tuple(renamed(area, nameless_area(index), numbers) for index, area in enumerate(network.areas)),
        rule=Hebbian(),
        rules={},
        fingerprint="",
        altered=False,
        given=(),
    )


@kept
def unnamed(network: Network) -> Flat:
    """The `nameless` network, taken apart for calls of compiled functions."""
    return flat(nameless(network))
