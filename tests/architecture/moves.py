"""The drawing of all moves, made from the tables that guard them: docs/moves.md."""

from __future__ import annotations

from pathlib import Path

from services.dispatch.domain import tickets, windows

DOCUMENT = Path(__file__).parents[2] / "docs" / "moves.md"

HEAD = """\
# What may follow what

Drawn from the tables `MOVES` in `services/dispatch/domain/tickets.py` and `windows.py`, which guard
every command. After a change: `python -m tests.architecture.moves`.
"""


TAIL = """
*next* leads to ready when nobody suitable waits. After a visit a window tidies up; after a call
that nobody came to, it is free. *finish* goes on to the next service of a visit: at the same window
if it may serve it, else the ticket waits again.

A *break* that is granted while a visitor is at the window begins when that visitor has left: the
window is paused then instead of tidying up or being free. A visit that goes on here is not over.
*withdraw-break*, closing and taking over forget it.
"""


def drawing() -> str:
    """Both lives as state diagrams, and what each command at a window does to its visitor."""
    rows = [
        f"| {command} | {', '.join(move.possible)} | {_goal(move)} | {move.ticket or ''} |"
        for command, move in windows.MOVES.items()
    ]
    table = ["| command | from | to | the visitor there |", "| --- | --- | --- | --- |", *rows]
    parts = [HEAD, "## A ticket\n", *_ticket(), "\n## A window\n", *_window(), "", *table, TAIL]
    return "\n".join(parts)


def _ticket() -> list[str]:
    moves = [
        f"    {state} --> {to}: {move}"
        for move, (come_from, to) in tickets.MOVES.items()
        for state in come_from
    ]
    ends = [f"    {state} --> [*]" for state in tickets.FINAL]
    return ["```mermaid", "stateDiagram-v2", "    [*] --> waiting", *moves, *ends, "```"]


def _window() -> list[str]:
    moves = [
        f"    {state} --> {move.to or state}: {command}"
        for command, move in windows.MOVES.items()
        for state in move.come_from
    ]
    moves += [
        f"    {state} --> {move.to}: {command}, after the visitor"
        for command, move in windows.MOVES.items()
        for state in move.later
    ]
    return ["```mermaid", "stateDiagram-v2", "    [*] --> closed", *moves, "```"]


def _goal(move: windows.Move) -> str:
    if move.to is None:
        return "the same"
    if move.later:
        return f"{move.to}; with a visitor: when they have left"
    leaves = move.ticket is not None and move.to in {windows.State.FREE, windows.State.TIDYING}
    return f"{move.to}; paused if a break is due" if leaves else move.to


if __name__ == "__main__":
    DOCUMENT.write_text(drawing(), "utf-8")
