"""What a branch learns of who comes when."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.values import Standing
from services.dispatch.domain.arrivals import MEMORY, Arrivals, Taken, by_standing
from services.dispatch.domain.branch import Opening
from services.dispatch.domain.rates import Rates, half_of

ZONE = ZoneInfo("Asia/Yekaterinburg")
MONDAY = datetime(2026, 11, 23, tzinfo=ZONE)
SATURDAY = 5


def at(hour: float, day: int = 0) -> datetime:
    return MONDAY + timedelta(days=day, hours=hour)


def hours(day: int = 0, opens: float = 9, last: float = 18) -> Opening:
    return Opening(at(opens, day), at(last, day), at(last + 0.25, day))


def ticket(hour: float, day: int = 0, line: str = "PASS", **other: object) -> Taken:
    known = {"service": "B01", "standing": Standing.ORDINARY} | other
    return Taken(at(hour, day), line, **known)  # type: ignore[arg-type]


def day_of(tickets: dict[float, int], day: int = 0, line: str = "PASS") -> list[Taken]:
    """So many tickets at these hours."""
    return [
        ticket(hour, day, line) for hour, count in sorted(tickets.items()) for _ in range(count)
    ]


def learned(*days: list[Taken]) -> Arrivals:
    return Arrivals().after_all(one for day in days for one in day)


def rates(arrivals: Arrivals, opening: Opening, now: datetime) -> Rates:
    found = arrivals.rates(opening, now)
    assert found is not None
    return found


def expected(found: Rates, hour: float, until: float, day: int = 0, line: str = "PASS") -> float:
    return found.between(line, at(hour, day), at(until, day))


def test_before_the_first_ticket_nothing_is_known():
    """Nobody invents visitors."""
    assert Arrivals().rates(hours(), at(12)) is None


def test_hours_not_seen_yet_follow_the_mean_of_this_morning():
    """Ten in each half hour till eleven: so it will be till the last ticket."""
    morning = learned(day_of({9: 10, 9.5: 10, 10: 10, 10.5: 10}))
    found = rates(morning, hours(), at(11))
    assert expected(found, 11, 18) == pytest.approx(140, rel=0.02)
    assert expected(found, 9, 11) == pytest.approx(40, rel=0.02)


def test_the_crowd_at_the_door_is_not_the_whole_day():
    """Twenty within five minutes are no 240 an hour till the evening."""
    found = rates(learned(day_of({9: 20})), hours(), at(9 + 5 / 60))
    assert expected(found, 12, 13) < 30


def test_tickets_are_given_only_while_the_branch_gives_them():
    """Not before the opening, nor after the last ticket; a half hour may be cut."""
    found = rates(learned(day_of({9: 10, 9.5: 10})), hours(last=17.75), at(10))
    assert expected(found, 0, 9) == expected(found, 17.75, 24) == 0
    assert expected(found, 17.5, 18) == pytest.approx(expected(found, 17, 17.5) / 2)
    assert expected(found, 9, 24) == pytest.approx(found.total)


def test_a_part_of_a_half_hour_has_its_part_of_the_tickets():
    found = rates(learned(day_of({9: 10, 9.5: 20})), hours(), at(10))
    whole = expected(found, 9, 9.5) + expected(found, 9.5, 10)
    assert expected(found, 9, 10) == pytest.approx(whole)
    assert expected(found, 9, 9.25) == pytest.approx(expected(found, 9, 9.5) / 2)


def test_the_rhythm_of_the_day_is_learned():
    """After ten days: many at nine, few at three."""
    days = [day_of({9: 12, 15: 2}, day) for day in (0, 1, 2, 3, 4, 7, 8, 9, 10, 11)]
    found = rates(learned(*days), hours(14), at(8, 14))
    assert expected(found, 9, 9.5, 14) == pytest.approx(12, rel=0.1)
    assert expected(found, 15, 15.5, 14) == pytest.approx(2, rel=0.2)
    assert expected(found, 12, 12.5, 14) < 0.2


def test_a_small_line_follows_the_rhythm_of_the_branch():
    """One ticket of a rare line at noon is no reason to expect the next at noon."""
    big = [day_of({9: 30, 15: 10}, day) for day in range(5)]
    rare = [ticket(12, 2, "BIO")]
    found = rates(learned(*big, rare), hours(7), at(8, 7))
    assert expected(found, 9, 9.5, 7, "BIO") > expected(found, 12, 12.5, 7, "BIO")
    assert expected(found, 9, 18, 7, "BIO") < 0.5


def test_a_line_with_a_rhythm_of_its_own_keeps_it():
    """After two weeks."""
    days = [
        day_of({9: 20}, day) + day_of({16: 10}, day, "REAL") for day in [*range(5), *range(7, 12)]
    ]
    found = rates(learned(*days), hours(14), at(8, 14))
    assert expected(found, 16, 16.5, 14, "REAL") > 3 * expected(found, 9, 9.5, 14, "REAL")


def test_saturday_is_learned_apart():
    """From its own first ticket on; until then it is a day like the others, within its hours."""
    week = [day_of(dict.fromkeys(range(9, 18), 10), day) for day in range(5)]
    first = rates(learned(*week), hours(SATURDAY, 10, 14), at(9, SATURDAY))
    assert 20 < first.total < 60
    quiet = learned(*week, day_of({10: 2, 12: 2}, 5), day_of({9: 10}, 7))
    assert rates(quiet, hours(12, 10, 14), at(9, 12)).total < 8


def test_a_holiday_teaches_nothing():
    """Nobody came on Wednesday, for the branch was closed."""
    days = [day_of({9: 10, 12: 10}, day) for day in (0, 1, 3, 4)]
    found = rates(learned(*days), hours(7), at(8, 7))
    assert expected(found, 9, 9.5, 7) == pytest.approx(10, rel=0.1)


def test_a_busy_morning_goes_on():
    """Twice as many as on other days by noon: more are expected after noon."""
    usual = dict.fromkeys(range(9, 18), 10)
    past = [day_of(usual, day) for day in range(4)]
    busy = day_of(dict.fromkeys((9, 10, 11), 20), 4)
    calm = day_of(dict.fromkeys((9, 10, 11), 10), 4)
    after_noon = [
        expected(rates(learned(*past, today), hours(4), at(12, 4)), 12, 18, 4)
        for today in (calm, busy)
    ]
    assert after_noon[1] > 1.15 * after_noon[0]


def test_old_days_fade():
    """A district that has grown is known after some weeks."""
    old = [day_of({9: 10}, day) for day in range(400) if day % 7 < 5]
    new = [
        day_of({9: 40}, day) for day in range(406, 406 + int(MEMORY * 1.5 * 7 / 5)) if day % 7 < 5
    ]
    found = rates(learned(*old, *new), hours(455), at(8, 455))
    assert expected(found, 9, 9.5, 455) > 25


def test_a_ticket_heard_late_belongs_to_its_day():
    """Kafka was away over night; the day is not begun anew."""
    late = learned(day_of({9: 10}, 0), day_of({9: 10}, 1), day_of({9: 5}, 0))
    assert late.today is not None
    assert late.today.on == at(0, 1).date()
    known = rates(late, hours(2), at(8, 2))
    assert expected(known, 9, 9.5, 2) > 11


def test_what_tickets_are_for_is_learned():
    """By line: the services, and who has a privilege or a booking."""
    some = [ticket(9) for _ in range(6)]
    some += [ticket(9, service="B02") for _ in range(3)]
    some += [ticket(9, standing=Standing.STATUTORY)]
    mix = learned(some).mix("PASS")
    assert mix[("B02", Standing.ORDINARY)] == pytest.approx(0.3)
    apart = by_standing(mix)
    assert sum(apart[Standing.STATUTORY].values()) == pytest.approx(0.1)
    assert {*apart[Standing.ORDINARY]} == {"B01", "B02"}
    assert learned(some).mix("REAL") == {}


@given(
    st.lists(
        st.tuples(
            st.integers(0, 13), st.floats(9, 17.99), st.sampled_from(["PASS", "REAL", "BIO"])
        ),
        min_size=1,
        max_size=40,
    ),
    st.floats(0, 23.99),
)
@settings(max_examples=80)
def test_rates_are_shares_of_what_came(tickets: list[tuple[int, float, str]], hour: float):
    """Never negative, only while tickets are given, never of a line that nobody took, and never
    without bound: what one ticket says of a day ends somewhere.
    """
    known = learned([ticket(at_, day, line) for day, at_, line in sorted(tickets)])
    found = rates(known, hours(13), at(hour, 13))
    assert {*found.lines} <= {line for _, _, line in tickets}
    given_in = {half_of(at(9 + n / 2)) for n in range(18)}
    for line, halves in found.lines.items():
        assert {*halves} <= given_in
        assert all(rate >= 0 for rate in halves.values())
        assert found.between(line, at(9, 13), at(18, 13)) >= 0
    assert 0 <= found.total <= 14 * len(tickets)


@given(st.lists(st.tuples(st.integers(0, 9), st.floats(0, 23.99)), max_size=30))
def test_what_was_learned_can_be_stored(tickets: list[tuple[int, float]]):
    """As text and back, nothing is lost."""
    known = learned([ticket(hour, day) for day, hour in tickets])
    assert Arrivals.of_stored(json.loads(json.dumps(known.as_stored()))) == known
