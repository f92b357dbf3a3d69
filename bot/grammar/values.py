"""Values: what each kind of option takes, how it is read, shown and repaired."""

import difflib
import math
import re
from collections.abc import Callable, Mapping
from fractions import Fraction

from bot.grammar import amounts, marks
from bot.grammar.words import plain, squeeze
from bot.model import Kind, Option, Value

LONGEST = 4000
"""Characters that a text may have, unless its option's `most` says otherwise."""
# The largest whole number that JSON and every platform's own number type carry unharmed.
_LARGEST = 2**53
_NARROWEST, _WIDEST = Fraction(1, 8), Fraction(8)
_YES, _NO = {"true", "yes", "on", "1"}, {"false", "no", "off", "0"}

_NUMBER = re.compile(r"[+-]?(\d{1,20}(\.\d{0,20})?|\.\d{1,20})(e[+-]?\d{1,3})?", re.IGNORECASE)
_WHOLE = re.compile(r"([+-]?\d{1,20})(?:\.0{1,20})?")
_RATIO = re.compile(r"(\d{1,5}(?:\.\d{1,4})?)\s*[:x×/]\s*(\d{1,5}(?:\.\d{1,4})?)", re.IGNORECASE)
_JOB = re.compile(r"#?([0-9A-Za-z]{2,64})")


def read(option: Option, raw: Value) -> Value | None:
    """A value as the option keeps it, or None where the option does not take it.

    Reading what was read gives the same again. A text is cut by nobody here: see `LONGEST`.
    """
    value = _READERS[option.kind](option, raw)
    if value is not None and option.choices and option.kind is not Kind.CHOICE and _show(value) not in option.choices:
        return None
    return value


def show(option: Option, value: Value) -> str:
    """A value as somebody would type it, without quotes around it."""
    fitting = read(option, value)
    return squeeze(_show(value if fitting is None else fitting))


def longest(option: Option) -> int:
    """Characters that a text may have."""
    return int(option.most) if option.most is not None else LONGEST


def takes(option: Option) -> str:
    """What the option takes, as a phrase that follows the verb."""
    if option.choices and option.kind is not Kind.FLAG:
        return _either(option.choices)
    phrase = _PHRASES[option.kind]
    if option.kind in {Kind.INTEGER, Kind.NUMBER, Kind.MONEY}:
        phrase += _range(option)
        return f"{phrase}, such as {option.example}" if option.example and option.kind in _NAMED else phrase
    return f"{phrase}, such as {option.example}" if option.example and option.kind in _NAMED else phrase


def hint(option: Option) -> str:
    """What the option takes, in a word or two, for a line of usage."""
    if option.choices and option.kind is not Kind.FLAG:
        return "|".join(option.choices)
    if option.kind in {Kind.INTEGER, Kind.NUMBER} and option.least is not None and option.most is not None:
        return f"{_show(option.least)}-{_show(option.most)}"
    return _HINTS[option.kind]


def explain(option: Option, raw: Value) -> str:
    """A sentence about why a value was refused, where there is more to say than what the option takes; else empty."""
    return amounts.explain(_show(raw)) if option.kind in {Kind.RATE, Kind.AMOUNT, Kind.MONEY} else ""


def repair(option: Option, raw: Value) -> Value | None:
    """The legal value nearest to one that was refused: the bound it overran, the choice it resembles, or the example."""
    text = squeeze(_show(raw))
    if option.kind in {Kind.INTEGER, Kind.NUMBER}:
        number = _number(text.replace(",", "."))
        if number is not None and not math.isnan(number):
            low, high = _bounds(option)
            near = min(max(number, low), high)
            found = read(option, round(near) if option.kind is Kind.INTEGER else near)
            if found is not None:
                return found
    if option.kind is Kind.FLAG:
        return True
    if option.kind in {Kind.RATE, Kind.AMOUNT, Kind.MONEY}:
        found = read(option, amounts.mend(text)) or read(option, amounts.mend(text).partition("/")[0])
        if found is not None:
            return found
    if option.choices:
        return read(option, (difflib.get_close_matches(text[:40], option.choices, n=1, cutoff=0.5) or option.choices)[0])
    for example in (option.example, _EXAMPLES.get(option.kind, ""), "" if option.least is None else _show(option.least)):
        found = read(option, example) if example else None
        if found is not None:
            return found
    return None


