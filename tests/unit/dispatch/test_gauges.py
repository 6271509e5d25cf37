"""What ops see of a branch."""

from __future__ import annotations

from prometheus_client import REGISTRY

from services.dispatch.jobs import gauges
from services.dispatch.store.glances import Glance, Line
from tests.builders import at


def a_glance(*lines: Line) -> Glance:
    return Glance((), {}, lines, {}, {}, {}, {})


def shown(metric: str) -> float | None:
    return REGISTRY.get_sample_value(metric, {"branch": "BR-G", "line": "PASS"})


def test_a_line_that_empties_has_no_longest_wait_any_more():
    """A last value that stays would alarm all night."""
    gauges.show("BR-G", a_glance(Line("PASS", 2, at(0), at(15))), at(5))
    assert shown("talon_waiting_tickets") == 2
    assert shown("talon_longest_wait_seconds") == 300
    gauges.show("BR-G", a_glance(Line("PASS", 0, None, None)), at(6))
    assert shown("talon_waiting_tickets") == 0
    assert shown("talon_longest_wait_seconds") is None
