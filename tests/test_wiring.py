"""What is connected to what: relays, nuclei, the graph, partitions, chains."""

import itertools

import networkx as nx
import numpy as np
import pytest
from examples import BUFFERS, CONFIGURATIONS, SIZES, network, wired
from hypothesis import given, strategies as st

import attractorbind as ab


def relays(built: ab.Network) -> set[tuple[str, str]]:
    return {(gate.source, gate.target) for gate in built.wiring.gates if gate.kind == "relay"}


def test_all_is_every_ordered_pair():
    assert relays(wired(relays="all")) == set(itertools.permutations("abc", 2))


def test_hub_is_to_and_from_one():
    assert relays(wired(relays="hub:b")) == {("a", "b"), ("b", "a"), ("b", "c"), ("c", "b")}


@pytest.mark.parametrize("wrap", [list, tuple, iter])
def test_list_is_one_way_only(wrap):
    built = wired(relays=wrap([("a", "b"), ("c", "b")]))
    assert relays(built) == {("a", "b"), ("c", "b")}
    assert built.gates == ("a", "b", "c", "a->b", "c->b")


def test_no_relays_at_all():
    built = wired(relays=[])
    assert built.gates == ("a", "b", "c")
    assert len(built.synapses) == 3


def test_buffers_of_unequal_sizes():
    built = wired(relays=[("a", "b")])
    assert built.buffers == SIZES
    shapes = {
        (projection.source, projection.target): synapses.weights.shape
        for projection, synapses in zip(built.wiring.projections, built.synapses, strict=True)
    }
    assert shapes == {(0, 0): (40, 40), (1, 1): (48, 48), (2, 2): (40, 40), (0, 1): (40, 48)}


def test_graph_of_direct_relays_and_recurrent_latches():
    graph = wired(relays=[("a", "b")]).graph
    assert isinstance(graph, nx.DiGraph)
    assert dict(graph.nodes(data=True)) == {name: {"kind": "buffer", "units": units} for name, units in SIZES.items()}
    assert sorted(graph.edges(data=True)) == [
        ("a", "a", {"gate": "a", "kind": "latch"}),
        ("a", "b", {"gate": "a->b", "kind": "relay"}),
        ("b", "b", {"gate": "b", "kind": "latch"}),
        ("c", "c", {"gate": "c", "kind": "latch"}),
    ]


def test_graph_of_nuclei_and_loops():
    graph = wired(relays=[("a", "b")], relay="nucleus", latch="loop").graph
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
    built = wired()
    built.graph.remove_node("a")
    assert "a" in built.graph


def test_rest_is_latches_open_and_relays_closed():
    built = wired(relays=[("a", "b")])
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


def test_network_says_what_it_is():
    assert repr(wired(relays=[("a", "b")])) == (
        "Network(5 symbols, buffers {a: 40, b: 48, c: 40}, 1 relays, 4 projections, PseudoInverse())"
    )
