"""Services broken on purpose, to see that the checker notices: never part of what is shipped.

``python -m tests.chaos.broken <build> <service>`` takes one guarantee out of the chassis, in this
process only, and then serves as usual.
"""

from __future__ import annotations

import importlib
import itertools
import sys
from collections.abc import Callable, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Any, Final


class Lack(StrEnum):
    NO_FENCE = "no-fence"
    FORGETS_ANSWERS = "forgets-answers"
    COMMITS_FIRST = "commits-first"
    DROPS_ENTRIES = "drops-entries"


DROPPED: Final = 4  # one of so many entries


def without_a_fence() -> None:
    """A relay moves the checkpoint whether or not it still holds the lease."""
    relay: Any = importlib.import_module("services.chassis.relay")
    _without(relay._ADVANCE, 'if not is_ours then return {"lost"} end')


def forgetting_answers() -> None:
    """A command is done anew each time it comes."""
    lua: Any = importlib.import_module("services.chassis.lua")
    kept = 'redis.call("SET", answer, cjson.encode({asked = asked, reply = reply}), "PX", keep)'
    assert kept in lua._PRELUDE, "the prelude remembers answers in another way"
    lua._PRELUDE = lua._PRELUDE.replace(kept, "")


def committing_first() -> None:
    """Kafka is told that records are done with before they are."""
    consume: Any = importlib.import_module("services.chassis.consume")
    look: Callable[..., Any] = consume._what_came

    async def commit_what_came(offsets: Any, consumer: Any) -> Any:
        found = await look(offsets, consumer)
        if found:
            offsets.applied(found)
            await offsets.tell_all(consumer)
        return found

    consume._what_came = commit_what_came
    _without_repairs()


def dropping_entries() -> None:
    """Now and then an entry of the outbox never leaves for Kafka, and counts as sent."""
    spine: Any = importlib.import_module("services.chassis.spine")
    publish: Callable[..., Any] = spine.Spine._publish
    numbers = itertools.count(1)

    async def publish_some(self: Any, entries: Sequence[Any]) -> Any:
        kept = [entry for entry in entries if next(numbers) % DROPPED]
        return await publish(self, kept) if kept else {}

    spine.Spine._publish = publish_some
    _without_repairs()


BREAK: Final = {
    Lack.NO_FENCE: without_a_fence,
    Lack.FORGETS_ANSWERS: forgetting_answers,
    Lack.COMMITS_FIRST: committing_first,
    Lack.DROPS_ENTRIES: dropping_entries,
}


def _without_repairs() -> None:
    """What is missing is neither asked for nor told again, or it would come all the same."""
    repairs: Any = importlib.import_module("services.chassis.repairs")

    async def nothing(*_: Any) -> None: ...

    repairs.Asking.run = repairs.Telling.asked = nothing


def _without(script: Any, line: str) -> None:
    """Take a line out of a Lua script that is loaded already."""
    source = script._script.text.decode()
    assert line in source, f"{script.name}.lua has no line: {line}"
    lua: Any = importlib.import_module("services.chassis.lua")
    script._script = lua.Script(source.replace(line, "").encode())


def main() -> int:
    build, service = sys.argv[1:]
    BREAK[Lack(build)]()
    cli = importlib.import_module("services.cli")
    code: int = cli.main(["serve", service])
    return code


if __name__ == "__main__":
    # What a worker process imports must not serve a second time.
    assert Path(sys.argv[0]).name == "broken.py"
    sys.exit(main())
