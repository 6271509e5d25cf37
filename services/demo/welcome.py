"""What a demo says when it is up: where the pages are and which window is the user's."""

from collections.abc import Iterator, Mapping, Sequence

from rich.console import Console

from services.demo.answers import Party
from services.demo.day import Day
from services.world import shifts


def show(days: Sequence[Day], addresses: Mapping[str, str], console: Console) -> None:
    """Print the addresses, each whole and on one line, so that a terminal makes links of them."""
    console.print()
    for label, text in _lines(days, addresses):
        console.print(f"  [bold]{label:<8}[/] {text}", soft_wrap=True, highlight=False)
    console.print("\n  Ctrl-C ends the demo\n")


def _lines(days: Sequence[Day], addresses: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    ticketing, dispatch, notify = (addresses[party] for party in Party)
    for day in days:
        branch, code, guest = day.branch, day.branch.code, shifts.guest(day.branch)
        place = guest or branch.windows[0]
        window = guest.window if guest else str(branch.windows[0].number)
        people = f"{len(day.visitors)} visitors, {len(day.shifts)} operators"
        yield code, f"{day.on:%A %d %B %Y}, {people}"
        yield "kiosk", f"{ticketing}/kiosk/?branch={code}"
        yield "console", f"{dispatch}/console/?branch={code}&window={window}"
        if guest is not None:
            yield "", f"[green]window {guest.window} is yours: open it as {guest.operator}[/]"
        yield "board", f"{notify}/board/?branch={code}&zone={place.zone}&sound=1"
    yield "phones", f"{notify}/phones/"
    yield "metrics", "  ".join(f"{addresses[party]}/metrics" for party in Party)
    yield "docs", "  ".join(f"{addresses[party]}/docs" for party in Party)
