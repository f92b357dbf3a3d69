"""Rates: amounts as people type them and as rules keep them."""

import re
from decimal import Decimal

from bot.errors import Misunderstood
from bot.grammar import Rate, rate_of
from bot.model import MICRO, Measure, micro_dollars

UNLIMITED = "unlimited"


def read_rate(text: str) -> Rate:
    """`50/day`, `$20/month`, `20` (a day), `unlimited`.

    Raises:
        Misunderstood: it is none of these.
    """
    rate = rate_of(text)
    if rate is not None:
        return rate
    if text.startswith("$"):
        raise Misunderstood(
            f"{text} in what time?", advice="Money needs an hour, a day, a week or a month.", line=f"quota set @person {text}/month"
        )
    raise Misunderstood(
        f"“{text[:20]}” is no amount in a time.", advice="For example 50/day, $20/month or unlimited.", line="quota set @person 50/day"
    )


def read_sum(text: str) -> tuple[Measure, int]:
    """`20` is 20 images, `$5` five million micro-dollars.

    Raises:
        Misunderstood: it is neither, or nothing at all.
    """
    number = text.removeprefix("$")
    amount = Decimal(number) if re.fullmatch(r"[0-9]{1,12}(\.[0-9]{1,6})?", number) else Decimal(0)
    measure = Measure.MONEY if text.startswith("$") else Measure.IMAGES
    if amount <= 0 or (measure is Measure.IMAGES and amount != int(amount)):
        raise Misunderstood(
            f"“{text[:20]}” is no number of images and no money.", advice="For example 20 or $5.", line="quota grant @person 20 --for 2d"
        )
    return measure, micro_dollars(amount) if measure is Measure.MONEY else int(amount)


def write_amount(measure: Measure, amount: int | None) -> str:
    """An amount as a rule keeps it: `50`, `$2.50`, `unlimited`."""
    if amount is None:
        return UNLIMITED
    return str(amount) if measure is Measure.IMAGES else f"${_short(Decimal(amount) / MICRO)}"


def read_amount(measure: Measure, value: str) -> int | None:
    """What a rule keeps, as images or micro-dollars; None for no limit."""
    if value == UNLIMITED:
        return None
    return int(value) if measure is Measure.IMAGES else micro_dollars(read_dollars(value))


def read_dollars(value: str) -> Decimal:
    """Dollars as a rule keeps them, with the sign or without."""
    return Decimal(value.removeprefix("$"))


def write_dollars(dollars: Decimal) -> str:
    """Dollars as a rule keeps them."""
    return f"${_short(dollars)}"


def _short(dollars: Decimal) -> str:
    return str(int(dollars)) if dollars == int(dollars) else f"{max(dollars.normalize(), dollars.quantize(Decimal('0.01')), key=_digits):f}"


def _digits(number: Decimal) -> int:
    return len(f"{number:f}")
