"""What is connected to what: relays, nuclei, the graph, partitions, chains."""

import itertools
import re

import jax
import networkx as nx
import numpy as np
import pytest
from examples import BUFFERS, CONFIGURATIONS, network
from hypothesis import given, strategies as st

import attractorbind as ab

SIZES = {"a": 40, "b": 48, "c": 40}


def build(**options) -> ab.Network:
    options = {"buffers": SIZES, "activity": 0.15, "rule": ab.PseudoInverse(), **options}
    return ab.build(ab.Vocabulary(["s0", "s1", "s2", "s3", "s4"]), key=jax.random.key(0), **options)


def relays(built: ab.Network) -> set[tuple[str, str]]:
    return {(gate.source, gate.target) for gate in built.wiring.gates if gate.kind == "relay"}


def test_all_is_every_ordered_pair():
    assert relays(build(relays="all")) == set(itertools.permutations("abc", 2))


def test_hub_is_to_and_from_one():
    assert relays(build(relays="hub:b")) == {("a", "b"), ("b", "a"), ("b", "c"), ("c", "b")}


@pytest.mark.parametrize("wrap", [list, tuple, iter])
def test_list_is_one_way_only(wrap):
    built = build(relays=wrap([("a", "b"), ("c", "b")]))
    assert relays(built) == {("a", "b"), ("c", "b")}
    assert built.gates == ("a", "b", "c", "a->b", "c->b")


def test_no_relays_at_all():
    built = build(relays=[])
    assert built.gates == ("a", "b", "c")
    assert len(built.synapses) == 3


def test_buffers_of_unequal_sizes():
    built = build(relays=[("a", "b")])
    assert built.buffers == SIZES
    shapes = {
        (projection.source, projection.target): synapses.weights.shape
        for projection, synapses in zip(built.wiring.projections, built.synapses, strict=True)
    }
    assert shapes == {(0, 0): (40, 40), (1, 1): (48, 48), (2, 2): (40, 40), (0, 1): (40, 48)}


def test_graph_of_direct_relays_and_recurrent_latches():
    graph = build(relays=[("a", "b")]).graph
    assert isinstance(graph, nx.DiGraph)
    assert dict(graph.nodes(data=True)) == {name: {"kind": "buffer", "units": units} for name, units in SIZES.items()}
    assert sorted(graph.edges(data=True)) == [
        ("a", "a", {"gate": "a", "kind": "latch"}),
        ("a", "b", {"gate": "a->b", "kind": "relay"}),
        ("b", "b", {"gate": "b", "kind": "latch"}),
        ("c", "c", {"gate": "c", "kind": "latch"}),
    ]


def test_graph_of_nuclei_and_loops():
    graph = build(relays=[("a", "b")], relay="nucleus", latch="loop").graph
    kinds = nx.get_node_attributes(graph, "kind")
    nuclei = [name for name, kind in kinds.items() if kind == "nucleus"]
    assert len(nuclei) == 4
    for nucleus in nuclei:
        (before,), (after,) = graph.predecessors(nucleus), graph.successors(nucleus)
        assert kinds[before] == kinds[after] == "buffer"
        gate = before if before == after else f"{before}->{after}"
        kind = "latch" if before == after else "relay"
        assert graph.edges[before, nucleus] == graph.edges[nucleus, after] == {"gate": gate, "kind": kind}
        assert graph.nodes[nucleus]["units"] >= max(SIZES[before], SIZES[after])
    assert not list(nx.selfloop_edges(graph))


def test_graph_is_a_copy():
    built = build()
    built.graph.remove_node("a")
    assert "a" in built.graph


def test_rest_is_latches_open_and_relays_closed():
    built = build(relays=[("a", "b")])
    assert built.gating().tolist() == [1, 1, 1, 0]
    assert built.gating(open={"a->b": 0.25}, closed=["b"]).tolist() == [1, 0, 1, 0.25]
    assert built.conductances(["a->b"]).tolist() == [1, 1, 1, 1]
    assert built.conductances(np.array([0, 1, 0, 0.5], np.float32)).tolist() == [0, 1, 0, 0.5]


