"""Production rules: what to do when the buffers match, and the cycle that matches them."""

from collections.abc import Mapping, Sequence

from attractorbind._area.base import AbstractArea
from attractorbind._checks import check_count
from attractorbind._errors import ProgramError
from attractorbind._program.choosing import area_name
from attractorbind._program.condition import Condition, check_condition
from attractorbind._program.control import check_body
from attractorbind._program.firing import Contest, Cycle, Production, named
from attractorbind._program.program import Program


def production(
    *unnamed: object, when: Condition | None = None, then: Program | None = None, name: str | None = None
) -> Production:
    """A production rule: when the buffers match, run a program. Variables are bound by comparing and copying.

    **Arguments:** all by name.

    - `when`: the condition, from `equal`, `holds` and `empty`, joined by `~ & |`.
    - `then`: the program. It should undo the condition, or the rule fires again.
    - `name`: by which `Trace.firings` and tables tell of it. In a cycle, a rule without a name has its number, from
        "rule 1", or that of its channel.

    **Returns:** a `Production`, for `cycle`.

    **Reference:** Hayworth 2012, for ACT-R's production rules as gating; Anderson 2007, "How can the human mind occur
    in the physical universe?", for ACT-R.
    """
    if unnamed:
        raise ProgramError(
            f"production takes no {unnamed[0]!r}, but production(when=condition, then=program): name both"
        )
    if name is not None and (not isinstance(name, str) or not name):
        raise ProgramError(f"the name of a production is {name!r}; give a text, or leave it out")
    return Production(check_condition(when), check_body("then", then), name)


def cycle(
    productions: Sequence[Production] | Mapping[str, Production],
    *,
    limit: int | None = None,
    by: str | AbstractArea | None = None,
) -> Program:
    """Fire a production that matches, again and again, until none matches.

    Conflicts are resolved by order: of several that match, the first in the list fires. Or they are resolved by what
    basal ganglia have learned: each rule that matches is offered as a channel, and one of those offered is chosen.
    Conditions are read once before each firing, in the order of the rules; by order, no further than the first that
    matches. `Trace.firings` tells which rule fired when.

    **Arguments:**

    - `productions`: the rules, in order of precedence; or, with `by`, a mapping from channels to rules.
    - `limit`: how many may fire at the most; a trial in which a rule matches even then ends with `Result.LIMIT`.
    - `by`: basal ganglia, or their name, that choose among the rules that match.

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
    if not isinstance(productions, Sequence if by is None else Mapping):
        told = "a list of productions" if by is None else "a mapping from the channels of by= to productions"
        raise ProgramError(f"productions is {productions!r}; give {told}")
    rules = list(productions.values() if isinstance(productions, Mapping) else productions)
    for rule in rules:
        if not isinstance(rule, Production):
            raise ProgramError(f"{rule!r} is not a production; make it with production(when=..., then=...)")
    if not rules:
        raise ProgramError("a cycle needs at least one production; make it with production(when=..., then=...)")
    most = _check_limit(limit)
    if by is not None and isinstance(productions, Mapping):
        channels = {str(channel): rule for channel, rule in productions.items()}
        return Program((Contest(area_name(by), tuple(named(channels).items()), most),))
    numbered = {f"rule {number}": rule for number, rule in enumerate(rules, 1)}
    return Program((Cycle(tuple(named(numbered).values()), most),))


def _check_limit(limit: object) -> int:
    if limit is None:
        raise ProgramError("cycle() has no limit; give limit=, the number of firings after which a trial gives up")
    return check_count("limit", limit, least=0)
