"""Quotas: calendar windows in the installation's time zone, and rates as people type them."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import Misunderstood
from bot.model import Window
from bot.quotas import parse_rate, window_of

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
    ("text", "expected"),
    [
        ("50/day", (50, Window.DAY)),
        ("200/Month", (200, Window.MONTH)),
        ("50", (50, Window.DAY)),
        ("unlimited", (None, None)),
        ("unlimited/day", (None, Window.DAY)),
        ("0/day", (0, Window.DAY)),
    ],
)
def test_rates_read_as_people_type_them(text: str, expected: tuple[int | None, Window | None]) -> None:
    assert parse_rate(text) == expected


@pytest.mark.parametrize("text", ["", "many", "-5/day", "50/fortnight", "1e9/day", "9999999999/day", "٥/day/x"])
def test_what_is_no_rate_is_answered_with_one(text: str) -> None:
    with pytest.raises(Misunderstood) as caught:
        parse_rate(text)
    assert caught.value.line
