"""The control flow of a program: its statements laid out at addresses, and where each action goes on."""

from collections.abc import Sequence

import networkx as nx

from attractorbind._errors import ProgramError
from attractorbind._program.assembler import HALT, Assembler, Count, Label, Node
from attractorbind._program.statement import Instruction, Statement, lay_out


def flow(statements: Sequence[Statement]) -> tuple[Node, ...]:
    """The statements of a program laid out at addresses 0, 1, ...; `HALT` is where it ends."""
    assembler, start, end = Assembler(), Label(), Label(HALT)
    try:
        lay_out(assembler, statements, start, end)
    except RecursionError:
        raise ProgramError(
            "the program is nested too deeply, with hundreds of blocks inside each other; put one after the other"
        ) from None
    if not assembler.placed:
        raise ProgramError("the program is empty; give it at least one instruction, such as hold()")
    return assembler.nodes()


def is_straight(nodes: Sequence[Node]) -> bool:
    """Whether the program does the same in every trial: no branches, no streams, no choices."""
    actions = [node.action for node in nodes]
    return all(isinstance(action, Instruction) and not action.streams and not action.chooses for action in actions)


def flow_graph(nodes: Sequence[Node]) -> nx.DiGraph:
    """The nodes as a graph.

    Its nodes are the addresses, with their `instruction`, and "end". Its edges lead to where an action goes on; their
    `when` is True or False on the two ways out of a condition or a count, otherwise None.
    """
    graph = nx.DiGraph()
    for address, node in enumerate(nodes):
        graph.add_node(address, instruction=str(node.action))
    graph.add_node("end", instruction="end")
    for address, node in enumerate(nodes):
        # Beyond its limit a loop that fails does not go on: the trial ends.
        fails = isinstance(node.action, Count) and node.action.fails
        otherwise = HALT if fails else node.otherwise
        ways = {node.then: None} if node.then == otherwise else {node.then: True, otherwise: False}
        for target, when in ways.items():
            graph.add_edge(address, "end" if target == HALT else target, when=when)
    return graph
