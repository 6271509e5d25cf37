"""docs/keeping.md names every key that the code names, every topic, and nothing else."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from datetime import timedelta
from types import ModuleType
from typing import Any

import pytest

from contracts.messages import MessageKind
from contracts.topics import DEAD_KEPT, TOPICS
from services.chassis import copies, shards
from services.chassis.rebuild import marker
from services.dispatch.store import keys as dispatch
from services.notify.gateways import simulator
from services.notify.store import keys as notify
from services.ticketing.store import keys as ticketing
from tests.keeping import PAGE, Key, faults, row_of, table

SERVICES = ("ticketing", "dispatch", "notify")
SHARD = shards.all_shards()[7]
VALUES = {"kind": MessageKind.CALLED, "shard": SHARD}
READ_TO_ITS_END = "dispatch:read:talon.catalogue"  # see Spine._read_before


def keys_in_code() -> Iterator[str]:
    """One of each kind."""
    for module in (ticketing, dispatch, notify):
        yield from _of(module.Keys("BR-T"))
        yield from _of_functions(module)
    for of_shard in (shards.outbox, shards.checkpoint, shards.lease, shards.gaps):
        yield from (of_shard(service, SHARD) for service in SERVICES)
    yield from map(marker, SERVICES)
    yield copies.mark(shards.outbox("ticketing", SHARD))
    yield from (dispatch.BRANCHES, READ_TO_ITS_END)
    yield from (simulator.LIVE, simulator._MESSAGES, simulator._ORDER)


def _of(keys: Any) -> Iterator[str]:
    """What each property and method of *keys* names."""
    for name, member in inspect.getmembers(type(keys)):
        if name.startswith("_") or name in {"branch", "shard"}:
            continue
        found = getattr(keys, name)
        yield found(*_arguments(member)) if callable(found) else found


def _of_functions(module: ModuleType) -> Iterator[str]:
    for _, function in inspect.getmembers(module, inspect.isfunction):
        if function.__module__ == module.__name__:
            yield function(*_arguments(function))


def _arguments(function: Any) -> list[Any]:
    names = [name for name in inspect.signature(function).parameters if name != "self"]
    return [VALUES.get(name, "x") for name in names]


def test_every_key_of_the_code_has_a_row():
    rows = table()
    assert [key for key in keys_in_code() if row_of(key, rows) is None] == []


def test_every_row_speaks_of_a_key_of_the_code():
    """What is gone from the code is gone from the page."""
    keys = [*keys_in_code()]
    assert [row.key for row in table() if not any(row.fits(key) for key in keys)] == []


def test_a_key_is_spoken_of_by_one_row():
    rows = table()
    for key in keys_in_code():
        assert len([row for row in rows if row.fits(key)]) == 1, key


def test_every_topic_has_a_row_with_its_time():
    page = PAGE.read_text("utf-8")
    for topic in TOPICS:
        kept = "the newest of each branch" if topic.kept is None else _words(topic.kept)
        assert f"| `{topic.name}` | {kept} |" in page
    assert f"| each one's `.dead` | {_words(DEAD_KEPT)} |" in page


def _words(span: timedelta) -> str:
    if span.days:
        return f"{span.days} days"
    hours = span // timedelta(hours=1)
    return f"{hours} hour{'s' * (hours > 1)}"


HOURS = timedelta(hours=1)


@pytest.mark.parametrize(
    ("key", "fault"),
    [
        (Key("dispatch:{s01}:BR-T:whims", "hash", None, 1, 9), "has no owner"),
        (Key("ticketing:{s01}:BR-T:ticket:x", "hash", None, 1, 9), "never expires"),
        (Key("dispatch:{s01}:BR-T:windows", "hash", HOURS, 1, 9), "expires"),
        (Key("notify:{s01}:BR-T:answer:x", "string", 2 * HOURS, 1, 9), "later than 1:00:00"),
        (Key("notify:{s01}:BR-T:order", "zset", None, 101, 9), "more than 100"),
        (Key("notify:{s01}:BR-T:order", "list", None, 1, 9), "is a list, not a zset"),
    ],
)
def test_a_key_that_is_kept_otherwise_is_seen(key: Key, fault: str):
    (found,) = faults([key], table())
    assert fault in found


def test_a_key_that_is_kept_as_the_page_says_is_no_fault():
    kept = [
        Key("ticketing:{s01}:BR-T:answer:x", "string", HOURS, 1, 9),
        Key("notify:{s01}:BR-T:order", "zset", None, 100, 9),
    ]
    assert faults(kept, table()) == []
