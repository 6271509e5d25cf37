"""Phone numbers: one way to keep them, one way to show them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notify.domain.errors import PhoneFault, PhoneInvalid
from services.notify.domain.phones import e164, masked


@pytest.mark.parametrize(
    "written",
    [
        "+79123456789",
        "89123456789",
        "79123456789",
        "9123456789",
        "8 (912) 345-67-89",
        " +7 912 345 67 89 ",
        "8.912.345.67.89",
        "8–912–345–67–89",
    ],
)
def test_a_russian_number_is_kept_in_one_way_however_it_is_written(written: str) -> None:
    """Russian 8… and bare numbers become +7…"""
    assert e164(written) == "+79123456789"


@pytest.mark.parametrize("written", ["+77011234567", "+998901234567", "+4915112345678"])
def test_a_number_of_another_country_is_kept_with_its_code(written: str) -> None:
    """Guests of the country may have a phone from home."""
    assert e164(written) == written


@pytest.mark.parametrize(
    ("written", "fault"),
    [
        ("", PhoneFault.NOT_DIGITS),
        ("нет", PhoneFault.NOT_DIGITS),
        ("+7912345678a", PhoneFault.NOT_DIGITS),
        ("٠٩١٢٣٤٥٦٧٨", PhoneFault.NOT_DIGITS),
        ("+7912345678", PhoneFault.WRONG_LENGTH),
        ("+791234567890", PhoneFault.WRONG_LENGTH),
        ("112", PhoneFault.WRONG_LENGTH),
        ("+0123456789", PhoneFault.WRONG_LENGTH),
        ("+1234567890123456", PhoneFault.WRONG_LENGTH),
        ("83452123456", PhoneFault.LANDLINE),
        ("+74951234567", PhoneFault.LANDLINE),
        ("88005553535", PhoneFault.LANDLINE),
    ],
)
def test_what_no_sms_can_reach_is_refused_with_the_reason(written: str, fault: PhoneFault) -> None:
    """The reason is a fact, and the number itself stands nowhere in the error."""
    with pytest.raises(PhoneInvalid) as refusal:
        e164(written)
    assert refusal.value.fault is fault
    assert not written or written not in str(refusal.value)


@given(st.from_regex(r"\+79[0-9]{9}", fullmatch=True))
def test_a_kept_number_is_kept_as_it_is(phone: str) -> None:
    """Reading is idempotent."""
    assert e164(phone) == phone
    assert e164("8" + phone[2:]) == phone


@given(st.from_regex(r"\+79[0-9]{9}", fullmatch=True))
def test_a_shown_number_hides_its_middle(phone: str) -> None:
    """Four last digits are enough to know one's own phone."""
    assert masked(phone) == f"+7***{phone[-4:]}"
