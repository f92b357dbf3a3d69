"""Buttons: actions as components whose ids carry the line to say, so that they work after a restart, months later.

An id is read, never looked up: `1:vary 7kq2mw9x 2` says the line, `1?Delete them?|delete 7kq2mw9x` asks first. Ids that nobody here wrote,
or that a later version wrote, are read as None. The number in front is the version; a change of the format takes the next one.

    1:LINE              do it; the same line a second time in one message is 1.2:LINE
    1?QUESTION|LINE     ask the one who pressed, where only they see it
    1!POST:LINE         the answer was yes; POST is the message that the first button sits on
    1-                  the answer was no
    1+TOKEN             open a form again as it was sent, with its mistake
    1f...               a form itself, see `forms`
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from adapters.platforms.discord import markdown
from adapters.platforms.discord.shapes import BUTTON, DANGER, JSON, PRIMARY, ROW, SECONDARY
from bot.model import Action, Emphasis, Message, Tone

LONGEST = 100
"""Characters of an id (platforms.md §23)."""
_LABEL = 80
_IN_ROW = 5
_MOST = 25
"""Buttons in one message: five rows are as many as anybody reads, and leave room for words among the 40 components."""
_STYLES = {Emphasis.NORMAL: SECONDARY, Emphasis.PRIMARY: PRIMARY, Emphasis.DANGER: DANGER}
_MOST_ROWS = 7
_ID = re.compile(
    r"1(?:\.\d+)?(?::(?P<line>.+)|\?(?P<question>[^|]*)\|(?P<asked>.+)|!(?P<post>\d+):(?P<agreed>.+)|-|\+(?P<form>\w+))", re.DOTALL
)


@dataclass(frozen=True, kw_only=True)
class Pressed:
    """What a pressed button says."""

    line: str = ""
    """To be handled now, unless `question` is set; empty for a no."""
    question: str = ""
    """To be asked first: answer with `ask`."""
    post: str = ""
    """The message that the action is about, where it is not the one that the button sits on."""
    form: str = ""
    """The token of a form to open again."""

    @property
    def refused(self) -> bool:
        """Whether the answer to a question was no."""
        return not self.line and not self.form


def read(custom_id: str) -> Pressed | None:
    """What a button of ours says, or None for an id of another version or of nobody's."""
    match = _ID.fullmatch(custom_id)
    if match is None:
        return None
    line = match["line"] or match["asked"] or match["agreed"] or ""
    question = (match["question"] or "Are you sure?") if match["asked"] else ""
    return Pressed(line=line, question=question, post=match["post"] or "", form=match["form"] or "")


def rows(actions: Sequence[Action], more: Sequence[JSON] = ()) -> list[JSON]:
    """Rows of buttons: those that do the same to several images side by side, all others together. `more` are buttons that stand first.

    An action whose line does not fit an id is left out: a button that cannot say its line would only disappoint.
    """
    groups: list[tuple[str, list[JSON]]] = [("", list(more))]
    used: dict[str, int] = {}
    verbs = [action.line.split(" ", 1)[0] for action in actions]
    for action, verb in zip(actions[: _MOST - len(more)], verbs, strict=False):
        custom_id = _custom_id(action, used)
        if custom_id is None:
            continue
        group = verb if verbs.count(verb) > 1 else ""
        if groups[-1][0] != group or len(groups[-1][1]) == _IN_ROW:
            groups.append((group, []))
        groups[-1][1].append(_button(action, custom_id))
    found = [buttons for _, buttons in groups if buttons]
    if len(found) > _MOST_ROWS:
        every = [button for buttons in found for button in buttons]
        found = [every[at : at + _IN_ROW] for at in range(0, len(every), _IN_ROW)]
    return [{"type": ROW, "components": buttons} for buttons in found]


def again(token: str) -> JSON:
    """A button that opens a form as it was sent, with its mistake still in it."""
    return {"type": BUTTON, "style": PRIMARY, "label": "Correct it", "custom_id": f"1+{token}"}


def ask(pressed: Pressed, post: str) -> tuple[Message, list[JSON]]:
    """The question before an action, for the one who pressed, and its buttons. `post` is the id of the message that was pressed on."""
    verb = pressed.line.split(" ", 1)[0].capitalize()
    question = Message(text=pressed.question, body=pressed.question, tone=Tone.WARNING)
    agree: JSON = {"type": BUTTON, "style": DANGER, "label": f"Yes, {verb.lower()}", "custom_id": f"1!{post}:{pressed.line}"}
    return question, [agree, {"type": BUTTON, "style": SECONDARY, "label": "No, leave it", "custom_id": "1-"}]


UNCHANGED = Message(text="Nothing was done.", body="Nothing was done.")
"""What stands in place of the question once the answer was no."""
OUTDATED = Message(
    text="This button is from another version of Limner and says nothing any more. /show and the job's id brings fresh ones.",
    body="This button is from another version of Limner and says nothing any more.\n/show and the job's id brings fresh ones.",
    tone=Tone.WARNING,
)
"""The answer to a button that `read` does not know."""


def _custom_id(action: Action, used: dict[str, int]) -> str | None:
    """The id of an action, unlike all others in the message; None where it does not fit."""
    times = used[action.line] = used.get(action.line, 0) + 1
    version = "1" if times == 1 else f"1.{times}"
    if not action.confirm:
        custom_id = f"{version}:{action.line}"
        return custom_id if action.line.strip() and len(custom_id) <= LONGEST else None
    room = LONGEST - len(f"{version}?|{action.line}")
    # The yes carries the id of a message, which has at most twenty digits.
    if not action.line.strip() or room < 1 or len(f"1!{'0' * 20}:{action.line}") > LONGEST:
        return None
    return f"{version}?{markdown.plain(action.confirm.replace('|', '/'), room)}|{action.line}"


def _button(action: Action, custom_id: str) -> JSON:
    label = markdown.plain(action.label, _LABEL)
    if not any(character.isalnum() for character in label):
        # A sign alone says nothing to a screen reader, and not much to anybody else.
        label = f"{label} {action.line.split(' ', 1)[0].capitalize()}".strip()
    return {"type": BUTTON, "style": _STYLES[action.emphasis], "label": label, "custom_id": custom_id}
