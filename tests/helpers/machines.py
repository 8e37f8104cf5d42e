"""Programs with branches, loops and streams, as nested tuples, on two machines: names in boxes, and plain NumPy.

Beside the instructions of `oracle` there are, with programs as lists of tuples inside them:

    ("when", condition, then, otherwise)   ("repeat", n, body)   ("until", condition, body, limit)
    ("read", buffer)   ("emit", buffer)
    ("store", memory, buffers)   ("recall", memory, cue, into, older)   ("forget", memory, cue, older)

and conditions ("equal", a, b), ("holds", buffer, symbol), ("empty", buffer), ("not", c), ("and", c, d), ("or", c, d).
Neither machine knows of addresses or jumps: they walk through the tuples.
"""

import examples
import oracle

import attractorbind as ab


class LimitError(Exception):
    """An ("until", ...) has gone round as often as it may."""


def program(instructions: list[tuple]) -> ab.Program:
    """The tuples as a program of the library."""
    whole = ab.Program()
    for name, *operands in instructions:
        match name:
            case "when":
                asked, then, otherwise = operands
                whole += ab.when(condition(asked), program(then), program(otherwise))
            case "repeat":
                whole += ab.repeat(operands[0], program(operands[1]))
            case "until":
                asked, body, limit = operands
                whole += ab.until(condition(asked), program(body), limit=limit)
            case "read" | "emit":
                whole += getattr(ab, name)(*operands)
            case "store":
                whole += ab.store(*operands)
            case "recall":
                memory, cue, into, older = operands
                whole += ab.recall(memory, cue, into=into, older=older)
            case "forget":
                memory, cue, older = operands
                whole += ab.forget(memory, cue, older=older)
            case _:
                whole += examples.program([(name, *operands)])
    return whole


def condition(asked: tuple) -> ab.Condition:
    name, *operands = asked
    match name:
        case "not":
            return ~condition(operands[0])
        case "and":
            return condition(operands[0]) & condition(operands[1])
        case "or":
            return condition(operands[0]) | condition(operands[1])
        case _:
            return getattr(ab, name)(*operands)


class Machine:
    """Walks through a program; what an instruction and a question do is left to the two kinds of it."""

    def __init__(self, net: oracle.Plain, inputs: list[str]) -> None:
        self.net = net
        self.inputs = list(inputs)
        self.outputs: list[str | None] = []

    def run(self, instructions: list[tuple]) -> "Machine":
        for name, *operands in instructions:
            match name:
                case "when":
                    asked, then, otherwise = operands
                    self.run(then if self.answer(asked) else otherwise)
                case "repeat":
                    times, body = operands
                    self.wait()
                    for _ in range(times):
                        self.wait()
                        self.run(body)
                    self.wait()
                case "until":
                    asked, body, limit = operands
                    self.wait()
                    for _ in range(limit):
                        if self.answer(asked):
                            break
                        self.wait()
                        self.run(body)
                    else:
                        if not self.answer(asked):
                            self.wait()
                            raise LimitError
                case "read":
                    self.present(operands[0], self.inputs.pop(0) if self.inputs else None)
                case "emit":
                    self.outputs.append(self.symbol(operands[0]))
                    self.wait()
                case _:
                    self.do((name, *operands))
        return self

    def answer(self, asked: tuple, settle: bool = True) -> bool:
        name, *operands = asked
        match name:
            case "not":
                return not self.answer(operands[0], settle)
            case "and":
                return self.answer(operands[0], settle) and self.answer(operands[1], settle=False)
            case "or":
                return self.answer(operands[0], settle) or self.answer(operands[1], settle=False)
            case _:
                return self.ask(asked, settle)


