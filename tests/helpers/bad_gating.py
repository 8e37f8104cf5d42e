"""Wrong calls of what chooses gates, and a main program that makes them all; see `bad_calls`."""
# Wrong on purpose.
# pyright: reportArgumentType=false, reportCallIssue=false

from types import SimpleNamespace
from typing import Any

import jax
import numpy as np
from bad_values import spread
from wrong_calls import print_raised

import attractorbind as ab
from attractorbind import gating

KEY = jax.random.key(0)
CHANNELS = ["word->slot", "word->other", "skip"]
TOO_LARGE = 10**400  # for a float
NOT_FRACTIONS = {
    "far too large": TOO_LARGE,
    "negative": -0.1,
    "too large": 1.5,
    "NaN": np.nan,
    "text": "0.5",
    "None": None,
    "a bool": True,
}
NOT_SIZES = {
    "far too large": TOO_LARGE,
    "negative": -1,
    "NaN": np.nan,
    "infinite": np.inf,
    "of 64 bits": 1e300,
    "text": "1",
    "a bool": True,
}
NOT_AMOUNTS = {
    "far too large": TOO_LARGE,
    "too large": 1.5,
    "too small": -2,
    "NaN": np.nan,
    "infinite": np.inf,
    "a bool": True,
    "NumPy's bool": np.True_,
    "text": "1",
    "None": None,
    "an array": np.ones(3),
    "a list": [1],
    "a complex number": 1j,
}
NOT_CHANNELS = {
    "empty": [],
    "one string": "skip",
    "twice the same": ["skip", "skip"],
    "numbers": [1, 2],
    "none": 3,
    "no axes": np.array("a"),
}
NOT_REWARDS = {
    "a number": 1.0,
    "three axes": np.ones((2, 2, 2)),
    "of no trials": [],
    "of no trials, but rewards": np.ones((0, 2)),
    "text": ["a"],
    "complex": [1j],
    "NaN": [np.nan],
    "infinite": [np.inf],
    "of 64 bits": [1e300],
    "of more bits than a float has": [TOO_LARGE],
    "days": np.array(["2020-01-01"], "datetime64[D]"),
    "lists of different lengths": [[1], [1, 2]],
    "None": None,
}


def made(**changes: Any) -> gating.BasalGanglia:
    usual: dict[str, Any] = {"name": "striatum", "reads": ["word"], "gates": CHANNELS}
    usual |= changes
    return gating.BasalGanglia(usual.pop("name"), **usual)


def built(*areas: Any) -> ab.Network:
    return ab.build(
        ab.Vocabulary(["dog", "cat"]),
        buffers=dict.fromkeys(["word", "slot", "other"], 32),
        relays=[("word", "slot"), ("word", "other")],
        activity=0.2,
        rule=ab.PseudoInverse(),
        key=KEY,
        areas=areas,
    )


def prepare() -> SimpleNamespace:
    """What the calls need that is itself right."""
    return SimpleNamespace(
        network=built(made()),
        plain=built(),
        memory=built(ab.SnapshotMemory("memory", units=64, capacity=4)),
        odd=built(made(gates=["word", "word->striatum", "word->nowhere", "word->slot"])),
        two=built(made(), made(name="other area")),
    )


def ran(network: ab.Network, program: ab.Program, **options: Any) -> ab.Trace:
    return ab.run(network, program, **{"key": KEY, **options})


CHOOSE = ab.choose("striatum", gates=CHANNELS[:2])


