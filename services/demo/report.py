"""What is said at the end of a simulated day: the figures, and what does not agree."""

from collections.abc import Mapping
from dataclasses import dataclass

from rich import box
from rich.console import Console
from rich.table import Table

from services.demo import check
from services.demo.answers import Counts, Party, Setback
from services.demo.api import Api
from services.demo.day import Day


@dataclass(frozen=True, slots=True)
class Report:
    """A day's end. It ended well when there are no faults."""

    day: Day
    counts: Mapping[Party, Counts]
    commands: int
    retries: int
    took: float  # real seconds within which 19 of 20 commands were done, by all branches
    speed: float
    faults: tuple[str, ...]


async def of(day: Day, api: Api) -> Report:
    """Wait until the services agree on *day* (or will not), then compare all that is known."""
    entries = api.journal.of(day.branch.code, day.opens)
    faults = check.journal_faults(entries)
    if day.held_up:
        faults.append(f"{day.held_up} people were still at it when the day had ended")
    counts: Mapping[Party, Counts] = {}
    try:
        counts = await check.drained(api, day.branch.code, day.on, check.count_faults)
        faults += check.count_faults(counts)
        faults += await check.ticket_faults(api, entries)
        faults += await check.message_faults(api)
    except Setback as setback:
        faults.append(f"could not ask: {setback}")
    took = sorted(api.took)[int(len(api.took) * 0.95)] if api.took else 0.0
    return Report(day, counts, len(entries), api.retries, took, api.clock.speed, tuple(faults))


def show(report: Report, console: Console) -> None:
    """Print the report: a row a service, then the faults or that there are none."""
    day = report.day
    title = f"{day.branch.code}, {day.on:%A %d %B %Y}"
    table = Table(title=title, title_justify="left", box=box.SIMPLE, padding=0)
    table.add_column("service", no_wrap=True)
    for state in (*check.OPEN, *check.FINAL, "total"):
        table.add_column(state, justify="right", no_wrap=True)
    for party, counts in report.counts.items():
        figures = (counts.of(state) for state in (*check.OPEN, *check.FINAL))
        table.add_row(party, *map(str, figures), str(counts.total))
    console.print(table)
    missed = sum(operator.unheard for operator in day.operators)
    console.print(
        f"{report.commands} commands done, {report.retries} requests repeated, "
        f"{day.hall.turned_away} visitors turned away, {missed} calls not heard in live events",
        soft_wrap=True,
        highlight=False,
    )
    console.print(
        f"19 of 20 commands took at most {report.took * 1000:.0f} ms, "
        f"{report.took * report.speed:.0f} s of that day",
        soft_wrap=True,
        highlight=False,
    )
    for fault in report.faults:
        console.print(f"[bold red]✗[/] {fault}", soft_wrap=True)
    if not report.faults:
        console.print("[bold green]✓[/] every ticket has its outcome; all three services agree")
