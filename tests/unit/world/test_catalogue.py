"""What is read from the catalogue."""

from datetime import timedelta

import pytest

from services.embedded.data import EXAMPLE
from services.world.catalogue import Catalogue, read
from tests.unit.world.builders import MONDAY, SATURDAY, SUNDAY, a_branch, a_service


def test_the_day_is_on_until_the_branch_closes() -> None:
    """Before and during the opening hours it is today; from closing on, the next working day."""
    branch = a_branch()
    hours = branch.opening(SATURDAY)
    assert hours is not None
    opens, closes = hours
    assert branch.day_at(opens - timedelta(hours=5)) == SATURDAY
    assert branch.day_at(closes - timedelta(seconds=1)) == SATURDAY
    assert branch.day_at(closes) == MONDAY + timedelta(days=7)


def test_the_day_is_the_branchs_own() -> None:
    """Late evening in London is already tomorrow in the Urals."""
    opens, _ = a_branch().opening(MONDAY) or pytest.fail("Monday is a working day")
    late_sunday = (opens - timedelta(hours=7)).astimezone()
    assert a_branch().day_at(late_sunday) == MONDAY


def test_a_day_off_is_passed_over() -> None:
    """The working day after a Saturday, or after the Sunday, is Monday."""
    monday = MONDAY + timedelta(days=7)
    assert a_branch().working_day_after(SATURDAY) == monday
    assert a_branch().working_day_after(SUNDAY) == monday


def test_a_branch_that_never_opens_is_refused() -> None:
    """No endless search for a working day."""
    with pytest.raises(ValueError, match="no working day"):
        a_branch(opening_hours={}).working_day_after(MONDAY)


def test_only_walk_in_services_of_the_branch_are_offered() -> None:
    """Neither those by appointment only nor those that the branch lacks."""
    by_appointment = a_service("A02").model_copy(update={"channels": ("appointment",)})
    branch = a_branch(unavailable_services=["A03"])
    services = (a_service("A01"), by_appointment, a_service("A03"))
    offered = Catalogue(services=services, branches=(branch,)).offered(branch)
    assert [service.code for service in offered] == ["A01"]


def test_the_shipped_catalogue_is_readable() -> None:
    """Every branch has a working day with somebody to come for something."""
    catalogue = read(EXAMPLE)
    for branch in catalogue.branches:
        assert branch.opening(branch.working_day_after(SUNDAY)) is not None
        assert catalogue.offered(branch)
