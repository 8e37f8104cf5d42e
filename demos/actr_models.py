"""Models of ACT-R on a network of neurons, beside pyactr in the same run where it is installed (extra `bench`).

Runs the model files in demos/actr for many problems each, as one batch, and tells for how many of them the same rules
fire at the same times as in pyactr, a symbolic ACT-R, and how many answers are right.

    python demos/actr_models.py [--problems 20] [--noise 0.01]
"""

import argparse
import importlib
import itertools
import json
import time
from pathlib import Path
from typing import Any

import jax

from attractorbind import actr

FILES = Path(__file__).parent / "actr"
THINGS = ["canary", "ostrich", "shark", "salmon", "bird", "fish", "animal", "thing"]
# In seconds: pyactr has no limit of its own.
LONGEST = 5.0
Firings = list[tuple[str, float]]
Goal = dict[str, str]


def problems() -> dict[str, list[Goal]]:
    """The goals of each model."""
    pairs = [((37 * number) % 100, (61 * number + 7) % 100) for number in range(200)]
    digits = ("ten1", "one1", "ten2", "one2")
    return {
        "count": [{"from": str(a), "to": str(b)} for a in range(10) for b in range(a, 10)],
        "addition": [{"first": str(a), "second": str(b)} for a in range(11) for b in range(11 - a)],
        "semantic": [{"thing": thing, "category": kind} for thing, kind in itertools.product(THINGS, THINGS)],
        "columns": [dict(zip(digits, f"{a:02d}{b:02d}", strict=True)) for a, b in pairs],
    }


def is_right(name: str, goal: Goal, lines: list[str]) -> bool:
    """Whether what a model puts out is the answer."""
    match name:
        case "count":
            return lines == [str(n) for n in range(int(goal["from"]), int(goal["to"]) + 1)]
        case "addition":
            return lines == [str(int(goal["first"]) + int(goal["second"]))]
        case "columns":
            total = int(goal["ten1"] + goal["one1"]) + int(goal["ten2"] + goal["one2"])
            return lines == [" ".join(f"{total:03d}")]
    kinds = {"canary": "bird", "ostrich": "bird", "shark": "fish", "salmon": "fish"}
    kinds |= {"bird": "animal", "fish": "animal", "animal": "thing"}
    thing: str | None = kinds.get(goal["thing"])
    while thing is not None and thing != goal["category"]:
        thing = kinds.get(thing)
    return lines == ["no" if thing is None else "yes"]


def value_text(value: str | None) -> str:
    """A value as pyactr writes it."""
    if value is None:
        return "None"
    return value if value.startswith("=") else f'"{value}"'


def production_text(rule: actr.Rule) -> str:
    """A rule as pyactr writes it; all chunks are of one type, as types are not tested."""
    lines = []
    for match in rule.matches:
        lines += [f"={match.buffer}>", "isa thing"]
        for test in match.of_slots:
            lines.append(f"{named(test.slot)} {'~' if test.relation == '-' else ''}{value_text(test.value)}")
    for query in rule.queries:
        answer = "state error" if query.value == "failure" else f"{query.what} {query.value}"
        lines += [f"?{query.buffer}>", answer]
    lines.append("==>")
    for action in rule.changes:
        if isinstance(action, actr.Clear):
            lines.append(f"~{'g' if action.buffer == 'goal' else action.buffer}>")
            continue
        if isinstance(action, actr.Request):
            # In ACT-R a request empties the buffer, in pyactr it does so where it is told.
            lines.append(f"~{action.buffer}>")
        lines += [f"{'+' if isinstance(action, actr.Request) else '='}{action.buffer}>", "isa thing"]
        lines += [f"{named(slot)} {value_text(value)}" for slot, value in action.values]
    return "\n".join(lines).replace("=goal>", "=g>").replace("?goal>", "?g>").replace("+goal>", "+g>")


def named(slot: str) -> str:
    """A slot's name as pyactr takes it."""
    return "slot" + slot.replace("-", "_")


