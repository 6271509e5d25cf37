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


def drawing() -> str:
    """Both lives as state diagrams, and what each command at a window does to its visitor."""
    ticket = [
        f"    {state} --> {to}: {move}"
        for move, (come_from, to) in tickets.MOVES.items()
        for state in come_from
    ]
    window = [
        f"    {state} --> {move.to}: {command}"
        for command, move in windows.MOVES.items()
        for state in move.come_from
    ]
    rows = [
        f"| {command} | {', '.join(move.come_from)} | {move.to} | {move.ticket or ''} |"
        for command, move in windows.MOVES.items()
    ]
    return "\n".join(
        [
            HEAD,
            "## A ticket",
            "",
            "```mermaid",
            "stateDiagram-v2",
            "    [*] --> waiting",
            *ticket,
            *(f"    {state} --> [*]" for state in tickets.FINAL),
            "```",
            "",
            "## A window",
            "",
            "```mermaid",
            "stateDiagram-v2",
            "    [*] --> closed",
            *window,
            "```",
            "",
            "| command | from | to | the visitor there |",
            "| --- | --- | --- | --- |",
            *rows,
            "",
            "*next* leads to ready when nobody suitable waits. After a visit a window tidies up;",
            "after a call that nobody came to, it is free. *finish* goes on to the next service",
            "of a visit: at the same window if it may serve it, else the ticket waits again.",
            "",
        ]
    )


if __name__ == "__main__":
    DOCUMENT.write_text(drawing(), "utf-8")
