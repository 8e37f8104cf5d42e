"""Programs as users see them: their text, their graph, their listing."""

import networkx as nx
from examples import pair

import attractorbind as ab


def test_text_of_a_program():
    program = ab.read("word") + ab.until(
        ab.empty("word"),
        ab.when(ab.holds("word", "stop") & ~ab.equal("word", "last"), ab.clear("word"), ab.repeat(2, ab.emit("word"))),
        limit=7,
    )
    assert str(program) == "\n".join(
        [
            "read('word')",
            "until empty('word'), at most 7 times:",
            "    when (holds('word', 'stop') & ~equal('word', 'last')):",
            "        clear('word')",
            "    otherwise:",
            "        repeat 2:",
            "            emit('word')",
        ]
    )
    assert (
        str(ab.when(~ab.empty("a"), ab.Program(), ab.hold()))
        == "when ~empty('a'):\n    nothing\notherwise:\n    hold()"
    )


def test_graph_of_a_program():
    program = ab.load("focus", "s0") + ab.until(ab.empty("focus"), ab.clear("focus"), limit=3) + ab.hold()
    graph = program.graph
    assert isinstance(graph, nx.DiGraph)
    assert dict(graph.nodes(data="instruction")) == {
        0: "load('focus', 's0')",
        1: "counter 0 = 0",
        2: "if ~empty('focus')",
        3: "if (counter 0 += 1) <= 3",
        4: "clear('focus')",
        5: "hold()",
        "end": "end",
    }
    assert sorted(graph.edges(data="when"), key=str) == sorted(
        [
            (0, 1, None),
            (1, 2, None),
            (2, 3, True),
            (2, 5, False),
            (3, 4, True),
            (3, "end", False),
            (4, 2, None),
            (5, "end", None),
        ],
        key=str,
    )


def test_listing_of_a_program():
    program = ab.read("focus") + ab.when(ab.holds("focus", ab.arg("x")), ab.copy("focus", "agent"), ab.emit("focus"))
    listing = program.compile(pair())
    assert isinstance(listing, ab.Listing)
    assert str(listing).split("\n") == [
        "address  ticks  presented            latches closed  gates open    goes on at  instruction",
        "      0      1                       focus                                     read('focus')",
        "             1  focus <- next input",
        "             2",
        "      1      3                                                     2, else 3   if holds('focus', arg('x'))",
        "      2      1                       agent           focus->agent              copy('focus', 'agent')",
        "             1                                       focus->agent",
        "             2                                                     end",
        "      3      1                                                     end         emit('focus')",
    ]
    trace = ab.run(pair(), listing, args={"x": "s3"}, inputs=[["s3"], ["s4"]])
    assert trace.outputs == [[], ["s4"]]
    assert trace.decode()["agent"] == ["s3", None]


def test_expanded_it_does_the_same():
    program = ab.read("focus") + ab.when(ab.empty("agent"), ab.move("focus", "agent"), ab.repeat(2, ab.emit("agent")))
    expanded = (program * 2).expand(pair())
    assert "copy" not in str(expanded)
    assert "read" not in str(expanded)
    traces = [ab.run(pair(), whole, inputs=["s1", "s2"]) for whole in (program * 2, expanded)]
    assert traces[0].outputs == traces[1].outputs == [["s1", "s1"]]
    assert traces[0].ticks.tolist() == traces[1].ticks.tolist()
