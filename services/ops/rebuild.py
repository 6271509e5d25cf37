"""`talon rebuild`: a lost store is made again from Kafka."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from redis.exceptions import RedisError
from rich.console import Console
from rich.progress import MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from services.chassis.app import Service
from services.chassis.rebuild import CannotRebuild, rebuild
from services.embedded.errors import CannotRun
from services.ops.still import service_of, standing


@dataclass(frozen=True, slots=True)
class Asked:
    """Which store, and whether what is left of it goes."""

    service: str
    replace: bool = False
    state: Path | None = None


def run(asked: Asked, console: Console) -> int:
    """Make it again, showing how far it is.

    Raises:
        CannotRun: the service runs, its store is not empty or away, or a setting is wrong.
    """
    with standing(asked.state) as options:
        service = service_of(asked.service, options)
        try:
            read = asyncio.run(_rebuild(service, asked.replace, console))
        except CannotRebuild as error:
            raise CannotRun(str(error)) from None
        except (RedisError, OSError) as error:
            raise CannotRun(f"the store does not serve ({error}); check TALON_REDIS") from None
    told = ", ".join(f"{count} records of {topic}" for topic, count in sorted(read.items()))
    console.print(f"{asked.service} is made again from {told or 'empty topics'}", soft_wrap=True)
    return 0


async def _rebuild(service: Service, replace: bool, console: Console) -> Counter[str]:
    read: Counter[str] = Counter()
    columns = (SpinnerColumn(), TextColumn("{task.description}"), MofNCompleteColumn())
    with Progress(*columns, TimeElapsedColumn(), console=console, transient=True) as shown:
        tasks = {}

        def progress(topic: str, more: int) -> None:
            if topic not in tasks:
                tasks[topic] = shown.add_task(topic, total=None)
            shown.update(tasks[topic], advance=more)
            read[topic] += more

        try:
            await rebuild(
                service.name,
                service.redis,
                service.settings.kafka,
                service.rebuilding,
                replace=replace,
                progress=progress,
            )
        finally:
            await service.redis.aclose()
    return read
