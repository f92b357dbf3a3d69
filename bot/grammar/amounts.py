"""Amounts: how many, how much and for how long: rates, money and spans of time, each in one canonical form."""

import re
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from bot.grammar.words import squeeze

_MOST = 1_000_000
"""Images, or dollars."""
_LONGEST = timedelta(days=365)
_UNITS = {
    "m": ("m", "min", "mins", "minute", "minutes"),
    "h": ("h", "hr", "hrs", "hour", "hours"),
    "d": ("d", "day", "days"),
    "w": ("w", "wk", "wks", "week", "weeks"),
    "y": ("y", "yr", "year"),
}
_UNIT = {word: unit for unit, words in _UNITS.items() for word in words}
_LENGTHS = {
    "m": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
    "w": timedelta(weeks=1),
    "y": timedelta(days=365),
}
_WINDOWS = {
    **dict.fromkeys(("h", "hr", "hour"), "hour"),
    **dict.fromkeys(("d", "day"), "day"),
    **dict.fromkeys(("w", "wk", "week"), "week"),
    **dict.fromkeys(("mo", "month"), "month"),
}
_NUMBER = r"\d{1,7}(?:\.\d{1,2})?"
_RATE = re.compile(rf"(?:(\$?)\s?({_NUMBER})|unlimited)(?:\s*/\s*([a-z]{{1,5}}))?", re.IGNORECASE)
_MONEY = re.compile(rf"\$?\s?({_NUMBER})")
_ALONE = re.compile(r"(\$?)\s?(\d{1,7}(?:\.\d{1,6})?)")
USUAL = "usual"
_SPAN = re.compile(r"(\d{1,6})\s*([a-z]{1,7})", re.IGNORECASE)
_FOREIGN = re.compile("[€£¥₹₽₩₺]|\\b(?:eur|gbp|chf|jpy|inr|euros?|pounds?)\\b", re.IGNORECASE)
_GROUPED = re.compile(r"(?<=\d)[,'’\u00a0\u202f ](?=\d{3}(?!\d))")
_COMMA = re.compile(r"(?<=\d),(?=\d{1,2}(?!\d))")


@dataclass(frozen=True, kw_only=True)
class Rate:
    """So many images, or so much money, in a window."""

    amount: Decimal | None
    """None for as much as one likes."""
    money: bool
    window: str
    """`hour`, `day`, `week` or `month`; empty for every window, which only `unlimited` has."""


def rate_of(text: str) -> Rate | None:
    """What a rate says: `50/day`, `$2.50/week`, `unlimited/month`, `unlimited`; None where it is none of these.

    Images without a window are images a day. Money without one says nothing: a day and a month are too far apart to guess.
    """
    match = _RATE.fullmatch(squeeze(text))
    if match is None or (match[3] and match[3].lower() not in _WINDOWS):
        return None
    window = _WINDOWS[match[3].lower()] if match[3] else ""
    if not match[2]:
        return Rate(amount=None, money=False, window=window)
    amount, money = Decimal(match[2]), bool(match[1])
    if amount > _MOST or (money and not window) or (not money and "." in match[2]):
        return None
    return Rate(amount=amount, money=money, window=window or "day")


def span_of(text: str) -> timedelta | None:
    """How long `90m`, `2h`, `2 days` or `1w` is; None where it is none of these, or longer than a year."""
    canonical = read_span(text)
    return None if canonical is None else int(canonical[:-1]) * _LENGTHS[canonical[-1]]


def read_rate(raw: str) -> str | None:
    """`[$]AMOUNT/WINDOW`, `unlimited/WINDOW` or `unlimited`."""
    rate = rate_of(raw)
    if rate is None:
        return None
    amount = "unlimited" if rate.amount is None else f"{'$' * rate.money}{_short(rate.amount)}"
    return f"{amount}/{rate.window}" if rate.window else amount


def read_amount(raw: str) -> str | None:
    """A rate, a number alone (`20`), money alone (`$5`, `$0.0025`; what has a point is money), or `usual`."""
    said = squeeze(raw)
    match = _ALONE.fullmatch(said)
    if match is None:
        return USUAL if said.casefold() == USUAL else read_rate(said)
    amount = Decimal(match[2])
    if amount > _MOST:
        return None
    return f"${_exact(amount)}" if match[1] or "." in match[2] else str(int(amount))


def read_money(raw: str) -> str | None:
    """Dollars: `2`, `2.50`."""
    match = _MONEY.fullmatch(squeeze(raw))
    return _short(Decimal(match[1])) if match and Decimal(match[1]) <= _MOST else None


def read_span(raw: str) -> str | None:
    """A whole number and a unit: `90m`, `2h`, `2d`, `1w`."""
    match = _SPAN.fullmatch(squeeze(raw))
    unit = _UNIT.get(match[2].lower(), "") if match else ""
    if match is None or not unit:
        return None
    number = int(match[1]) * (365 if unit == "y" else 1)
    unit = "d" if unit == "y" else unit
    return f"{number}{unit}" if timedelta(0) < number * _LENGTHS[unit] <= _LONGEST else None


def explain(raw: str) -> str:
    """A sentence about how an amount was written, where that alone keeps it from being read; else empty."""
    if _FOREIGN.search(raw):
        return "Money is counted in US dollars here."
    if _GROUPED.search(raw):
        return "Write thousands without a comma or a space."
    if _COMMA.search(raw):
        return "Write cents after a point."
    return "Money needs a time, too." if read_rate(f"{raw}/month") and not read_rate(raw) else ""


def mend(raw: str) -> str:
    """The same amount as it is written here: without grouping, in dollars, a month where money has no time."""
    text = squeeze(raw)
    dollars = bool(_FOREIGN.search(text)) or "$" in text
    text = _COMMA.sub(".", _GROUPED.sub("", _FOREIGN.sub("", text))).replace("$", "").strip()
    text = re.sub(r"\s*/\s*(?:rolling|calendar)\s+", "/", text, flags=re.IGNORECASE)
    number, slash, window = text.partition("/")
    number = f"${number.strip()}" if dollars else number.strip()
    return f"{number}/{window.strip() if slash else 'month'}" if slash or dollars else number


def _short(amount: Decimal) -> str:
    return str(int(amount)) if amount == int(amount) else f"{amount:.2f}"


def _exact(amount: Decimal) -> str:
    """With cents, and with more digits where there are more."""
    return _short(amount) if amount == round(amount, 2) else f"{amount.normalize():f}"
