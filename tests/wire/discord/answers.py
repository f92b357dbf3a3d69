"""What the fields of a form and the lines of a menu send."""

from typing import Any

from tests.wire.discord.components import SELECTS, TEXT_INPUT
from tests.wire.discord.faults import Json, items
from tests.wire.discord.modals import CHECKBOX, CHECKBOXES, RADIO, Field
from tests.wire.discord.window import NotOffered


def choose(options: tuple[Json, ...] | list[Json], wanted: list[str]) -> list[str]:
    """The values of lines that are named by label or value."""
    values = [next((each["value"] for each in options if name in {each["label"], each["value"]}), None) for name in wanted]
    if None in values:
        raise NotOffered(f"{wanted} is not among {[each['label'] for each in options]}")
    return [str(value) for value in values]


def check_count(raw: Json, count: int, *, required: bool = True) -> None:
    least = 1 if raw.get("min_values") is None else raw["min_values"]
    most = raw.get("max_values") or 1
    if not (least <= count <= most or (count == 0 and not required)):
        raise NotOffered(f"{count} values, but {least} to {most} can be sent")


def answer(form: Field, value: Any) -> Json:
    """What one field of a form sends: `value` if it was filled in, what stood in it otherwise."""
    raw = form.raw
    if form.type == TEXT_INPUT:
        text = form.value if value is None else str(value)
        if form.required and not text:
            raise NotOffered(f"{form.label} is required")
        if text and not (raw.get("min_length") or 0) <= len(text) <= (raw.get("max_length") or 4000):
            raise NotOffered(f"{form.label} has the wrong length")
        return {"value": text}
    if form.type == CHECKBOX:
        return {"value": bool(raw.get("default") if value is None else value)}
    options: list[Json] = items(raw, "options")
    before = [each["value"] for each in options if each.get("default")]
    wanted: list[str] = before if value is None else [value] if isinstance(value, str) else list(value)
    chosen = choose(options, wanted) if options else wanted
    check_count(raw, len(chosen), required=form.required)
    if form.type == RADIO:
        return {"value": chosen[0] if chosen else None}
    return {"values": chosen} if form.type in {*SELECTS, CHECKBOXES} else {}