def parameters(settings: actr.Settings) -> dict[str, Any]:
    """A model's settings as pyactr takes them."""
    told: dict[str, Any] = {"rule_firing": settings.firing, "strict_harvesting": True, "subsymbolic": False}
    own = settings.activation
    if own is None:
        return told  # and a retrieval takes 50 ms, as :lf .05 says in the files
    buffers = {"g" if buffer == "goal" else buffer: weight for buffer, weight in own.sources.items()}
    return told | {
        "subsymbolic": True,
        "latency_factor": settings.latency_factor,
        "latency_exponent": settings.latency_exponent,
        "retrieval_threshold": settings.threshold,
        "baselevel_learning": own.decay is not None,
        "decay": own.decay or 0.5,
        "optimized_learning": own.optimized,
        "buffer_spreading_activation": {} if own.strength is None else buffers,
        "strength_of_association": own.strength or 0.0,
        "association_only_from_chunks": False,
        "partial_matching": own.mismatch is not None,
        "mismatch_penalty": own.mismatch or 0.0,
        "instantaneous_noise": own.noise,
    }


def by_pyactr(pyactr: Any, model: actr.Model, goal: Goal) -> Firings:
    """The rules that fire in pyactr, with their times."""
    symbolic = pyactr.ACTRModel(**parameters(model.settings))
    chunks = [dict(chunk.values) for chunk in (*model.chunks, *([model.goal] if model.goal else []))]
    named_by_rules = [slot for rule in model.rules for _, slot in rule.slots()]
    slots = dict.fromkeys([*(slot for chunk in chunks for slot in chunk), *named_by_rules])
    pyactr.chunktype("thing", tuple(map(named, slots)))

    def chunk(values: dict[str, str | None]) -> Any:
        held = {named(slot): value for slot, value in values.items() if value is not None}
        return pyactr.makechunk("", "thing", **held)

    for fact in model.chunks:
        symbolic.decmem.add(chunk(dict(fact.values)))
    symbolic.set_goal("g").add(chunk({**(dict(model.goal.values) if model.goal else {}), **goal}))
    for rule in model.rules:
        symbolic.productionstring(name=rule.name, string=production_text(rule))
    simulation = symbolic.simulation(gui=False, trace=False)
    fired: Firings = []
    while True:
        try:
            simulation.step()
        except Exception:  # pyactr has nothing left to do, and says so by simpy's error
            return fired
        event = simulation.current_event
        if event.proc == "PROCEDURAL" and "RULE FIRED" in event.action:
            fired.append((event.action.split(": ")[1], round(event.time, 3)))
        if event.time > LONGEST:
            return fired


def packed(firings: list[Firings]) -> dict[str, Any]:
    """Firings in little room: the rules' names, and for each problem their numbers with milliseconds."""
    names = sorted({name for fired in firings for name, _ in fired})
    numbers = [[[names.index(name), round(1000 * seconds)] for name, seconds in fired] for fired in firings]
    return {"rules": names, "firings": [" ".join(f"{rule}@{ms}" for rule, ms in fired) for fired in numbers]}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("--problems", type=int, default=0, help="of each model the first so many; 0 for all")
    parser.add_argument("--noise", type=float, default=0.0, help="probability that a unit flips at a tick")
    parser.add_argument("--record", type=Path, help="a file for pyactr's firings, as JSON")
    told = parser.parse_args()
    try:
        pyactr: Any = importlib.import_module("pyactr")
    except ImportError:
        pyactr = None
        print("pyactr is not installed (extra bench): the network runs alone")
    recorded = {}
    for name, goals in problems().items():
        goals = goals[: told.problems or None]
        model = actr.read(FILES / f"{name}.lisp")
        network = model.network(key=jax.random.key(0))
        began = time.perf_counter()
        run = actr.run(model, network, goals, noise=told.noise, key=jax.random.key(1), limit=100)
        took = time.perf_counter() - began
        right = sum(is_right(name, goal, run.lines(trial)) for trial, goal in enumerate(goals))
        line = f"{name:9} {len(goals):4} problems, {right} right, {len(network.buffers)} buffers, {took:.1f} s"
        if pyactr is not None:
            fired = [[(f.production, round(f.time, 3)) for f in run.firings(trial)] for trial in range(len(goals))]
            symbolic = [by_pyactr(pyactr, model, goal) for goal in goals]
            recorded[name] = symbolic
            same = [own == other for own, other in zip(fired, symbolic, strict=True)]
            line += f"; firings and times as in pyactr: {sum(same)} of {len(goals)}"
            if not all(same):
                trial = same.index(False)
                line += f"\n  first difference, {goals[trial]}:"
                line += f"\n  network {fired[trial][:9]}\n  pyactr  {symbolic[trial][:9]}"
        print(line, flush=True)
    if told.record and recorded:
        told.record.write_text(json.dumps({name: packed(fired) for name, fired in recorded.items()}) + "\n")


if __name__ == "__main__":
    main()
