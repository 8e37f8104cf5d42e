"""Episodes as the streams that a run takes."""

import jax

import attractorbind as ab
from attractorbind import tasks


def test_a_network_takes_streams_and_answers_as_it_should() -> None:
    task = tasks.n_back(1, ["dog", "cat", "cow"], steps=6)
    network = ab.build(
        ab.Vocabulary(task.symbols),
        buffers={"focus": 64, "before": 64, "answer": 64},
        relays=[("focus", "before")],
        activity=0.1,
        rule=ab.MaximalStability(),
        key=jax.random.key(0),
    )
    compare = ab.when(ab.equal("focus", "before"), ab.load("answer", "match"), ab.load("answer", "differs"))
    step = ab.copy("focus", "before") + ab.read("focus") + compare + ab.emit("answer")
    program = ab.read("focus") + ab.repeat(5, step)
    episodes = task.episodes(4, key=jax.random.key(1))
    trace = ab.run(network, program, inputs=episodes.inputs())
    right = [[task.symbols[index] for index in row[1:]] for row in episodes.target]
    assert trace.outputs == right


def test_streams_end_with_their_episodes() -> None:
    episodes = tasks.one_two_ax(2).episodes(20, key=jax.random.key(0))
    streams = episodes.inputs()
    assert [len(stream) for stream in streams] == episodes.lengths.tolist()
    assert len(set(map(len, streams))) > 1
    assert [len(stream) for stream in episodes.inputs(targets=True)] == (2 * episodes.lengths).tolist()


def test_nothing_is_left_out_or_has_a_name() -> None:
    task = tasks.role_filler(fillers=["dog", "cat", "cow"], sentences=10, key=jax.random.key(0))
    episodes = task.episodes(3, key=jax.random.key(1))
    for names, full in zip(episodes.inputs(targets=True), episodes.inputs(targets=True, nothing="-"), strict=True):
        assert (len(names), len(full)) == (12, 16)
        assert [name for name in full if name != "-"] == names
        assert [index for index, name in enumerate(full) if name == "-"] == [3, 7, 11, 14]
        assert full[0::4] == ["store"] * 3 + ["query"]
        assert full[15] in task.answers