def test_delay_is_two_by_way_of_a_nucleus():
    assert {gate.delay for gate in network("all, direct").wiring.gates} == {1}
    assert {gate.delay for gate in network("line, nucleus and loop").wiring.gates} == {2}


@given(data=st.data(), configuration=st.sampled_from(list(CONFIGURATIONS)))
def test_partition_is_the_connected_components_of_the_open_relays(data, configuration):
    built = network(configuration)
    names = [gate for gate in built.gates if "->" in gate]
    opened = data.draw(st.dictionaries(st.sampled_from(names), st.sampled_from([1.0, 0.25, 0.0])))
    # By joining groups, one open relay after another.
    groups = [{buffer} for buffer in BUFFERS]
    for gate in (name for name, opening in opened.items() if opening > 0):
        joined = [group for group in groups if group & set(gate.split("->"))]
        groups = [group for group in groups if group not in joined] + [set().union(*joined)]
    partition = built.partition(opened)
    assert set(partition) == set(map(frozenset, groups))
    first = [min(BUFFERS.index(buffer) for buffer in group) for group in partition]
    assert first == sorted(first)


def test_partition_does_not_depend_on_latches():
    assert network("all, direct").partition(np.zeros(9, np.float32)) == tuple(frozenset(name) for name in "abc")


def test_copy_takes_the_shortest_chain_and_says_what_it_overwrites():
    built = network("ring, loop")
    program = ab.copy("a", "c")
    expected = ab.copy("a", "b") + ab.copy("b", "c")
    assert str(program.expand(built)) == str(expected.expand(built))
    (note,) = program.compile(built).notes
    assert re.fullmatch(r"copy\('a', 'c'\) goes by way of 'b'.*overwrit.*", note)
    assert str(program.compile(built)).endswith("\n" + note)
    assert ab.copy("a", "b").compile(built).notes == ()


def test_move_and_swap_say_what_they_overwrite():
    ring = network("ring, loop")
    assert ab.move("a", "c").compile(ring).notes == ab.copy("a", "c").compile(ring).notes
    assert ab.swap("a", "b", via="c").compile(network("all, direct")).notes == (
        "swap('a', 'b', via='c') overwrites 'c'",
    )


def test_long_chain_names_every_buffer_between():
    buffers = dict.fromkeys(["a", "b", "c", "d"], 40)
    built = build(buffers=buffers, relays=[("a", "b"), ("b", "c"), ("c", "d")])
    schedule = ab.copy("a", "d").compile(built)
    assert len(schedule.notes) == 1
    assert "'b', 'c'" in schedule.notes[0]
    trace = ab.run(built, ab.load("a", "s1") + ab.copy("a", "d"))
    assert trace.decode() == {name: ["s1"] for name in buffers}


def test_missing_chain_names_the_missing_relay():
    built = build(relays=[("a", "b")])
    with pytest.raises(ab.NetworkError, match=r"'b->a' is missing: add \('b', 'a'\) to relays="):
        ab.copy("b", "a").compile(built)


def test_swap_without_relays_both_ways_names_the_missing_one_and_the_cure():
    with pytest.raises(ab.NetworkError, match=r"'b->a' is missing.*via="):
        ab.swap("a", "b").compile(build(relays=[("a", "b")]))


def test_swap_through_a_chain_that_would_lose_a_symbol():
    built = build(relays=[("a", "b"), ("b", "c"), ("c", "a")])
    with pytest.raises(ab.ProgramError, match="still needed"):
        ab.swap("a", "b", via="c").compile(built)


def test_network_says_what_it_is():
    assert repr(build(relays=[("a", "b")])) == (
        "Network(5 symbols, buffers {a: 40, b: 48, c: 40}, 1 relays, 4 projections, PseudoInverse())"
    )
