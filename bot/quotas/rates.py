"""Rates: an amount and a window, as people type them."""

from bot.errors import Misunderstood
from bot.model import Window

_MOST = 1_000_000


def parse_rate(text: str) -> tuple[int | None, Window | None]:
    """`50/day` is (50, DAY), `unlimited/month` is (None, MONTH), `unlimited` alone is (None, None): every window.

    Raises:
        Misunderstood: it is none of these.
    """
    amount, _, window = text.strip().casefold().partition("/")
    if window and window not in set(Window):
        raise Misunderstood(f"“{window[:20]}” is no window.", advice="Use day or month.", line="quota set @person 50/day")
    if amount in {"unlimited", "none", "∞"}:
        return None, Window(window) if window else None
    if not amount.isdecimal() or int(amount) > _MOST:
        raise Misunderstood(
            "A quota is a number of images and a window.",
            advice="For example 50/day, 200/month or unlimited.",
            line="quota set @person 50/day",
        )
    return int(amount), Window(window or "day")