def calls() -> dict[str, tuple]:
    """Each wrong call, the class of its error, and parts of its message; of those with "|" between one will do."""
    argument, network, program, unknown = "ArgumentError", "NetworkError", "ProgramError", "UnknownNameError"
    conjunction = gating.Conjunction
    rows: dict[str, tuple] = {
        "critic: a number": (lambda w: made(critic=0.1), network, ("'striatum'", "gating.Critic(")),
        "critic: the class": (lambda w: made(critic=gating.Critic), network, ("gating.Critic(rate",)),
        "shared: a number": (lambda w: made(shared=1), argument, ("shared", "True or False")),
        "name: of a gate": (lambda w: made(name="a:b"), network, ("'a:b'",)),
        "name: of a buffer": (lambda w: built(made(name="word")), network, ("'word'", "given twice")),
        "name: twice": (lambda w: built(made(), made()), network, ("'striatum'", "given twice")),
        "reads: nothing": (lambda w: made(reads=[]), network, ("reads nothing", "at least one")),
        "reads: one string": (lambda w: made(reads="word"), network, ("'word'", "list of buffers")),
        "reads: a number": (lambda w: made(reads=3), network, ("3", "list of buffers")),
        "reads: numbers": (lambda w: made(reads=[3]), network, ("has 3", "names of buffers")),
        "reads: unknown": (lambda w: built(made(reads=["wrd"])), unknown, ("'wrd'", "did you mean 'word'")),
        "reads: unknown in a conjunction": (
            lambda w: built(made(reads=[conjunction("word", "slt")])),
            unknown,
            ("'slt'", "did you mean 'slot'"),
        ),
        "reads: twice the same": (lambda w: made(reads=["word", "word"]), network, ("'word'", "once")),
        "reads: an array without axes": (lambda w: made(reads=np.array("word")), network, ("list of buffers",)),
        "channels: an array without axes": (lambda w: made(gates=np.array("skip")), network, ("list of names",)),
        "conjunction: of one": (lambda w: conjunction("word"), network, ("'word'", "two different")),
        "conjunction: of none": (lambda w: conjunction(), network, ("two different",)),
        "conjunction: twice the same": (lambda w: conjunction("word", "word"), network, ("two different",)),
        "conjunction: lists": (lambda w: conjunction(["word"], ["slot"]), network, ("['word']", "name buffers")),
        "conjunction: numbers": (lambda w: conjunction(1, 2), network, ("(1, 2)", "name buffers")),
        "conjunction: no units": (lambda w: conjunction("a", "b", units=0), argument, ("units", "at least 1")),
        "channels: none": (lambda w: made(gates=[]), network, ("no channels", "at least one")),
        "channels: one string": (lambda w: made(gates="skip"), network, ("'skip'", "list")),
        "channels: numbers": (lambda w: made(gates=[1]), network, ("channel 1", "name")),
        "channels: blank": (lambda w: made(gates=[" "]), network, ("' '", "name")),
        "channels: a switch": (lambda w: made(gates=["choose"]), network, ("'choose'", "switch", "another name")),
        "channels: twice": (lambda w: made(gates=["a", "b", "a"]), network, ("'a'", "twice")),
        "choose: both": (lambda w: ab.choose("s", gates=["a"], one_of=["a", "b"]), program, ("gates=", "one_of=")),
        "choose: neither": (lambda w: ab.choose("s"), program, ("gates=", "one_of=")),
        "choose: one of one": (lambda w: ab.choose("s", one_of=["a"]), program, ("one_of=", "two or more")),
        "choose: no program": (lambda w: ab.choose("s", gates={"skip": 3}), program, ("'skip'", "3", "hold()")),
        "choose: the name of a program": (
            lambda w: ab.choose("s", one_of={"skip": "skip", "word->slot": CHOOSE}),
            program,
            ("'skip' is 'skip'", "one instruction", "hold(), which leaves all as it is"),
        ),
        "choose: an empty program": (
            lambda w: ab.choose("s", one_of={"skip": ab.Program(), "word->slot": CHOOSE}),
            program,
            ("'skip' is empty", "at least one instruction", "hold(), which leaves all as it is"),
        ),
        "choose: greedy": (lambda w: ab.choose("s", gates=["a"], greedy=1), argument, ("greedy", "True or False")),
        "choose: by a number": (lambda w: ab.choose(3, gates=["a"]), program, ("3", "name")),
        "choose: by none here": (lambda w: ran(w.plain, CHOOSE), unknown, ("'striatum'", "no basal ganglia")),
        "choose: by others": (
            lambda w: ran(w.network, ab.choose("striatm", gates=["skip"])),
            unknown,
            ("did you mean 'striatum'",),
        ),
        "choose: by a memory": (
            lambda w: ran(w.memory, ab.choose(w.memory.areas[0], gates=["skip"])),
            unknown,
            ("'memory'", "no basal ganglia"),
        ),
        "choose: unknown channel": (
            lambda w: ran(w.network, ab.choose("striatum", gates=["skp"])),
            unknown,
            ("channel of 'striatum' 'skp'", "did you mean 'skip'"),
        ),
        "choose: no gate": (lambda w: ran(w.network, ab.choose("striatum", gates=["skip"])), unknown, ("'skip'",)),
        "choose: a relay that is not there": (
            lambda w: ran(w.odd, ab.choose("striatum", gates=["word->nowhere"])),
            unknown,
            ("'word->nowhere'",),
        ),
        "choose: a latch": (
            lambda w: ran(w.odd, ab.choose("striatum", gates=["word"])),
            program,
            ("'word', a latch", "only relays"),
        ),
        "choose: a gate of an area": (
            lambda w: ran(w.odd, ab.choose("striatum", one_of=["word->striatum", "word->slot"])),
            program,
            ("'word->striatum', a read", "only relays"),
        ),
        "choose: no key": (lambda w: ran(w.network, CHOOSE, key=None), argument, ("striatum:sample", "key=")),
        "choose: keys for others": (
            lambda w: ran(w.network, CHOOSE, state=w.network.silent(2), key=jax.random.split(KEY, 3)),
            argument,
            ("3 trials", "key="),
        ),
        "choose: no key for a stuck gate": (
            lambda w: ran(w.network, ab.hold(), key=None, stuck={"striatum:sample": 1.0}),
            argument,
            ("striatum:sample", "key="),
        ),
        "choose: simulate without keys": (
            lambda w: ab.simulate(w.network, CHOOSE.compile(w.network), w.network.silent(2)),
            argument,
            ("striatum:sample", "keys="),
        ),
        "choose: tick without key": (
            lambda w: ab.tick(w.network, w.network.silent(2), ["striatum:choose", "striatum:sample"]),
            argument,
            ("striatum:sample", "key="),
        ),
        "choose: step without key": (
            lambda w: ab.step(w.network, w.network.silent(2), w.network.gating()),
            argument,
            ("striatum:sample", "key="),
        ),
        "choose: again, while others wait": (
            lambda w: ab.choose("striatum", gates={"skip": ab.repeat(2, CHOOSE), "word->slot": ab.hold()}),
            program,
            ("'skip'", "'striatum' choose again", "come last", "one_of="),
        ),
        "rules: no symbols": (
            lambda w: gating.rules(w.network, w.network.silent(), "striatum", symbols={"word": []}),
            argument,
            ("symbols of 'word' is empty", "one at least"),
        ),
        "choices: not recorded": (
            lambda w: ran(w.network, CHOOSE).choices["striatum"],
            argument,
            ("'striatum'", 'record="decoded"'),
        ),
        "choices: not recorded, and unknown": (
            lambda w: ran(w.network, CHOOSE).choices["striatm"],
            unknown,
            ("did you mean 'striatum'",),
        ),
        "choices: unknown": (
            lambda w: ran(w.network, CHOOSE, record="decoded").choices["striatm"],
            unknown,
            ("did you mean 'striatum'",),
        ),
        "choices: of a network that makes none": (
            lambda w: ran(w.plain, ab.hold(), record="decoded").choices["striatum"],
            unknown,
            ("'striatum'", "no basal ganglia"),
        ),
        "chosen: a number": (lambda w: ab.chosen("striatum", 3), program, ("channel is 3", "name")),
        "chosen: by a number": (lambda w: ab.chosen(3, "skip"), program, ("3", "name")),
        "chosen: unknown": (
            lambda w: ran(w.network, ab.when(ab.chosen("striatum", "skp"), ab.hold())),
            unknown,
            ("did you mean 'skip'",),
        ),
        "reward: no condition": (lambda w: ab.reward(when=3), program, ("3", "condition", "chosen()")),
        "reward: to nobody": (lambda w: ran(w.plain, ab.reward()), program, ("reward(1)", "BasalGanglia")),
        "reward: through unknown": (lambda w: ran(w.network, ab.reward(through="q")), unknown, ("'q'", "'striatum'")),
        "reward: through a number": (lambda w: ab.reward(through=3), program, ("3", "name")),
        "next_reward: to nobody": (lambda w: ran(w.plain, ab.next_reward()), program, ("BasalGanglia",)),
        "next_reward: none given": (lambda w: ran(w.network, ab.next_reward()), argument, ("stimuli=", "'striatum'")),
        "next_reward: none for one of two": (
            lambda w: ran(w.two, ab.next_reward(), stimuli={"striatum": [1.0]}),
            argument,
            ("stimuli=", "'other area'"),
        ),
        "next_reward: for other trials": (
            lambda w: ran(w.network, ab.next_reward(), state=w.network.silent(3), stimuli={"striatum": [1, 2]}),
            argument,
            ("2 trials", "3 trials"),
        ),
        "next_reward: for nobody": (
            lambda w: ran(w.network, ab.next_reward(), stimuli={"striatm": [1]}),
            unknown,
            ("did you mean 'striatum'",),
        ),
        "begin_episode: unknown": (lambda w: ran(w.network, ab.begin_episode("q")), unknown, ("'q'", "'striatum'")),
        "begin_episode: a number": (lambda w: ab.begin_episode(3), program, ("3", "name")),
    }
    for setting in ("trace", "forget"):
        call = _with(lambda value, setting=setting: made(**{setting: value}))
        rows |= spread(setting, call, NOT_FRACTIONS, argument)
    for setting in ("rate", "explore"):
        call = _with(lambda value, setting=setting: made(**{setting: value}))
        rows |= spread(setting, call, NOT_SIZES, argument)
    for setting in ("rate", "discount"):
        call = _with(lambda value, setting=setting: gating.Critic(**{setting: value}))
        rows |= spread(f"{setting} of the critic", call, NOT_FRACTIONS, argument)
    rows |= spread("amount", _with(ab.reward), NOT_AMOUNTS, argument)
    rows |= spread("gates", _with(lambda value: ab.choose("striatum", gates=value)), NOT_CHANNELS, program)
    rows |= spread("one_of", _with(lambda value: ab.choose("striatum", one_of=value)), NOT_CHANNELS, program)

    def reward(w: SimpleNamespace, value: Any) -> ab.Trace:
        return ran(w.network, ab.next_reward(), stimuli={"striatum": value})

    return rows | spread("rewards", reward, NOT_REWARDS, argument)


def _with(call: Any) -> Any:
    """The call as `spread` takes it: with what all calls share, which is nothing here."""
    return lambda _, value: call(value)


CALLS = calls()


if __name__ == "__main__":
    print_raised(CALLS, prepare())
