"""What somebody reads whose request would overrun a limit: every kind of limit, as one or two short sentences that need no picture."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from bot.model import Job, Limit, Measure, Operation, Pool, Window
from storage.journal.refusals import refusal
from tests.contracts.stores import NOW, a_job, a_limit

RENEWS = datetime(2026, 3, 15, tzinfo=UTC)
IMAGES = replace(a_limit(50), renews=RENEWS)
MONEY = replace(IMAGES, measure=Measure.MONEY, amount=20_000_000, window=Window.MONTH, renews=datetime(2026, 4, 1, tzinfo=UTC))
BRAND = replace(MONEY, pool=Pool.CHANNEL, of="#brand")
ALL = replace(MONEY, pool=Pool.WORKSPACE, of="this workspace", team=True, amount=1_234_500_000)

TOLD: dict[str, tuple[Limit, int, int, int, int, str]] = {
    # Limit, used, wanted, images asked for, what each counts as.
    "your images, full": (
        IMAGES,
        50,
        1,
        1,
        1,
        "You have used 50 of 50 images today. This one did not count. Your quota renews on 15 March at 00:00 UTC.",
    ),
    "your images, too many": (
        IMAGES,
        47,
        4,
        4,
        1,
        "You have used 47 of 50 images today, and this would be 4 more. --count 3 would fit. Your quota renews on 15 March at 00:00 UTC.",
    ),
    "one image that counts as two": (
        IMAGES,
        49,
        2,
        1,
        2,
        (
            "You have used 49 of 50 images today, and this would be 2 more, because each image counts as 2. "
            "This one did not count. Your quota renews on 15 March at 00:00 UTC."
        ),
    ),
    "more than the rule allows by now": (
        replace(IMAGES, amount=1),
        7,
        1,
        1,
        1,
        "You have used 7 of 1 image today. This one did not count. Your quota renews on 15 March at 00:00 UTC.",
    ),
    "larger than the whole quota": (
        replace(IMAGES, amount=3),
        0,
        4,
        4,
        1,
        "You have used 0 of 3 images today, and this would be 4 more. --count 3 would fit.",
    ),
    "larger than the whole quota in one image": (
        replace(MONEY, amount=20_000, window=Window.HOUR),
        0,
        40_000,
        1,
        1,
        "You have used $0.00 of $0.02 this hour, and this would be $0.04 more. This one did not count. Ask for less, or an admin for more.",
    ),
    "none at all": (
        replace(IMAGES, amount=0, window=Window.WEEK),
        0,
        1,
        1,
        1,
        "Your quota is 0 images a week. Ask an admin of this workspace for more; nothing was counted.",
    ),
    "no money at all in a channel": (
        replace(BRAND, amount=0),
        0,
        1,
        1,
        1,
        "The limit of #brand is $0.00 a month. Ask an admin of this workspace for more; nothing was counted.",
    ),
    "your money": (
        MONEY,
        19_950_000,
        80_000,
        2,
        1,
        (
            "You have used $19.95 of $20.00 this month, and this would be $0.08 more. --count 1 would fit. "
            "Your quota renews on 1 April at 00:00 UTC."
        ),
    ),
    "parts of a cent": (
        MONEY,
        19_999_800,
        500,
        1,
        1,
        (
            "You have used $19.9998 of $20.00 this month, and this would be $0.0005 more. This one did not count. "
            "Your quota renews on 1 April at 00:00 UTC."
        ),
    ),
    "next to nothing": (
        MONEY,
        19_999_999,
        2,
        1,
        1,
        (
            "You have used $20.00 of $20.00 this month, and this would be less than $0.0001 more. This one did not count. "
            "Your quota renews on 1 April at 00:00 UTC."
        ),
    ),
    "a channel": (
        BRAND,
        20_000_000,
        40_000,
        1,
        1,
        "#brand has used $20.00 of $20.00 this month. This one did not count. It renews on 1 April at 00:00 UTC.",
    ),
    "the workspace's budget": (
        ALL,
        1_234_490_000,
        40_000,
        1,
        1,
        (
            "This workspace has used $1,234.49 of $1,234.50 this month, and this would be $0.04 more. This one did not count. "
            "It renews on 1 April at 00:00 UTC."
        ),
    ),
    "a model": (
        replace(IMAGES, model="fal/flux", amount=1500),
        1500,
        1,
        1,
        1,
        "You have used 1,500 of 1,500 images with fal/flux today. This one did not count. Your quota renews on 15 March at 00:00 UTC.",
    ),
    "an operation": (
        replace(IMAGES, operation="upscale", window=Window.WEEK),
        50,
        1,
        1,
        1,
        "You have used 50 of 50 images for upscaling this week. This one did not count. Your quota renews on 15 March at 00:00 UTC.",
    ),
    "a rolling hour": (
        replace(IMAGES, rolling=True, window=Window.HOUR, renews=NOW + timedelta(minutes=3, seconds=1)),
        50,
        1,
        1,
        1,
        (
            "You have used 50 of 50 images in the last 60 minutes. This one did not count. "
            "Your quota has room for it on 14 March at 12:04 UTC."
        ),
    ),
}


def a_big_job(count: int, weight: int, zone: str = "") -> Job:
    job = a_job("fox1", count=count)
    return replace(job, weight=weight, estimate=Decimal(1), person=replace(job.person, zone=zone))


@pytest.mark.parametrize("case", TOLD)
def test_refusal_says_what_happened_whether_it_counted_and_what_to_do(case: str) -> None:
    limit, used, want, count, weight, told = TOLD[case]
    no = refusal(a_big_job(count, weight), limit, used=used, want=want)
    assert f"{no.sentence} {no.advice}" == told
    assert len(told.split(". ")) <= 3 + told.count("--count")


@pytest.mark.parametrize("operation", Operation)
def test_every_operation_has_words_of_its_own(operation: Operation) -> None:
    no = refusal(a_big_job(1, 1), replace(IMAGES, operation=operation.value), used=50, want=1)
    assert no.sentence.startswith("You have used 50 of 50 images for ")


@pytest.mark.parametrize(
    ("zone", "told"),
    [
        ("Europe/Berlin", "on 29 March at 03:00 your time."),
        ("America/New_York", "on 28 March at 21:00 your time."),
        ("Asia/Kathmandu", "on 29 March at 06:45 your time."),
        ("Nowhere/Atlantis", "on 29 March at 01:00 UTC."),
    ],
)
def test_renewal_is_told_in_the_persons_own_time_over_a_change_to_summer_time(zone: str, told: str) -> None:
    limit = replace(IMAGES, renews=datetime(2026, 3, 29, 1, tzinfo=UTC))
    assert refusal(a_big_job(1, 1, zone), limit, used=50, want=1).advice.endswith(told)
