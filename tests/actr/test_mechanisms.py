"""What rules do on the network, each mechanism alone, against a plain interpreter of the same rules."""

import functools
import random
import re

import jax
import pytest
from symbolic import interpreted

import attractorbind as ab
from attractorbind import actr

# How long retrievals take: while longer ones are pending, other rules fire; memories are made where they are short.
LONG, SHORT = "(sgp :esc t :lf .12 :blc 0 :rt -1)", "(sgp :esc t :lf .05 :blc 0 :rt 0)"
FACTS = "(add-dm (f1 a 1 b 2) (f2 a 2 b 3) (f3 a 3 b 1) (f4 a 3 b 2) (g step one x 1 y 2))"
# Rules with goals, whose slots stand instead of those of the own goal. All of one latency are one model, in which the
# steps of each have names of their own.
MECHANISMS = {
    "all slots change at once": (
        "(p swap =goal> step one x =x y =y ==> =goal> step two x =y y =x)"
        "(p clear =goal> step two x =x ==> =goal> step nil y =x x nil z four)",
        [{}, {"x": "3"}, {"x": "2"}],
    ),
    "a retrieval is pending while other rules fire": (
        "(p ask =goal> step one x =x ==> =goal> step two +retrieval> a =x)"
        "(p wait =goal> step two y 2 ?retrieval> state busy ==> =goal> y 3)"
        "(p wait-more =goal> step two y 3 ==> =goal> y 4)"
        "(p got =goal> step two =retrieval> a =a b =b ==> =goal> step three x =b y =a !output! (got =b of =a))"
        "(p failed =goal> step two ?retrieval> state error ==> =goal> step failed)"
        "(p wait-most =goal> step two y 4 ==> =goal> y 5)"
        "(p wait-on =goal> step two y 5 ==> =goal> y 6)"
        "(p harvested =goal> step three ?retrieval> buffer empty ==> =goal> step four)",
        [{}, {"x": "2"}, {"x": "3"}, {"x": "4"}, {"y": "3"}, {"y": "4"}, {"x": "5", "y": "4"}],
    ),
    "another request takes the place of the first": (
        "(p ask =goal> step one x =x ==> =goal> step two +retrieval> a =x)"
        "(p ask-again =goal> step two y =y ==> =goal> step three +retrieval> a =y)"
        "(p got =goal> step three =retrieval> b =b ==> =goal> step four x =b =retrieval>)"
        "(p kept =goal> step four =retrieval> b =b - a =b ==> =goal> step nil !stop!)"
        "(p never =goal> step nil ==> =goal> step five)",
        [{}, {"y": "3"}, {"y": "7"}, {"x": "7", "y": "1"}],
    ),
    "unequal, numbers, empty slots": (
        "(p less =goal> step one < x 3 - y =x x =x y =y ==> =goal> step two z =y)"
        "(p equal =goal> step one x =x y =x ==> =goal> step two)"
        "(p more =goal> step one >= x 3 z nil ==> =goal> step three)"
        "(p as-much =goal> step two y =y <= x =y - z nil ==> =goal> step as-much)"
        "(p greater =goal> step two y =y > x =y ==> =goal> step greater)",
        [{"x": x, "y": y, "z": z} for x in ("1", "2", "3") for y in ("1", "2", "3", None) for z in (None, "1")],
    ),
    "a goal becomes a memory": (
        "(p next =goal> step one x =x y =y ==> +goal> step two x =y y =x)"
        "(p ask =goal> step two x =x ==> =goal> step three +retrieval> y =x)"
        "(p got =goal> step three =retrieval> x =b step =s ==> =goal> step four z =b w =s)",
        [{}, {"x": "3"}, {"x": "2", "y": "1"}],
    ),
    "a chunk is imagined, cleared and remembered": (
        "(p imagine =goal> step one x =x y =y ?imaginal> state free ==> =goal> step two +imaginal> sum =x of =y)"
        "(p wait =goal> step two z nil ?imaginal> state busy ==> =goal> z 1)"
        "(p done =goal> step two =imaginal> sum =s ?imaginal> state free buffer full ==> =goal> step three z =s)"
        "(p ask =goal> step three y =y ?imaginal> buffer empty ==> =goal> step four +retrieval> of =y)"
        "(p got =goal> step four =retrieval> sum =s ==> =goal> step nil w =s -retrieval>)",
        [{}, {"x": "3"}, {"x": "2", "y": "1"}],
    ),
    "two modules at work": (
        "(p both =goal> step one x =x y =y ==> =goal> step two +retrieval> a =x +imaginal> sum =x of =y)"
        "(p first =goal> step two =retrieval> b =b ==> =goal> step three z =b)"
        "(p lost =goal> step two ?retrieval> buffer failure ==> =goal> step three z none)"
        "(p second =goal> step three =imaginal> of =o ==> =goal> step four w =o =imaginal> sum 7)"
        "(p last =goal> step four =imaginal> sum 7 of =o ==> =goal> step =o)",
        [{}, {"x": "3"}, {"x": "5"}],
    ),
    "chunks that are asked for by themselves": (
        "(p ask =goal> step one x =x ==> =goal> step two +retrieval> =x)"
        "(p got =goal> step two =retrieval> a =a ==> =goal> step three y =a +retrieval> f4)"
        "(p lost =goal> step two ?retrieval> buffer failure ==> =goal> step lost)"
        '(p last =goal> step three =retrieval> b =b ==> =goal> step four z =b !output! ("~a, ~s." =b 7))',
        [{"x": "f1"}, {"x": "f3"}, {"x": "1"}, {"x": "7"}],
    ),
    "chunks as values": (
        "(p ask =goal> step one x =x ==> =goal> step two +retrieval> a =x)"
        "(p got =goal> step two =retrieval> b =b ==> =goal> step three x =retrieval y =goal)"
        "(p same =goal> step three x f2 ==> =goal> step four)",
        [{}, {"x": "2"}],
    ),
}  # fmt: skip


