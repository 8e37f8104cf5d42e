"""Productions: rules that fire while their conditions hold."""

from examples import pair

import attractorbind as ab


def test_productions_fire_in_order_until_none_matches():
    def rule(held: str, put: str) -> ab.Production:
        return ab.production(when=ab.holds("focus", held), then=ab.emit("focus") + ab.load("focus", put))

    rules = [rule("s0", "s1"), rule("s1", "s2"), rule("s0", "s3")]
    program = ab.load("focus", ab.arg("x")) + ab.cycle(rules, limit=5)
    trace = ab.run(pair(), program, args={"x": ["s0", "s1", "s4"]})
    assert trace.outputs == [["s0", "s1"], ["s1"], []]
    assert trace.decode()["focus"] == ["s2", "s2", "s4"]
    # The other order: the first that matches wins.
    program = ab.load("focus", "s0") + ab.cycle(rules[::-1], limit=5)
    assert ab.run(pair(), program).decode()["focus"] == ["s3"]
    round_and_round = ab.cycle([rule("s0", "s1"), rule("s1", "s0")], limit=4)
    trace = ab.run(pair(), ab.load("focus", "s0") + round_and_round, throw=False)
    assert trace.result.tolist() == [ab.Result.LIMIT]
    assert trace.outputs == [["s0", "s1", "s0", "s1"]]
