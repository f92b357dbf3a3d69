"""The shelf: forms that are ready while nobody may open them, because Slack opens a view only within three seconds of a click.

A button opens such a form later: its line is `form <mark> <line>`, and the mark finds the form here. After a restart the mark finds
nothing, and the line that is left asks the hub again.
"""

import secrets
from collections import OrderedDict
from dataclasses import dataclass

from adapters.platforms.slack.inbound import Deed
from adapters.platforms.slack.slips import Slip
from bot.model import Action, Emphasis, Form, Message

_FORM = "form"
_REMEMBERED = 512
_LONGEST = 60
"""Characters of a line that rides along; a longer one holds words that belong into no button."""


@dataclass(frozen=True, kw_only=True)
class Kept:
    """A form and where it is about."""

    form: Form
    slip: Slip


class Shelf:
    """Keeps forms, the newest so many."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, Kept] = OrderedDict()

    def put(self, form: Form, slip: Slip, deed: Deed) -> Message:
        """Keep a form; gives what to say about it, with the button that opens it."""
        mark = secrets.token_hex(4)
        self._kept[mark] = Kept(form=form, slip=slip)
        while len(self._kept) > _REMEMBERED:
            self._kept.popitem(last=False)
        line = self.line(deed.line)
        line = line if len(line) <= _LONGEST else form.line
        sentence = f"The form “{form.title}” is ready; press the button to fill it in."
        return Message(
            text=sentence,
            body=sentence,
            actions=(Action(label="Open the form", line=f"{_FORM} {mark} {line}", emphasis=Emphasis.PRIMARY),),
        )

    def find(self, line: str) -> Kept | None:
        """The form that a button's line opens."""
        word, _, rest = line.partition(" ")
        return self._kept.get(rest.partition(" ")[0]) if word == _FORM else None

    def line(self, line: str) -> str:
        """What a button's line asks of the hub."""
        word, _, rest = line.partition(" ")
        return rest.partition(" ")[2] if word == _FORM else line
