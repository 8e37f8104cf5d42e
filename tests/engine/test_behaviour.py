"""The library does what it did, bit for bit: random programs against the hashes of what they came to."""

import json

import behaviour
import pytest

KEPT = json.loads(behaviour.KEPT.read_text())


def test_hashes_are_kept_for_every_network():
    assert list(KEPT) == list(behaviour.SETUPS)


@pytest.mark.parametrize("programs", [12, pytest.param(behaviour.PROGRAMS, marks=pytest.mark.slow)])
@pytest.mark.parametrize("name", behaviour.SETUPS)
def test_programs_do_what_they_did(name, programs):
    pairs = zip(behaviour.hashes(name, programs), KEPT[name][:programs], strict=True)
    differing = [number for number, (found, kept) in enumerate(pairs) if found != kept]
    assert not differing, (
        f"on the network {name!r} programs {differing} do something else than before; "
        f"the first of them is\n\n{behaviour.shown(name, differing[0])}"
    )
