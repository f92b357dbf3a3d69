"""Buttons: actions as rows of Slack's buttons, whose value is the line that they say. They need no memory: they outlive any restart."""

import math
from collections.abc import Sequence
from itertools import groupby

from adapters.platforms.slack.mrkdwn import cut, plain
from adapters.platforms.slack.shapes import JSON
from bot.model import Action, Emphasis, Picture

SAY = "say:"
"""How the `action_id` of every such button begins; the rest is only there to tell the buttons of a message apart."""
REVEAL = "reveal"
"""The word of a line that Slack's side does by itself: show one person the picture behind a cover."""
_IN_A_ROW = 6
"""As many as Slack shows side by side on a laptop."""
_LABEL = 75
_VALUE = 2000
_ALT = 1500
_CONFIRM_TITLE = 100
_CONFIRM_TEXT = 300
_CONFIRM_BUTTON = 30


def rows(actions: Sequence[Action], *, start: int = 0) -> list[JSON]:
    """`actions` blocks: what is the same for several images stands in a row of its own. `start` is the number of buttons before them."""
    kept = [action for action in actions if plain(action.line) and len(action.line) <= _VALUE]
    buttons = [_button(start + number, action) for number, action in enumerate(kept)]
    blocks: list[JSON] = []
    loose: list[JSON] = []
    for _, group in groupby(zip(kept, buttons, strict=True), key=lambda pair: pair[0].line.partition(" ")[0]):
        same = [button for _, button in group]
        if len(same) == 1:
            loose += same
        else:
            blocks += (*_packed(loose), *_packed(same))
            loose = []
    return [*blocks, *_packed(loose)]


def reveal(picture: Picture, *, several: bool) -> Action:
    """What shows a covered picture to whoever presses it. Its line holds what is needed to show it, so that it outlives a restart."""
    which = f"image {picture.index}" if several else "the picture"
    return Action(label=f"Show {which}", line=f"{REVEAL} {picture.original or picture.key} {cut(picture.alt, _ALT)}".strip())


def read_reveal(line: str) -> Picture | None:
    """The picture that such a line is about; None for any other line."""
    word, _, rest = line.partition(" ")
    key, _, alt = rest.partition(" ")
    return Picture(key=key, alt=alt, width=1, height=1) if word == REVEAL and key else None


def _packed(buttons: Sequence[JSON]) -> list[JSON]:
    """Rows that are about equally long, none with one button left over."""
    if not buttons:
        return []
    size = math.ceil(len(buttons) / math.ceil(len(buttons) / _IN_A_ROW))
    return [{"type": "actions", "elements": list(buttons[start : start + size])} for start in range(0, len(buttons), size)]


def _button(number: int, action: Action) -> JSON:
    label = cut(action.label, _LABEL) or cut(action.line, _LABEL)
    button: JSON = {"type": "button", "action_id": f"{SAY}{number}", "text": _plain(label), "value": action.line}
    if action.emphasis is not Emphasis.NORMAL:
        button["style"] = action.emphasis.value
    if question := cut(action.confirm, _CONFIRM_TEXT):
        button["confirm"] = {
            "title": _plain(cut(f"{label}?", _CONFIRM_TITLE)),
            "text": _plain(question),
            "confirm": _plain(cut(label, _CONFIRM_BUTTON)),
            "deny": _plain("Go back"),
            "style": "danger" if action.emphasis is Emphasis.DANGER else "primary",
        }
    return button


def _plain(text: str) -> JSON:
    return {"type": "plain_text", "text": text, "emoji": False}
