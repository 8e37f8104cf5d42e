"""How long an update of each credit rule takes, beside the bare matrix products that it is made of.

The products are counted in the rule as it is traced: those of a loop as often as the loop turns. Each kind of product
is timed alone, compiled, in the same process and in turns with the update; their times, as often as they occur, are the
reference. The update is that of the rule, without the optimiser, whose own time is told beside it. Medians of rounds.

    python benchmarks/credit.py --sizes 64 256 256 512 --batch 32 128
"""

import argparse
import math
import statistics
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
from recording import record
from tqdm import tqdm

from attractorbind import learning

RULES = {
    "backpropagation": learning.Backpropagation(),
    "feedback alignment": learning.FeedbackAlignment(),
    "feedback alignment, direct": learning.FeedbackAlignment(direct=True),
    "contrastive Hebbian": learning.ContrastiveHebbian(),
    "predictive coding": learning.PredictiveCoding(),
    "node perturbation": learning.NodePerturbation(),
    "weight perturbation": learning.WeightPerturbation(),
    "REINFORCE": learning.Reinforce(),
    "two-compartment": learning.TwoCompartment(spontaneous=0),
    "two-compartment, before and after": learning.TwoCompartment(spontaneous=0, before_and_after=True),
    "burst": learning.Burst(),
    "burst, learned feedback": learning.Burst(learned=True),
}

SEVERAL = 8
# Shapes of the two factors, and the axes of each over which the product sums.
Product = tuple[tuple[int, ...], tuple[int, ...], tuple[tuple[int, ...], tuple[int, ...]]]


def products(jaxpr: Any, times: int = 1) -> Counter[Product]:
    """Every kind of matrix product in a traced function, and how often it is computed."""
    found: Counter[Product] = Counter()
    for equation in jaxpr.eqns:
        if equation.primitive.name == "dot_general":
            left, right = (variable.aval.shape for variable in equation.invars)
            (summed, _) = equation.params["dimension_numbers"]
            if len(left) == len(right) == 2:
                found[(left, right, (tuple(summed[0]), tuple(summed[1])))] += times
        turns = times * equation.params.get("length", 1) if equation.primitive.name == "scan" else times
        for value in equation.params.values():
            inner = getattr(value, "jaxpr", value)
            if hasattr(inner, "eqns"):
                found += products(inner, turns)
    return found


def timed(function: Callable, *arguments: Any) -> float:
    """Seconds of one call of a compiled function."""
    started = time.perf_counter()
    jax.block_until_ready(function(*arguments))
    return time.perf_counter() - started


def row_of(name: str, rule: learning.AbstractCreditRule, sizes: list[int], batch: int, rounds: int) -> dict[str, Any]:
    """How one rule fares at one batch size."""
    hierarchy = learning.Hierarchy("eyes", sizes=sizes[:-1], target="focus", rule=rule)
    keys = jax.random.split(jax.random.key(0), 4)
    learned = hierarchy.drawn(sizes[-1], key=keys[0])
    inputs = jax.random.uniform(keys[1], (batch, sizes[0]))
    targets = jax.random.bernoulli(keys[2], 0.1, (batch, sizes[-1])).astype(jnp.float32)
    teaching = learning.Teaching(targets, jnp.full(batch, 1 / batch))

    def update(learned: learning.Learned, inputs: jax.Array, teaching: learning.Teaching, key: jax.Array) -> Any:
        return rule.update(learned.layers, learned.credit, inputs, teaching, key=key)

    given = (learned, inputs, teaching, keys[3])
    kinds = products(jax.make_jaxpr(update)(*given).jaxpr)
    references = []
    for (left, right, summed), count in kinds.items():
        # Several in a call, so that starting it hardly counts.
        factors = jax.random.normal(keys[0], (SEVERAL, *left)), jax.random.normal(keys[1], right)
        product = jax.jit(
            lambda lefts, right, summed=summed: [jax.lax.dot_general(own, right, (summed, ((), ()))) for own in lefts]
        )
        references.append((count / SEVERAL, product, factors))
    compiled = jax.jit(update)
    changes = compiled(*given)[0]
    plastic = (learned.layers.layers, learned.credit.learned)
    optimise = jax.jit(hierarchy.optimiser.transformation().update)
    for function, arguments in [(optimise, (tuple(changes), learned.momentum, plastic))] + [
        (product, factors) for _, product, factors in references
    ]:
        jax.block_until_ready(function(*arguments))
    updates, bare, optimised = [], [], []
    for _ in range(rounds):
        updates.append(timed(compiled, *given))
        bare.append([timed(product, *factors) for _, product, factors in references])
        optimised.append(timed(optimise, tuple(changes), learned.momentum, plastic))
    medians = [statistics.median(column) for column in zip(*bare, strict=True)]
    reference = sum(count * median for (count, _, _), median in zip(references, medians, strict=True))
    median = statistics.median(updates)
    operations = sum(
        2 * count * math.prod(left) * math.prod(right) // math.prod(left[axis] for axis in summed[0])
        for (left, right, summed), count in kinds.items()
    )
    return {
        "rule": name,
        "batch": batch,
        "sizes": sizes,
        "products": sum(kinds.values()),
        "million operations": operations / 1e6,
        "ms an update": 1e3 * median,
        "ms bare products": 1e3 * reference,
        "ratio": median / reference,
        "ms optimiser": 1e3 * statistics.median(optimised),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[64, 256, 256, 512])
    parser.add_argument("--batch", type=int, nargs="+", default=[32, 128])
    parser.add_argument("--rounds", type=int, default=50)
    options = parser.parse_args()
    rows = [
        row_of(name, rule, options.sizes, batch, options.rounds)
        for batch in options.batch
        for name, rule in tqdm(RULES.items(), desc=f"rules, batch {batch}")
    ]
    record("credit", rows)


if __name__ == "__main__":
    main()
