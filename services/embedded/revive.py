"""Starts again what dies, and says so: a service that gave up, or whatever somebody killed.

Any child may be killed at any moment, nothing is lost by it, so that a dead one is no reason to
take the hall down with it.
"""

import asyncio
from collections import Counter
from typing import Final, NoReturn

from rich.console import Console

from services.embedded.errors import CannotRun, ChildDied
from services.embedded.options import SERVERS
from services.embedded.stack import Stack

LOOKS: Final = 0.5  # real seconds
DEATHS_IN_A_ROW: Final = 3  # of one child before it could answer


async def keep_alive(stack: Stack, console: Console) -> NoReturn:
    """Watch the children until cancelled.

    Raises:
        CannotRun: one dies again and again, or does not come back, or the disk is full.
    """
    while True:
        await asyncio.sleep(LOOKS)
        try:
            await asyncio.to_thread(stack.check)
        except ChildDied as died:
            await _revive(stack, died, console)


async def _revive(stack: Stack, first: ChildDied, console: Console) -> None:
    """Start the dead again, servers first, for a service is not ready without them."""
    dead, deaths = {first.name: first}, Counter([first.name])
    back: set[str] = set()
    while dead:
        name = min(dead, key=lambda one: (one not in SERVERS, one))
        console.print(f"[yellow]{name} died; starting it again[/]")
        last = dead.pop(name)
        if deaths[name] > DEATHS_IN_A_ROW:
            raise last
        try:
            await asyncio.to_thread(stack.restart, name)
        except ChildDied as died:
            dead[died.name] = died
            deaths[died.name] += 1
            back |= {name} - {died.name}  # it was started; another one died meanwhile
        except CannotRun as slow:
            raise CannotRun(f"{name} did not come back: {slow}") from slow
        else:
            back.add(name)
    console.print(f"[green]back again: {', '.join(sorted(back))}[/]")
