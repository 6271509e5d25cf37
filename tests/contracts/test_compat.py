"""What a change of a fact asks of readers and writers of the last release."""

from __future__ import annotations

from typing import Any

import pytest

from contracts.compat import breaks, compare, last_release, read, readers_first
from contracts.generate import schemas

Json = dict[str, Any]

STATE = {"State": {"type": "string", "enum": ["open", "closed"]}}


def a_fact(*, required: tuple[str, ...] = ("ticket",), defs: Json = STATE, **fields: Json) -> Json:
    known = {"ticket": {"type": "string"}} | fields
    return {"type": "object", "properties": known, "required": [*required], "$defs": defs}


def test_no_change_asks_for_nothing():
    for schema in schemas().values():
        assert breaks(schema, schema) == []
        assert readers_first(schema, schema) == []


def test_a_field_with_a_default_may_be_added_in_any_order():
    old, new = a_fact(), a_fact(zone={"type": "string", "default": ""})
    assert breaks(old, new) == readers_first(old, new) == []


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        pytest.param(
            a_fact(zone={"type": "string"}),
            a_fact(),
            "zone of the fact is gone",
            id="field removed",
        ),
        pytest.param(
            a_fact(),
            a_fact(required=("ticket", "zone"), zone={"type": "string"}),
            "zone of the fact may be missing, which its reader needs",
            id="required field added",
        ),
        pytest.param(
            a_fact(zone={"type": "string"}),
            a_fact(required=("ticket", "zone"), zone={"type": "string"}),
            "zone of the fact may be missing, which its reader needs",
            id="field became required",
        ),
        pytest.param(
            a_fact(fee={"anyOf": [{"type": "integer"}, {"type": "null"}]}),
            a_fact(fee={"type": "integer"}),
            "fee of the fact may be null, read as integer",
            id="null no longer taken",
        ),
        pytest.param(
            a_fact(fee={"type": "integer"}),
            a_fact(fee={"type": "string"}),
            "fee of the fact may be integer, read as string",
            id="type changed",
        ),
        pytest.param(
            a_fact(state={"$ref": "#/$defs/State"}),
            a_fact(
                state={"$ref": "#/$defs/State"},
                defs={"State": {"type": "string", "enum": ["open"]}},
            ),
            'state of the fact may be "closed", which its reader does not know',
            id="enum value removed",
        ),
        pytest.param(
            a_fact(state={"type": "string"}),
            a_fact(state={"$ref": "#/$defs/State"}),
            "state of the fact may be anything, read as one of ['open', 'closed']",
            id="text became an enum",
        ),
        pytest.param(
            a_fact(zone={"type": "string"}),
            a_fact(zone={"type": "string", "pattern": "^hall"}),
            "zone of the fact is written with pattern no limit, read with ^hall",
            id="pattern added",
        ),
        pytest.param(
            a_fact(times={"type": "integer", "minimum": 0}),
            a_fact(times={"type": "integer", "minimum": 1}),
            "times of the fact is written with minimum 0, read with 1",
            id="limit narrowed",
        ),
        pytest.param(
            a_fact(seen={"type": "array", "items": a_fact(line={"type": "string"})}),
            a_fact(seen={"type": "array", "items": a_fact()}),
            "line of an item of seen of the fact is gone",
            id="field of an item removed",
        ),
        pytest.param(
            a_fact() | {"x-topic": "talon.calls"},
            a_fact() | {"x-topic": "talon.windows"},
            "the fact is told on talon.calls, read on talon.windows",
            id="moved to another topic",
        ),
    ],
)
def test_what_the_last_release_wrote_must_stay_readable(old: Json, new: Json, why: str):
    assert breaks(old, new) == [why]


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        pytest.param(
            a_fact(
                state={"$ref": "#/$defs/State"},
                defs={"State": {"type": "string", "enum": ["open"]}},
            ),
            a_fact(state={"$ref": "#/$defs/State"}),
            'state of the fact may be "closed", which its reader does not know',
            id="enum value added",
        ),
        pytest.param(
            a_fact(fee={"type": "integer"}),
            a_fact(fee={"anyOf": [{"type": "integer"}, {"type": "null"}]}),
            "fee of the fact may be null, read as integer",
            id="null allowed",
        ),
        pytest.param(
            a_fact(required=("ticket", "zone"), zone={"type": "string"}),
            a_fact(zone={"type": "string"}),
            "zone of the fact may be missing, which its reader needs",
            id="field became optional",
        ),
        pytest.param(
            a_fact(fee={"type": "integer"}),
            a_fact(fee={"type": "number"}),
            "fee of the fact may be number, read as integer",
            id="type widened",
        ),
    ],
)
def test_what_older_readers_would_refuse_asks_for_readers_first(old: Json, new: Json, why: str):
    assert breaks(old, new) == []
    assert readers_first(old, new) == [why]


def test_a_wider_limit_is_no_break():
    old = a_fact(times={"type": "integer", "minimum": 1, "maximum": 5})
    new = a_fact(times={"type": "integer", "minimum": 0, "maximum": 9})
    assert breaks(old, new) == []
    assert len(readers_first(old, new)) == 2


def test_a_fact_that_is_gone_breaks_and_a_new_one_does_not():
    gone, fresh = {"talon.a": a_fact()}, {"talon.b": a_fact()}
    assert compare(gone, fresh) == (["talon.a: this fact is gone"], [])


def test_a_broken_fact_is_not_also_asked_for_readers_first():
    old = {"talon.a": a_fact(fee={"type": "integer"})}
    new = {"talon.a": a_fact(fee={"type": "string"})}
    broken, late = compare(old, new)
    assert len(broken) == 1
    assert late == []


def test_the_contracts_break_nobody_of_the_last_release():
    broken, _ = compare(read(last_release()), schemas())
    assert broken == []
