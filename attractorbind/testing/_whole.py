"""The check of everything about a network that there is a check for, and a table of what was tried."""

from collections.abc import Callable

from attractorbind._keys import Rate
from attractorbind._network import Network, check_network as check_is_network
from attractorbind._table import aligned
from attractorbind.testing._binding import binding_tried
from attractorbind.testing._check_error import CheckError, Failing
from attractorbind.testing._network_checks import check_capacity, check_isolation


def check_network(
    network: Network,
    *,
    max_examples: int = 100,
    noise: Rate = 0.0,
    leak: float = 0.0,
    error_rate: float = 0.0,
    seed: int = 0,
) -> None:
    """Check that buffers are isolated, that all symbols are held and copied, and that programs do what they mean.

    It runs `check_isolation`, `check_capacity` and `check_binding`, all of them whatever the first ones find, and
    prints what was tried and found.

    **Arguments:**

    - `network`: the network.
    - `max_examples`: how many programs.
    - `noise`: probability that a unit's output flips, a tick, in capacity and binding.
    - `leak`: conductance of a closed gate, in binding.
    - `error_rate`: the fraction of the programs' trials that may go wrong; by default none.
    - `seed`: of programs, states and noise.

    **Raises:** `CheckError` with the text of every check that fails.

    **Example:**

        >>> import attractorbind as ab, jax
        >>> from attractorbind.testing import check_network
        >>> network = ab.build(ab.Vocabulary(["dog", "cat"]), buffers={"focus": 128, "agent": 128}, activity=0.1,
        ...     rule=ab.PseudoInverse(), key=jax.random.key(0))
        >>> check_network(network, max_examples=5)
        check      tried                                                found
        isolation  each of 2 buffers with 4 states of another, 8 ticks  nothing
        capacity   4 times each of 2 symbols in 2 latches and 2 relays  nothing
        binding    11 programs, 44 trials; 23 kinds of outcome          nothing
    """
    check_is_network(network)
    buffers, symbols = len(network.buffers), len(network.vocabulary.names)
    relays = sum(gate.kind == "relay" for gate in network.wiring.pathways)
    rows, failures = [("check", "tried", "found")], []
    run: list[Failing] = []

    def attempt(name: str, tried: str, check: Callable[[], str | None]) -> None:
        found = "nothing"
        try:
            tried = check() or tried
        except CheckError as error:
            failures.append(str(error))
            run.extend([error.failing] if error.failing else [])
            found = f"a fault, no. {len(failures)} below"
        rows.append((name, tried, found))

    attempt(
        "isolation",
        f"each of {buffers} buffers with {symbols + 2} states of another, 8 ticks",
        lambda: check_isolation(network, seed=seed),
    )
    attempt(
        "capacity",
        f"4 times each of {symbols} symbols in {buffers} latches and {relays} relays",
        lambda: check_capacity(network, noise=noise, seed=seed),
    )

    def check_programs() -> str:
        how = {"noise": noise, "leak": leak, "error_rate": error_rate, "seed": seed}
        tried = binding_tried(network, max_examples=max_examples, programs=None, **how)
        wrong = f", {tried.wrong} wrong" if tried.wrong else ""
        return f"{tried.programs} programs, {tried.trials} trials{wrong}; {len(tried.covered)} kinds of outcome"

    attempt("binding", f"up to {max_examples} programs", check_programs)
    print("\n".join(aligned(rows, right=())))
    if failures:
        raise CheckError("\n\n".join(failures), next(iter(run), None))
