"""Facts: labels and values, two in a row where they are short, a line each where they are not."""

import re
from collections.abc import Iterable, Sequence
from itertools import groupby

from adapters.platforms.slack.mrkdwn import cut, escape, linked_elements, linked_markup
from adapters.platforms.slack.shapes import JSON

_SHORT = 40
"""Characters of a label that stands above its value."""
_SHORT_VALUE = 60
"""Characters of a value that stands beside others: two lines of its column."""
_IN_A_SECTION = 10
_LABEL = 100
_VALUE = 1800
_LINES = 2800
"""Characters in one block of lines."""
_TAME = re.compile(r"[^*_~`:\n]*:?[^*_~`:\n]*")
"""What Slack's markup leaves alone once it is escaped; anything else goes where there is no markup. Only two colons name an emoji."""


def facts(fields: Sequence[tuple[str, str]]) -> list[JSON]:
    """Blocks for labels and values, in their order. Commands, and what is mostly long, are a list; else only what is long has a line."""
    pairs = [(cut(label, _LABEL), cut(value, _VALUE)) for label, value in fields]
    pairs = [(label or "…", value or "…") for label, value in pairs if label or value]
    commands = any(label.startswith("/") for label, _ in pairs)
    listed = commands or sum(map(_is_short, pairs)) <= len(pairs) / 2
    blocks: list[JSON] = []
    for short, group in groupby(pairs, key=lambda pair: not listed and _is_short(pair)):
        run = list(group)
        blocks += _beside(run) if short else _below(run)
    return blocks


def _is_short(pair: tuple[str, str]) -> bool:
    label, value = pair
    return len(label) <= _SHORT and len(value) <= _SHORT_VALUE and bool(_TAME.fullmatch(label) and _TAME.fullmatch(value))


def _beside(pairs: Sequence[tuple[str, str]]) -> list[JSON]:
    fields = [{"type": "mrkdwn", "text": f"*{escape(label)}*\n{linked_markup(value)}", "verbatim": True} for label, value in pairs]
    return [{"type": "section", "fields": fields[start : start + _IN_A_SECTION]} for start in range(0, len(fields), _IN_A_SECTION)]


def _below(pairs: Iterable[tuple[str, str]]) -> list[JSON]:
    """Lines of rich text, in as few blocks as hold them."""
    blocks: list[list[JSON]] = [[]]
    room = _LINES
    for label, value in pairs:
        room -= len(label) + len(value) + 3
        if room < 0 and blocks[-1]:
            blocks.append([])
            room = _LINES - len(label) - len(value) - 3
        if blocks[-1]:
            # Between two lines and not after each: one at the end would leave a gap.
            blocks[-1].append({"type": "text", "text": "\n"})
        blocks[-1] += ({"type": "text", "text": label, "style": {"bold": True}}, *linked_elements(f"\u2003{value}"))
    return [{"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": elements}]} for elements in blocks if elements]