class NameMachine(Machine):
    """Boxes with a name in each, or with nothing."""

    def __init__(self, net: oracle.Plain, inputs: list[str]) -> None:
        super().__init__(net, inputs)
        self.boxes: dict[str, str | None] = dict.fromkeys(net.buffers)

    def wait(self) -> None:
        pass

    def present(self, box: str, symbol: str | None) -> None:
        self.boxes[box] = symbol

    def symbol(self, box: str) -> str | None:
        return self.boxes[box]

    def ask(self, asked: tuple, settle: bool) -> bool:
        name, first, *others = asked
        held = self.boxes[first]
        if name == "empty":
            return held is None
        if name not in ("equal", "holds"):
            raise ValueError(f"no such condition: {asked}")
        return held is not None and held == (self.boxes[others[0]] if name == "equal" else others[0])

    def do(self, instruction: tuple) -> None:
        name, *operands = instruction
        boxes = self.boxes
        if name == "load":
            boxes[operands[0]] = operands[1]
        elif name == "clear":
            boxes[operands[0]] = None
        elif name in ("copy", "move"):
            for box in oracle.shortest_path(self.net, *operands)[1:]:
                boxes[box] = boxes[operands[0]]
            if name == "move":
                boxes[operands[0]] = None
        elif name == "swap":
            first, second, *via = operands
            if via:
                boxes[via[0]] = boxes[first]
            boxes[first], boxes[second] = boxes[second], boxes[first]
        elif name != "hold":
            raise ValueError(f"no such instruction: {instruction}")


class NumpyMachine(Machine):
    """The network itself in NumPy, tick by tick."""

    def __init__(self, net: oracle.Plain, inputs: list[str], state: dict) -> None:
        super().__init__(net, inputs)
        self.state = state
        self.states: list[dict] = []
        self.openings: dict = {}

    def tick(self, openings: dict, presented: str | None = None, symbol: str | None = None) -> None:
        further = self.further(openings)
        self.state = oracle.advance(self.net, self.state, (openings, presented, symbol), further)
        self.states.append(self.state)
        self.openings = openings

    def further(self, openings: dict) -> dict:
        """What the buffers receive beside, from what a machine may have more of."""
        return {}

    def wait(self) -> None:
        self.tick({})

    def present(self, buffer: str, symbol: str | None) -> None:
        self.tick({buffer: 0.0})
        for _ in range(oracle.delay(self.net, buffer)):
            self.tick({}, buffer if symbol is not None else None, symbol)
        for _ in range(oracle.SETTLE):
            self.wait()

    def symbol(self, buffer: str) -> str | None:
        return oracle.decode(self.net, self.state)[buffer]

    def ask(self, asked: tuple, settle: bool) -> bool:
        for _ in range(oracle.SETTLE if settle else 0):
            self.wait()
        name, buffer, *others = asked
        if name == "holds":
            written = self.net.codes[buffer][self.net.symbols.index(others[0])]
        elif name == "empty":
            written = self.written(buffer)
        elif name != "equal":
            raise ValueError(f"no such condition: {asked}")
        else:
            relay = f"{buffer}->{others[0]}"
            relay = relay if relay in self.net.gates else f"{others[0]}->{buffer}"
            buffer, written = self.net.gates[relay][1], self.written(relay)
        # The correlation exceeds 1/2; in whole numbers, so exact.
        held, units = self.state[buffer], len(written)
        on, other = int(written.sum()), int(held.sum())
        covariance = units * int((written & held).sum()) - on * other
        agrees = covariance > 0 and 4 * covariance**2 > on * (units - on) * other * (units - other)
        self.wait()
        return agrees != (name == "empty")

    def written(self, gate: str):
        """What the pathway of a gate would write on its target, through its nucleus if it has one."""
        here = self.net.gates[gate][0]
        activity = self.state[here]
        for _ in range(oracle.delay(self.net, gate)):
            (link,) = (one for one in self.net.links if one.gate == gate and one.source == here)
            activity, here = activity.astype(float) @ link.weights + link.bias > 0, link.target
        return activity

    def do(self, instruction: tuple) -> None:
        for openings, presented, symbol in oracle.expand(self.net, instruction):
            self.tick(openings, presented, symbol)
