"""Ticket numbers as people see them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.ticketing.domain.numbering import number

counts = st.integers(1, 100_000)
prefixes = st.sampled_from(["А", "Б", "Д", "Ж", "ДА"])


@pytest.mark.parametrize(
    ("count", "text"), [(1, "Д 001"), (118, "Д 118"), (999, "Д 999"), (1000, "Д 1000")]
)
def test_a_number_has_three_digits_and_grows_when_it_must(count, text):
    """A thousandth ticket is no return to the first."""
    assert number("Д", count) == text


@given(prefixes, prefixes, counts, counts)
def test_two_counts_never_look_or_sound_alike(one, other, a, b):
    """Even without its letter a number names one ticket of the day."""
    digits = [number(one, a).split()[1], number(other, b).split()[1]]
    assert (digits[0] == digits[1]) == (a == b)
