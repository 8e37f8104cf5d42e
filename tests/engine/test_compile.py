"""Nothing is compiled twice: other symbols, arguments, rates, keys and programs of similar length share one program."""

import jax
import jax.numpy as jnp
import pytest
from compilations import compilations
from examples import pair

import attractorbind as ab
import attractorbind._engine.driver as running


@pytest.fixture(name="compilations")
def counted():
    with compilations() as names:
        yield names


def compiled_drivers() -> int:
    return running._drive._cache_size()  # pyright: ignore[reportAttributeAccessIssue]


def program(first: str | None = None, second: str = "s1") -> ab.Program:
    return ab.load("focus", first or ab.arg("x")) + ab.copy("focus", "agent") + ab.load("focus", second)


ARGS = {"x": ["s0", "s1", "s2", "s0"]}
OTHERS = {
    "other arguments": lambda run: run(program(), args={"x": ["s5", "s5", "s4", "s3"]}),
    "one argument for all": lambda run: run(program(), pair().silent(trials=4), args={"x": "s5"}),
    "another symbol": lambda run: run(program(second="s3"), args=ARGS),
    "noise": lambda run: run(program(), args=ARGS, noise=0.02, key=jax.random.key(0)),
    "another noise": lambda run: run(program(), args=ARGS, noise=0.05, key=jax.random.key(0)),
    "another key": lambda run: run(program(), args=ARGS, noise=0.05, key=jax.random.key(8)),
    "leak": lambda run: run(program(), args=ARGS, leak=0.01),
    "another program": lambda run: run(ab.swap("focus", "agent") + ab.load("focus", ab.arg("x")), args=ARGS),
    "a longer program": lambda run: run(program() * 2 + ab.gates(open={"focus->agent": 0.3}, ticks=5), args=ARGS),
    "a shorter program": lambda run: run(ab.present("agent", ab.arg("x")), args=ARGS),
    "a schedule": lambda run: run(program().compile(pair()), args=ARGS),
}


@pytest.mark.parametrize("record", ["final", "decoded", "states"])
@pytest.mark.parametrize("other", list(OTHERS))
def test_does_not_compile_again(other, record, compilations):
    def run(*positional, **named):
        return ab.run(pair(), *positional, record=record, throw=False, **named)

    # Also what is done once for states, noise and keys, outside the driver.
    run(program(), pair().silent(trials=4), args=ARGS)
    run(program(), args=ARGS, noise=0.5, key=jax.random.key(3)).decode()
    before = compiled_drivers()
    jax.random.key(8)
    pair().silent(trials=4)
    compilations.clear()
    OTHERS[other](run).decode()
    assert compiled_drivers() == before
    assert compilations == []


def branching(symbol: str = "s1", limit: int = 3) -> ab.Program:
    asked = ab.holds("focus", ab.arg("x")) & ~ab.equal("focus", "agent")
    body = ab.when(asked, ab.copy("focus", "agent") + ab.emit("agent"), ab.load("agent", symbol)) + ab.read("focus")
    return ab.read("focus") + ab.until(ab.empty("focus"), body, limit=limit)


INPUTS = [["s0", "s1"], [], ["s2"], ["s4"]]
OTHERS_THAT_BRANCH = {
    "other arguments": lambda run: run(branching(), args={"x": ["s5", "s5", "s4", "s0"]}, inputs=INPUTS),
    "other inputs": lambda run: run(branching(), args=ARGS, inputs=[["s4"], ["s1"] * 3, [], ["s0"]]),
    "another symbol and limit": lambda run: run(branching("s3", 5), args=ARGS, inputs=INPUTS),
    "noise": lambda run: run(branching(), args=ARGS, inputs=INPUTS, noise=0.02, key=jax.random.key(0)),
    "leak": lambda run: run(branching(), args=ARGS, inputs=INPUTS, leak=0.01),
    "another program": lambda run: run(
        ab.read("agent") + ab.repeat(2, ab.swap("focus", "agent")) + ab.load("focus", ab.arg("x")),
        args=ARGS,
        inputs=INPUTS,
    ),
    "a listing": lambda run: run(branching().compile(pair()), args=ARGS, inputs=INPUTS),
}


@pytest.mark.parametrize("record", ["final", "decoded"])
@pytest.mark.parametrize("other", list(OTHERS_THAT_BRANCH))
def test_programs_that_branch_do_not_compile_again(other, record, compilations):
    def run(*positional, **named):
        return ab.run(pair(), *positional, record=record, throw=False, **named)

    pair().silent(trials=3)
    # The room for a recording goes in powers of two: here of 32 ticks and of 64.
    for given in ({}, {"noise": 0.01, "key": jax.random.key(3)}):
        run(branching(), args=ARGS, inputs=INPUTS, **given).decode()
        run(ab.read("focus") + ab.load("agent", ab.arg("x")) + ab.hold(2), args=ARGS, inputs=INPUTS, **given)
    before = running._drive._cache_size()  # pyright: ignore[reportFunctionMemberAccess]
    jax.random.key(8)
    compilations.clear()
    trace = OTHERS_THAT_BRANCH[other](run)
    assert trace.ticks.max() <= 64
    assert running._drive._cache_size() == before  # pyright: ignore[reportFunctionMemberAccess]
    assert compilations == []


def test_another_number_of_trials_does_compile(compilations):
    # So that the counting above would notice.
    ab.run(pair(), program(), args=ARGS)
    before = compiled_drivers()
    compilations.clear()
    ab.run(pair(), program(), args={"x": ["s0"] * 5})
    assert compiled_drivers() == before + 1
    assert len([name for name in compilations if "_drive" in name]) == 1


def test_ticks_by_hand_do_not_compile_again(compilations):
    built = pair()
    state = built.silent(trials=2).replace("focus", built.codes("focus")[jnp.array([0, 1])].astype(float))
    ab.tick(built, state)
    compilations.clear()
    state = ab.tick(built, state, ["focus->agent"], leak=0.1)
    ab.tick(built, state, {"focus->agent": 0.5})
    assert [name for name in compilations if "_tick" in name] == []


def test_another_network_of_the_same_shape_does_not_compile_again(compilations):
    rules = (ab.PseudoInverse(), ab.PseudoInverse(ridge=0.01), ab.Hebbian())
    networks = [
        ab.build(
            ab.Vocabulary([f"{prefix}{number}" for number in range(3)]),
            buffers={"focus": 40, "agent": 48},
            activity=0.1,
            rule=rule,
            key=jax.random.key(seed),
        )
        for seed, (prefix, rule) in enumerate(zip("stu", rules, strict=True))
    ]

    def run(prefix: str, built: ab.Network) -> None:
        args = {"x": [f"{prefix}{number}" for number in (0, 1, 2, 0)]}
        load = ab.load("focus", ab.arg("x"))
        ab.run(built, load + ab.copy("focus", "agent"), args=args, throw=False)
        ab.run(built, load + ab.emit("focus"), args=args, throw=False)

    run("s", networks[0])
    compilations.clear()
    run("t", networks[1])
    run("u", networks[2])
    assert compilations == []
