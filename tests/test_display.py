"""What notebooks show: everything that `print` shows, and nothing that a name could smuggle in."""

import jax
import pytest
from examples import network

import attractorbind as ab

PROGRAM = ab.load("a", ab.arg("x")) + ab.copy("a", "b")


def shown(thing: object) -> str:
    return thing._repr_html_()  # pyright: ignore[reportAttributeAccessIssue]


def trace(**options) -> ab.Trace:
    return ab.run(network("all, direct"), PROGRAM, args={"x": ["s1", "s2", "s3"]}, **options)


@pytest.mark.parametrize(
    "make",
    [
        lambda: PROGRAM,
        lambda: PROGRAM.compile(network("all, direct")),
        lambda: ab.emit("a").compile(network("all, direct")),
        lambda: network("all, direct").report(),
        lambda: ab.crosstalk(trace(record="states")),
    ],
)
def test_what_is_printed_is_shown(make):
    thing = make()
    text = str(thing).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    assert text.replace("'", "&#x27;").replace('"', "&quot;") in shown(thing)
    assert f"<strong>{type(thing).__name__}</strong>" in shown(thing)


def test_a_network_shows_its_buffers_memories_and_relays():
    text = shown(network("memory"))
    assert "<td>buffer</td><td>b</td><td>48</td><td>a, c</td>" in text
    assert "<td>memory</td><td>m</td><td>256</td>" in text
    assert "5 symbols, 6 relays" in text


def test_a_run_shows_its_ticks_if_recorded_and_otherwise_its_end():
    assert "<tr><td>1</td><td>s2</td><td>s2</td><td></td></tr>" in shown(trace())
    assert "copy(&#x27;a&#x27;, &#x27;b&#x27;)" in shown(trace(record="decoded"))
    spoken = ab.run(network("all, direct"), PROGRAM + ab.emit("b") * 2, args={"x": ["s1", "s2", "s3"]})
    assert "<th>outputs</th>" in shown(spoken)
    assert "<td>s3 s3</td>" in shown(spoken)


def test_long_tables_are_cut_and_say_so():
    many = ab.run(network("all, direct"), ab.load("a", ab.arg("x")), args={"x": ["s1"] * 20})
    assert shown(many).count("<tr>") == 13
    assert "and 8 more rows" in shown(many)


def test_names_are_text():
    built = ab.build(
        ab.Vocabulary(["<script>", "b"]),
        buffers={"<b>": 48},
        activity=0.1,
        rule=ab.PseudoInverse(),
        key=jax.random.key(0),
    )
    program = ab.load("<b>", "<script>")
    for thing in (built, program, program.compile(built), ab.run(built, program)):
        assert "<script>" not in shown(thing)
        assert "<b>" not in shown(thing)
        assert "&lt;b&gt;" in shown(thing)


def test_representations_fit_on_a_line():
    program = PROGRAM + ab.when(ab.equal("a", "b"), ab.clear("a"))
    assert repr(program) == "Program(load('a', arg('x')); copy('a', 'b'); when equal('a', 'b'): clear('a'))"
    assert repr(PROGRAM * 100).endswith("...)")
    assert len(repr(PROGRAM * 100)) < 120
    assert repr(PROGRAM.compile(network("all, direct"))) == "Schedule(7 ticks, arguments ['x'])"
    assert repr(program.compile(network("all, direct"))).startswith("Listing(")
