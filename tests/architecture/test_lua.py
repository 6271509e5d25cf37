"""Each Lua file is one atomic step, says what it does, and has one face in Python."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.architecture.tree import files, name, read

LUA = files(".lua", under=("services",))
PYTHON = {path: read(path) for path in files(".py", under=("services",))}


def faces(lua: Path) -> list[Path]:
    """Python files that name it; they stand in its own folder or one above."""
    named = re.compile(rf'"(?:[\w/]+/)?{re.escape(lua.name)}"')
    return [p for p, text in PYTHON.items() if p.parent in lua.parents and named.search(text)]


def is_included(lua: Path) -> bool:
    """Functions for other scripts, loaded before them."""
    return read(lua).startswith("-- Included") or not re.search(r"\b(KEYS|ARGV)\[", read(lua))


@pytest.mark.parametrize("lua", LUA, ids=name)
def test_a_script_is_called_from_exactly_one_place(lua: Path):
    if is_included(lua):
        assert faces(lua)
    else:
        assert len(faces(lua)) == 1


@pytest.mark.parametrize("lua", LUA, ids=name)
def test_a_script_opens_with_what_it_does_and_returns(lua: Path):
    text = read(lua)
    if is_included(lua):
        assert text.startswith("-- ")
        return
    head, _, body = text.partition("]]\n")
    assert head.startswith("--[[\n")
    assert "Returns" in head
    assert body.startswith("local "), "the slots are named right after the header"


@pytest.mark.parametrize("lua", LUA, ids=name)
def test_a_script_names_its_slots_and_never_counts_them(lua: Path):
    slot = re.compile(r"^local \w+\s*= (\{unpack\(|cjson\.decode\()?(KEYS|ARGV)\b")
    lines = read(lua).splitlines()
    assert [li for li in lines if re.search(r"\b(KEYS|ARGV)\b", li) and not slot.match(li)] == []


@pytest.mark.parametrize("lua", LUA, ids=name)
def test_a_key_says_what_kind_it_is(lua: Path):
    """Who reads a script must not look up what lies under its keys."""
    keys = [
        li for li in read(lua).splitlines() if re.match(r"local \w+\s*= \{?(unpack\()?KEYS", li)
    ]
    kinds = r"--.*\b(string|hash|set|zset|list|stream)(s|es)?\b"
    assert [line for line in keys if not re.search(kinds, line)] == []


IN_REAL_TIME = {
    "services/chassis/advance_relay.lua": "trims the outbox by the real age of its entries",
    "services/notify/store/real_ms.lua": "leases and pauses between tries",
    "services/notify/gateways/deliver.lua": "the order in which the simulated phones rang",
}
"""Scripts that may read the store's own clock, and what for."""


def test_only_what_lives_in_real_time_reads_the_clock():
    """The moment of a command is an argument: the day may be another one."""
    assert {name(lua) for lua in LUA if '"TIME"' in read(lua)} == {*IN_REAL_TIME}
