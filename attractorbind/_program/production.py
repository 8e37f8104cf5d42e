"""Production rules: what to do when the buffers match, and the cycle that matches them."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_

from attractorbind._errors import ProgramError
from attractorbind._program.condition import Condition, check_condition
from attractorbind._program.control import check_body, until, when
from attractorbind._program.program import Program


@dataclass(frozen=True)
class Production:
    """A production rule, made by `production`: a condition on the buffers, and a program."""

    when: Condition
    then: Program


def production(*, when: Condition, then: Program) -> Production:
    """A production rule: when the buffers match, run a program. Variables are bound by comparing and copying.

    **Arguments:**

    - `when`: the condition, from `equal`, `holds` and `empty`, joined by `~ & |`.
    - `then`: the program. It should undo the condition, or the rule fires again.

    **Returns:** a `Production`, for `cycle`.

    **Reference:** Hayworth 2012, for ACT-R's production rules as gating; Anderson 2007, "How can the human mind occur
    in the physical universe?", for ACT-R.
    """
    return Production(check_condition(when), check_body("then", then))


def cycle(productions: Sequence[Production], *, limit: int | None = None) -> Program:
    """Fire the first production that matches, again and again, until none matches.

    Conflicts are resolved by order: of several that match, the first in the list fires. In other words, until no
    condition holds, run `when(first.when, first.then, when(second.when, ...))`.

    **Arguments:**

    - `productions`: the rules, in order of precedence.
    - `limit`: how many may fire at the most; a trial in which a rule matches even then ends with `Result.LIMIT`.

    **Example:** if the goal asks for what a fact tells, answer; a variable, the subject, is bound by comparing.

        >>> import attractorbind as ab, jax
        >>> names = ["goal.subject", "fact.subject", "fact.object", "answer"]
        >>> network = ab.build(ab.Vocabulary(["mary", "john", "garden"]), buffers=dict.fromkeys(names, 64),
        ...     relays=[("goal.subject", "fact.subject"), ("fact.object", "answer")], activity=0.1,
        ...     rule=ab.PseudoInverse(), key=jax.random.key(0))
        >>> tell = ab.production(when=ab.equal("goal.subject", "fact.subject") & ab.empty("answer"),
        ...     then=ab.copy("fact.object", "answer"))
        >>> program = (ab.load("fact.subject", "mary") + ab.load("fact.object", "garden")
        ...     + ab.load("goal.subject", ab.arg("who")) + ab.cycle([tell], limit=3))
        >>> ab.run(network, program, args={"who": ["mary", "john"]}).decode()["answer"]
        ['garden', None]
    """
    if not isinstance(productions, Sequence):
        raise ProgramError(f"productions is {productions!r}; give a list of productions")
    rules = list(productions)
    for rule in rules:
        if not isinstance(rule, Production):
            raise ProgramError(f"{rule!r} is not a production; make it with production(when=..., then=...)")
    if not rules:
        raise ProgramError("a cycle needs at least one production; make it with production(when=..., then=...)")
    first_match = Program()
    for rule in reversed(rules):
        first_match = when(rule.when, rule.then, first_match)
    return until(~reduce(or_, (rule.when for rule in rules)), first_match, limit=limit)
