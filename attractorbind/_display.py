"""How networks, programs and runs show themselves in a notebook."""

from collections.abc import Iterable, Sequence
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from attractorbind._network import Network
    from attractorbind._trace import Trace

# More rows than these are not read.
_ROWS = 12


class Printed:
    """What is printed to be read, is read in a notebook too."""

    def _repr_html_(self) -> str:
        return text_html(type(self).__name__, str(self))


def text_html(caption: str, text: str) -> str:
    """Text as it is printed, under a caption."""
    return f"<div><strong>{escape(caption)}</strong><pre>{escape(text)}</pre></div>"


def table_html(caption: str, head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A table of its first rows under a caption, which tells how many more there are."""
    rows = list(rows)
    more = f", and {len(rows) - _ROWS} more rows" if len(rows) > _ROWS else ""
    lines = [_line("th", head), *(_line("td", row) for row in rows[:_ROWS])]
    return f"<div><strong>{escape(caption + more)}</strong><table>{''.join(lines)}</table></div>"


def network_html(network: "Network") -> str:
    """The buffers and memories, and which buffers each has a relay to."""
    wiring = network.wiring
    relays = [gate for gate in wiring.gates if gate.kind == "relay"]
    rows = [
        ("buffer", name, units, ", ".join(gate.target for gate in relays if gate.source == name))
        for name, units in network.buffers.items()
    ]
    rows += [("snapshot memory", memory.name, memory.units, "") for memory in wiring.memories]
    caption = f"Network: {len(network.vocabulary)} symbols, {len(relays)} relays, {network.rule!r}"
    return table_html(caption, ("", "name", "units", "relays to"), rows)


def trace_html(trace: "Trace") -> str:
    """The first trial tick by tick, if it was recorded; otherwise what every buffer holds at the end."""
    if trace.states or trace.best_symbol:
        return text_html(f"{trace!r}, trial 0", trace.table())
    contents, outputs = trace.decode(), trace.outputs
    spoken = ["outputs"] if any(outputs) else []
    rows = [
        (trial, *(held[trial] or "" for held in contents.values()), *[" ".join(map(str, outputs[trial]))] * len(spoken))
        for trial in range(len(trace.ticks))
    ]
    return table_html(f"{trace!r}, at the end", ("trial", *contents, *spoken), rows)


def _line(cell: str, values: Iterable[object]) -> str:
    return f"<tr>{''.join(f'<{cell}>{escape(str(value))}</{cell}>' for value in values)}</tr>"
