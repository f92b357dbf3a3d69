"""Quotas: calendar windows in the installation's time zone, and rates as people type them."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import Misunderstood
from bot.model import Measure, Operation, Window
from bot.quotas import Slot, read_amount, read_rate, read_slot, read_sum, window_of
from bot.quotas.rates import write_amount

BERLIN = ZoneInfo("Europe/Berlin")


@given(st.datetimes(min_value=datetime(2020, 1, 1), max_value=datetime(2035, 1, 1), timezones=st.just(UTC)), st.sampled_from(Window))  # noqa: DTZ001 - hypothesis adds the zone
def test_a_moment_lies_in_its_window_and_the_next_begins_where_it_ends(moment: datetime, window: Window) -> None:
    start, end = window_of(moment, window, BERLIN)
    assert start <= moment < end
    assert window_of(end, window, BERLIN)[0] == end
    assert start.astimezone(BERLIN).hour == 0 or window is Window.HOUR
    assert start.astimezone(BERLIN).weekday() == 0 or window is not Window.WEEK


def test_a_day_with_a_clock_change_keeps_its_true_length() -> None:
    start, end = window_of(datetime(2026, 3, 29, 12, tzinfo=UTC), Window.DAY, BERLIN)
    assert end - start == timedelta(hours=23)


def test_december_ends_in_january() -> None:
    _, end = window_of(datetime(2026, 12, 31, 12, tzinfo=UTC), Window.MONTH, ZoneInfo("UTC"))
    assert end == datetime(2027, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "amount", "money", "window"),
    [
        ("50/day", 50, False, "day"),
        ("200/Month", 200, False, "month"),
        ("50", 50, False, "day"),
        ("unlimited", None, False, ""),
        ("unlimited/day", None, False, "day"),
        ("0/day", 0, False, "day"),
        ("$2.50/week", Decimal("2.5"), True, "week"),
    ],
)
def test_rates_read_as_people_type_them(text: str, amount: int | Decimal | None, window: str, *, money: bool) -> None:
    rate = read_rate(text)
    assert (rate.amount, rate.money, rate.window) == (amount, money, window)


@pytest.mark.parametrize("text", ["", "many", "-5/day", "50/fortnight", "1e9/day", "9999999999/day", "٥/day/x", "$5"])
def test_what_is_no_rate_is_answered_with_one(text: str) -> None:
    with pytest.raises(Misunderstood) as caught:
        read_rate(text)
    assert caught.value.line


@pytest.mark.parametrize(
    ("text", "expected"), [("20", (Measure.IMAGES, 20)), ("$5", (Measure.MONEY, 5_000_000)), ("$0.0025", (Measure.MONEY, 2500))]
)
def test_a_grant_is_images_or_money(text: str, expected: tuple[Measure, int]) -> None:
    assert read_sum(text) == expected


@pytest.mark.parametrize("text", ["", "0", "$0", "20/day", "unlimited", "usual", "$", "-3", "1e3", "２"])
def test_what_is_no_sum_is_answered_with_one(text: str) -> None:
    with pytest.raises(Misunderstood):
        read_sum(text)


@given(st.sampled_from(Measure), st.one_of(st.none(), st.integers(0, 10**12)))
def test_an_amount_is_read_as_it_was_written(measure: Measure, amount: int | None) -> None:
    assert read_amount(measure, write_amount(measure, amount)) == amount


@given(
    st.builds(
        Slot,
        measure=st.sampled_from(Measure),
        window=st.sampled_from(Window),
        rolling=st.booleans(),
        model=st.sampled_from(["", "fal/flux-schnell", "a/b/c", "x/model=y"]),
    )
    | st.builds(Slot, window=st.sampled_from(Window), operation=st.sampled_from([operation.value for operation in Operation]))
)
def test_a_slot_is_read_as_it_was_written(slot: Slot) -> None:
    assert read_slot(str(slot)) == slot