def resembles(option: Option, text: str) -> bool:
    """Whether a word was probably meant for this option, right or wrong; decides if an optional one is left out."""
    if option.kind in {Kind.INTEGER, Kind.NUMBER, Kind.RATIO, Kind.RATE, Kind.AMOUNT}:
        return text.lstrip("+-.$€£")[:1].isdecimal() or read(option, text) is not None
    if option.kind in {Kind.MONEY, Kind.SPAN}:
        return text.lstrip("$€£")[:1].isdecimal()
    if option.kind in {Kind.MODEL, Kind.STYLE}:
        return not text.startswith(("$", "€", "£"))
    if option.kind in {Kind.PERSON, Kind.SUBJECT, Kind.CHANNEL}:
        signs = ("@", "<@") if option.kind is Kind.PERSON else ("@", "<@", "#", "<#")
        return text.startswith(signs) or read(option, text) is not None
    if option.choices:
        return bool(difflib.get_close_matches(text.lower()[:40], option.choices, n=1, cutoff=0.8))
    return True


def _text(_: Option, raw: Value) -> Value | None:
    return squeeze(marks.spell_out(squeeze(_show(raw)))) or None


def _name(_: Option, raw: Value) -> Value | None:
    name = plain(marks.spell_out(_show(raw)))
    return name if 0 < len(name) <= 200 else None  # noqa: PLR2004 - no name is longer, and a sentence must still hold it


def _integer(option: Option, raw: Value) -> Value | None:
    if isinstance(raw, bool):
        return None
    match = _WHOLE.fullmatch(squeeze(str(int(raw)) if isinstance(raw, float) and raw.is_integer() else str(raw)))
    low, high = _bounds(option)
    return int(match[1]) if match and low <= int(match[1]) <= high else None


def _decimal(option: Option, raw: Value) -> Value | None:
    number = None if isinstance(raw, bool) else _number(squeeze(str(raw)))
    low, high = _bounds(option)
    # Adding 0.0 turns -0.0 into 0.0, which is typed without a sign.
    return number + 0.0 if number is not None and low <= number <= high else None


def _choice(option: Option, raw: Value) -> Value | None:
    said = squeeze(_show(raw)).casefold()
    return next((choice for choice in option.choices if choice.casefold() == said), None)


def _flag(_: Option, raw: Value) -> Value | None:
    said = squeeze(_show(raw)).lower()
    return True if said in _YES else False if said in _NO else None


def _ratio(_: Option, raw: Value) -> Value | None:
    match = _RATIO.fullmatch(squeeze(_show(raw)))
    if match is None:
        return None
    width, height = Fraction(match[1]), Fraction(match[2])
    if not width or not height or not _NARROWEST <= width / height <= _WIDEST:
        return None
    # 21:9 keeps its well-known name; 1920:1080 and 1.5:1 get theirs.
    if max(width, height) > 99 or width.denominator > 1 or height.denominator > 1:  # noqa: PLR2004 - two digits, as in every ratio with a name
        ratio = (width / height).limit_denominator(1000)
        return f"{ratio.numerator}:{ratio.denominator}"
    return f"{width}:{height}"


def _person(_: Option, raw: Value) -> Value | None:
    return marks.read_person(_show(raw))


def _subject(_: Option, raw: Value) -> Value | None:
    return marks.read_subject(_show(raw))


def _channel(_: Option, raw: Value) -> Value | None:
    return marks.read_channel(_show(raw))


def _rate(_: Option, raw: Value) -> Value | None:
    return amounts.read_rate(_show(raw))


def _amount(_: Option, raw: Value) -> Value | None:
    return amounts.read_amount(_show(raw))


def _money(option: Option, raw: Value) -> Value | None:
    found = amounts.read_money(_show(raw))
    low, high = _bounds(option)
    return found if found is not None and low <= float(found) <= high else None