MEMORIES = (
    "a goal becomes a memory",
    "a chunk is imagined, cleared and remembered",
    "chunks that are asked for by themselves",
)


@functools.cache
def ran(latency: str) -> tuple[actr.Run, dict[str, list[tuple[int, dict[str, str | None]]]]]:
    """One run of all mechanisms of a latency, and for each of them its trials with their goals."""
    rules, trials = "", {}
    goals: list[dict[str, str | None]] = []
    for number, (name, (text, own)) in enumerate(MECHANISMS.items()):
        if (name in MEMORIES) == (latency == SHORT):
            text = re.sub(r"\(p (?=[a-z])", f"(p {number}-", text)
            rules += re.sub(r"step (?!nil)(?=[a-z])", f"step {number}-", text)
            all_of_it = [{"step": f"{number}-one", **goal} for goal in own]
            trials[name] = list(enumerate(all_of_it, len(goals)))
            goals += all_of_it
    model = actr.parse(latency + FACTS + "(define-chunks 1 2 3 4 5 6 7)" + rules + "(goal-focus g)")
    network = model.network(key=jax.random.key(0), units=192)
    return actr.run(model, network, goals, limit=20), trials


@pytest.mark.parametrize("name", [name for name in MECHANISMS if name != "chunks as values"])
def test_the_network_does_what_the_rules_say(name):
    run, trials = ran(SHORT if name in MEMORIES else LONG)
    held = {buffer: run.held(buffer) for buffer in run.model.layout.slots}
    for trial, goal in trials[name]:
        expected = interpreted(run.model, goal, limit=20)
        fired = [(firing.production, round(firing.time, 3)) for firing in run.firings(trial)]
        assert fired == expected.firings, goal
        assert run.lines(trial) == expected.lines
        for buffer in held:
            if buffer in expected.buffers:
                assert held[buffer][trial] == expected.buffers[buffer], (goal, buffer)


def test_a_chunk_can_be_a_value():
    run, trials = ran(LONG)
    held = [run.held("goal")[trial] for trial, _ in trials["chunks as values"]]
    assert [{**(slots or {}), "step": ""} for slots in held] == [
        {"step": "", "x": chunk, "y": "g"} for chunk in ("f1", "f2")
    ]


