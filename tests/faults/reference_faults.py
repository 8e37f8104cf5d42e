"""Faults of the reference machine, which `check_binding` is to find: the network is sound, its meaning is wrong."""

from fault import Fault

_WHEN = "self._run((then if answer else otherwise).statements)"
_REPEAT = "for _ in range(times):"
_LIMIT = "if rounds == limit:"
_RECALLED = "boxes[buffer] = slip.get(buffer)"
_MATCHES = "if all(self.boxes[buffer] is not None and slip.get(buffer) == self.boxes[buffer] for buffer in cue)"
_CONTEXT = "self._context[memory] = max(numbers, default=0)"


def _fault(name: str, right: str, wrong: str) -> Fault:
    return Fault(name, "attractorbind.testing._reference", right, wrong)


REFERENCE_FAULTS = [
    _fault("older: off by one", "number < self._context[memory] or", "number <= self._context[memory] or"),
    _fault("older: ignored", "number < self._context[memory] or not older", "True or older"),
    _fault("recall: the oldest match", _CONTEXT, "self._context[memory] = min(numbers, default=0)"),
    _fault("recall: sets no context", _CONTEXT, "return max(numbers, default=0)"),
    _fault(
        "recall: keeps the context if nothing is found",
        _CONTEXT + "\n        return self._context[memory]",
        "self._context[memory] = max([*numbers], default=self._context[memory])\n"
        "        return max(numbers, default=0)",
    ),
    _fault(
        "recall: into= is ignored",
        "for buffer in into or [buffer for",
        "for buffer in [buffer for",
    ),
    _fault("recall: what is not in the snapshot stays", _RECALLED, "boxes[buffer] = slip.get(buffer, boxes[buffer])"),
    _fault(
        "recall: an empty buffer of a snapshot stays", _RECALLED, "boxes[buffer] = slip.get(buffer) or boxes[buffer]"
    ),
    _fault("recall: any buffer of the cue agrees", _MATCHES, _MATCHES.replace("if all(", "if any(")),
    _fault("recall: only the first buffer of the cue agrees", _MATCHES, _MATCHES.replace("in cue)", "in cue[:1])")),
    _fault(
        "recall: nothing agrees with nothing", _MATCHES, _MATCHES.replace("self.boxes[buffer] is not None and ", "")
    ),
    _fault("forget: does nothing", "self.slips[memory].pop(self._found(", "self.slips[memory].get(self._found("),
    _fault(
        "forget: older is ignored",
        'self._found("forget", memory, cue, older)',
        'self._found("forget", memory, cue, False)',
    ),
    _fault(
        "forget: the oldest of all",
        'self.slips[memory].pop(self._found("forget", memory, cue, older), None)',
        'self.slips[memory].pop(self._found("forget", memory, cue, older) and min(self.slips[memory]), None)',
    ),
    _fault("store: a full memory drops the newest", "del slips[min(slips)]", "del slips[max(slips)]"),
    _fault("store: a full memory keeps all", "if full:", "if False:"),
    _fault("store: a full memory takes no more", "slips[number] = {", "slips[number] = {} if full else {"),
    _fault(
        "store: room for one less",
        "full = len(slips) == self._capacity[memory]",
        "full = len(slips) == self._capacity[memory] - 1",
    ),
    _fault(
        "store: a buffer as it was before the last instruction",
        "slips[number] = {buffer: self.boxes[buffer] for buffer in buffers}",
        "slips[number] = {b: (self.moments[-2].boxes if self.moments[1:] else self.boxes)[b] for b in buffers}",
    ),
    _fault(
        "store: all buffers, whichever are named",
        "slips[number] = {buffer: self.boxes[buffer] for buffer in buffers}",
        "slips[number] = {b: self.boxes[b] for b in buffers_of(self.wiring, memory)}",
    ),
    _fault("store: sets no context", "number = self._context[memory] = self._stored", "number = self._stored"),
    _fault(
        "copy: not through others", "self.wiring.chain(source, target)[1:]:", "self.wiring.chain(source, target)[-1:]:"
    ),
    _fault(
        "copy: takes the source away",
        "self.boxes[buffer] = self.boxes[source]",
        "self.boxes[buffer] = self.boxes[source]\n        self.boxes[source] = None",
    ),
    _fault("move: leaves the source", "boxes[source] = None", "pass"),
    _fault(
        "swap: one way", "boxes[first], boxes[second] = boxes[second], boxes[first]", "boxes[first] = boxes[second]"
    ),
    _fault("swap through a spare: without the last leg", "(second, first), (via, second)):", "(second, first)):"),
    _fault(
        "swap through a spare: the spare is emptied",
        "                        self._copy(*leg)",
        "                        self._copy(*leg)\n                    boxes[via] = None",
    ),
    _fault(
        "clear: does nothing",
        "            case Clear(buffer):\n                boxes[buffer] = None",
        "            case Clear(buffer):\n                pass",
    ),
    _fault(
        "load: of the argument that comes first",
        "return self.args[symbol.name] if",
        "return next(iter(self.args.values())) if",
    ),
    _fault(
        "read: what is held stays when the input has ended",
        "self.inputs.pop(0) if self.inputs else None",
        "self.inputs.pop(0) if self.inputs else boxes[buffer]",
    ),
    _fault("read: the last comes first", "self.inputs.pop(0) if", "self.inputs.pop() if"),
    _fault(
        "read: after eight comes the last again",
        "self.inputs.pop(0) if self.inputs else None",
        "(self.inputs.pop(0) if self.inputs[1:] or self.ticks % 2 else self.inputs[0]) if self.inputs else None",
    ),
    _fault(
        "emit: nothing for an empty buffer",
        "self.outputs.append(boxes[buffer])",
        "self.outputs.extend([boxes[buffer]] if boxes[buffer] else [])",
    ),
    _fault("emit: twice", "self.outputs.append(boxes[buffer])", "self.outputs.extend([boxes[buffer]] * 2)"),
    _fault(
        "equal: two empty buffers are",
        "return self.boxes[first] is not None and self.boxes[first] ==",
        "return self.boxes[first] ==",
    ),
    _fault(
        "equal: two that hold something are",
        "self.boxes[first] == self.boxes[second]",
        "self.boxes[second] is not None",
    ),
    _fault(
        "holds: an empty buffer does",
        "return self.boxes[buffer] == self._name(symbol)",
        "return self.boxes[buffer] in (None, self._name(symbol))",
    ),
    _fault("empty: the other way round", "return self.boxes[buffer] is not None", "return self.boxes[buffer] is None"),
    _fault("~ is ignored", "return not self._answer(inner, settle)", "return self._answer(inner, settle)"),
    _fault(
        "&: the first alone",
        "return self._answer(first, settle) and self._answer(second, settle=False)",
        "return self._answer(first, settle)",
    ),
    _fault(
        "|: the first alone",
        "return self._answer(first, settle) or self._answer(second, settle=False)",
        "return self._answer(first, settle)",
    ),
    _fault(
        "|: exclusive",
        "return self._answer(first, settle) or self._answer(second, settle=False)",
        "return self._answer(first, settle) != self._answer(second, settle=False)",
    ),
    _fault("when: always the first", _WHEN, "self._run(then.statements)"),
    _fault("when: nothing otherwise", _WHEN, "self._run(then.statements if answer else ())"),
    _fault(
        "when: a statement skipped in an else three deep",
        _WHEN,
        "runs = [frame.function for frame in __import__('inspect').stack(0)].count('_run')\n"
        "                    self._run(then.statements if answer else otherwise.statements[runs > 2 :])",
    ),
    _fault("repeat: once less", _REPEAT, "for _ in range(times - 1):"),
    _fault("repeat: once more", _REPEAT, "for _ in range(times + 1):"),
    _fault(
        "repeat: an inner counter is not reset",
        _REPEAT,
        "for _ in range(self.__dict__.pop(id(statement), times)):\n"
        "                        self.__dict__[id(statement)] = 0",
    ),
    _fault("repeat: never means once", _REPEAT, "for _ in range(max(1, times)):"),
    _fault("until: a round more than the limit", _LIMIT, "if rounds == limit + 1:"),
    _fault("until: a round less than the limit", _LIMIT, "if rounds >= (limit or 1) - 1:"),
    _fault(
        "until: asks after the first round",
        "rounds = 0\n",
        "rounds = 0\n                    self._run(body.statements)\n",
    ),
    _fault(
        "until: goes on after the limit",
        'self._count("until", "limit")\n                            raise _LimitReachedError',
        'self._count("until", "limit")\n                            break',
    ),
    _fault(
        "procedure: without its last statement",
        "self._run(body.statements)\n                case When",
        "self._run(body.statements[:-1] or body.statements)\n                case When",
    ),
]