def _span(_: Option, raw: Value) -> Value | None:
    return amounts.read_span(_show(raw))


def _job(_: Option, raw: Value) -> Value | None:
    match = _JOB.fullmatch(squeeze(_show(raw)))
    return match[1].lower() if match else None


_READERS: Mapping[Kind, Callable[[Option, Value], Value | None]] = {
    Kind.TEXT: _text,
    Kind.INTEGER: _integer,
    Kind.NUMBER: _decimal,
    Kind.CHOICE: _choice,
    Kind.FLAG: _flag,
    Kind.RATIO: _ratio,
    Kind.JOB: _job,
    Kind.MODEL: _name,
    Kind.STYLE: _name,
    Kind.PERSON: _person,
    Kind.SUBJECT: _subject,
    Kind.CHANNEL: _channel,
    Kind.RATE: _rate,
    Kind.AMOUNT: _amount,
    Kind.MONEY: _money,
    Kind.SPAN: _span,
    Kind.IMAGE: _text,
}
_PHRASES = {
    Kind.TEXT: "some words",
    Kind.INTEGER: "a whole number",
    Kind.NUMBER: "a number",
    Kind.CHOICE: "a word",
    Kind.FLAG: "no value",
    Kind.RATIO: "a ratio from 1:8 to 8:1, such as 16:9",
    Kind.JOB: "a job's id",
    Kind.MODEL: "a model's name",
    Kind.STYLE: "the name of a style",
    Kind.PERSON: "a mentioned person",
    Kind.SUBJECT: f"a @person, a @group, a #channel, {', '.join(marks.SUBJECTS[:-1])} or {marks.SUBJECTS[-1]}",
    Kind.CHANNEL: "a #channel, here or none",
    Kind.RATE: "images or money and a time, such as 50/day, $20/month or unlimited",
    Kind.AMOUNT: "an amount, such as 50/day, $20/month, 20, $5, unlimited or usual",
    Kind.MONEY: "an amount of dollars",
    Kind.SPAN: "a time of at most a year, such as 90m, 2h, 2d or 1w",
    Kind.IMAGE: "an attached picture",
}
# Kinds whose phrase says more with an example.
_NAMED = {Kind.TEXT, Kind.JOB, Kind.MODEL, Kind.STYLE, Kind.PERSON, Kind.MONEY}
_HINTS = {
    Kind.TEXT: "words",
    Kind.INTEGER: "N",
    Kind.NUMBER: "N",
    Kind.CHOICE: "word",
    Kind.FLAG: "",
    Kind.RATIO: "16:9",
    Kind.JOB: "job",
    Kind.MODEL: "name",
    Kind.STYLE: "name",
    Kind.PERSON: "@person",
    Kind.SUBJECT: "@who",
    Kind.CHANNEL: "#channel",
    Kind.RATE: "50/day",
    Kind.AMOUNT: "50/day",
    Kind.MONEY: "$2",
    Kind.SPAN: "2d",
    Kind.IMAGE: "picture",
}
_EXAMPLES = {
    Kind.INTEGER: "1",
    Kind.NUMBER: "1",
    Kind.RATIO: "16:9",
    Kind.PERSON: "@person",
    Kind.SUBJECT: marks.EVERYBODY,
    Kind.CHANNEL: marks.HERE,
    Kind.RATE: "50/day",
    Kind.AMOUNT: "50/day",
    Kind.MONEY: "2",
    Kind.SPAN: "2d",
    Kind.TEXT: "a red fox",
}


def _number(text: str) -> float | None:
    return float(text) if _NUMBER.fullmatch(text) else None


def _bounds(option: Option) -> tuple[float, float]:
    return (-_LARGEST if option.least is None else option.least, _LARGEST if option.most is None else option.most)


def _show(value: Value) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) <= _LARGEST else repr(value)
    return str(value)


def _range(option: Option) -> str:
    match option.least, option.most:
        case None, None:
            return ""
        case least, None:
            return f" of at least {_show(least)}"
        case None, most:
            return f" of at most {_show(most)}"
        case least, most:
            return f" from {_show(least)} to {_show(most)}"


def _either(words: tuple[str, ...]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"