def drawn(seed: int) -> actr.Model:
    """A model with random rules on three slots of the goal and two of memories."""
    dice = random.Random(seed)
    symbols = ["1", "2", "3"]
    chunks = [actr.Chunk(f"f{n}", {"a": dice.choice(symbols), "b": dice.choice(symbols)}) for n in range(4)]
    rules = []
    for number in range(6):
        tests = [
            actr.Test(slot, value, dice.choice("==-"))
            for slot in ("x", "y", "z")
            if (value := dice.choice([None, "", *symbols])) != ""
        ]
        tests.append(actr.Test("x", "=x")) if all(test.slot != "x" for test in tests) else None
        when: list[actr.Match | actr.Query] = [actr.Match("goal", tuple(tests))]
        then: list = []
        known = [test.value for test in tests if test.value == "=x"]
        if dice.random() < 0.4:
            when.append(actr.Match("retrieval", {"b": "=b"}))
            known.append("=b")
        elif dice.random() < 0.3:
            when.append(actr.Query("retrieval", "state", dice.choice(["free", "busy", "error"]), dice.random() < 0.5))
        slots = dice.sample(["x", "y", "z"], 2)
        then.append(actr.Modify("goal", {slot: dice.choice([None, *symbols, *known]) for slot in slots}))
        if dice.random() < 0.6:
            then.append(actr.Request("retrieval", {"a": dice.choice([*symbols, *known])}))
        rules.append(actr.Rule(f"r{number}", when, then, utility=float(dice.randrange(2))))
    settings = actr.Settings(subsymbolic=True, latency_factor=dice.choice([0.0, 0.04, 0.13]), threshold=-0.5)
    return actr.Model(
        rules, chunks, actr.Chunk("g", {"x": "1", "y": None, "z": None}), settings=settings, symbols=symbols
    )


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(10))
def test_random_models_do_what_the_interpreter_does(seed):
    model = drawn(seed)
    network = model.network(key=jax.random.key(seed), units=192)
    goals = [{"x": x, "y": y, "z": z} for x in "123" for y in ("1", "3", None) for z in ("2", None)]
    run = actr.run(model, network, goals, limit=12, throw=False)
    for trial, goal in enumerate(goals):
        expected = interpreted(model, goal, limit=12)
        fired = [(firing.production, round(firing.time, 3)) for firing in run.firings(trial)]
        assert fired == expected.firings, goal
        assert (run.result[trial] == ab.Result.LIMIT) == expected.limited


def test_wrong_calls_are_told():
    run, _ = ran(SHORT)
    model, network = run.model, run.trace.network
    wrong = {
        "unknown slot of the goal 'steep'": lambda: actr.run(model, network, [{"steep": "one"}]),
        "unknown symbol 'nine'": lambda: actr.run(model, network, [{"x": "nine"}]),
        "goals is": lambda: actr.run(model, network, []),
        'record is "final"': lambda: actr.run(model, network, record="final"),
        "unknown buffer 'visual'": lambda: actr.Match("visual"),
        "nothing in when=": lambda: actr.Rule("r", [], [actr.Stop()]),
        "network is not that": lambda: actr.run(actr.parse("(p r =goal> v 1 ==> !stop!)"), network),
        "nothing in then=": lambda: actr.Rule("r", [actr.Match("goal")], []),
        "name of a rule": lambda: actr.Rule("two words", [actr.Match("goal")], [actr.Stop()]),
        "at least one rule": lambda: actr.Model([]),
        "new is -1": lambda: actr.Model(model.rules, new=-1),
        "name 'r'": lambda: actr.Model([actr.Rule("r", [actr.Match("goal")], [actr.Stop()])] * 2),
        "trial is 70": lambda: run.firings(70),
        "only 'retrieval' can be": lambda: actr.Request("goal", chunk="f"),
        "without slots": lambda: actr.Request("retrieval", {"a": "1"}, "f"),
        "chunk is ''": lambda: actr.Request("retrieval", chunk=""),
        "has not one ~a": lambda: actr.Output(("1", "2"), "~a"),
        "unknown relation": lambda: actr.Test("x", "1", "=="),
        "unknown answer": lambda: actr.Query("goal", "state", "well"),
    }
    for told, call in wrong.items():
        with pytest.raises(ab.AttractorBindError, match=told):
            call()


def test_a_memory_is_not_made_while_a_retrieval_is_pending():
    rules = "(p a =goal> x 1 ==> -goal>) (p b =goal> x 2 ==> +retrieval> x 1)"
    with pytest.raises(ab.ProgramError, match=r"rule 'a' makes a memory of 'goal', perhaps while"):
        actr.parse("(sgp :esc t :lf .3)" + rules)
    assert actr.parse("(sgp :esc t :lf .05)" + rules).layout.remembered == ("goal",)
