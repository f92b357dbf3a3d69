"""Forms: ours as Discord's modals, and what comes back as a line and its options.

A modal shows five things at most (platforms.md §23). A longer form shows its most important fields, and one more into which the others are
written as people type them: `--seed 42 --steps 30`. The modal's id carries the line, and the ids of its parts carry their names: so a form
that was opened before a restart is understood after it. Only its correction needs memory: Discord shows no mistake beside a field and no
form in answer to a form, so the whisper gets a button that opens the form as it was sent (see `Drafts`).

    1f:LINE or 1fTOKEN:LINE     the modal; TOKEN finds its draft
    NAME                        a field, by its name
    +NAME,NAME                  the field into which others are folded
"""

import secrets
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from adapters.platforms.discord import markdown
from adapters.platforms.discord.buttons import LONGEST
from adapters.platforms.discord.faults import DiscordFault
from adapters.platforms.discord.shapes import FILE_UPLOAD, JSON, LABEL, LONG, SELECT, SHORT, TEXT_INPUT
from bot import grammar
from bot.errors import Misunderstood
from bot.model import CommandSpec, Field, Form, Kind, Message, Option, Tone

_FIELDS = 5
_TITLE, _LABEL, _HINT, _VALUE, _CHOICES, _CHOICE = 45, 45, 100, 4000, 25, 100
_REMEMBERED = 512
_TOKEN = 8


@dataclass(frozen=True, kw_only=True)
class Filled:
    """A form that was sent."""

    line: str
    options: Mapping[str, str]
    """Every field that was shown, by name; the empty text for one that was emptied. Files are not among them."""
    files: tuple[str, ...] = ()
    """Ids of attached files, which the interaction's `resolved.attachments` describes."""
    token: str = ""
    """Finds its draft."""
    more: str = ""
    """What stood in the folded field."""
    mistake: str = ""
    """What could not be read in the folded field, as a sentence; then nothing should be done but to show `slip`."""


def modal(form: Form, token: str = "", *, more: str = "") -> JSON:
    """A form as the `data` of a modal response; `more` stands in the folded field. Raises DiscordFault for a line that does not fit."""
    custom_id = f"1f{token}:{form.line}"
    shown, folded = split(form.fields)
    if len(custom_id) > LONGEST or len(_names(folded)) > LONGEST:
        raise DiscordFault("That form is too long for Discord; type the command instead.", permanent=True)
    parts = [_part(each) for each in shown]
    if folded:
        parts.append(_folded(folded, more))
    title = markdown.plain(form.title, _TITLE)
    return {"custom_id": custom_id, "title": "Limner" if markdown.is_blank(title) else title, "components": parts}


def is_ours(custom_id: str) -> bool:
    """Whether a modal's id is one of this version's forms."""
    return custom_id.startswith("1f") and ":" in custom_id


def read(data: Mapping[str, Any]) -> Filled:
    """The `data` of a sent modal."""
    head, _, line = str(data["custom_id"]).partition(":")
    options: dict[str, str] = {}
    files: list[str] = []
    more = mistake = ""
    tops: Sequence[JSON] = data.get("components") or ()
    for top in tops:
        inner = _inner(top)
        name = str(inner.get("custom_id", ""))
        values: Sequence[str] = inner.get("values") or ()
        if inner.get("type") == FILE_UPLOAD:
            files += values
        elif name.startswith("+"):
            more = str(inner.get("value") or "")
            unfolded, mistake = _unfold(name[1:].split(","), more)
            options |= unfolded
        elif name:
            options[name] = str(inner.get("value") or (values[0] if values else ""))
    return Filled(line=line, options=options, files=tuple(files), token=head[2:], more=more, mistake=mistake)


def split(fields: Sequence[Field]) -> tuple[list[Field], list[Field]]:
    """The fields that a modal shows by themselves, in their order, and those that are folded into one."""
    if len(fields) <= _FIELDS:
        return list(fields), []
    # What cannot be typed as a flag comes first, then what must be filled in, then what is picked from a list.
    ranked = sorted(fields, key=lambda each: (not each.file, not each.required, not each.long, not _is_listed(each)))
    names = {each.name for each in ranked[: _FIELDS - 1]}
    return [each for each in fields if each.name in names], [each for each in fields if each.name not in names]


def slip(filled: Filled) -> Message:
    """The answer to a form whose folded field could not be read."""
    body = f"{filled.mistake}\nNothing was drawn and it does not count toward your quota."
    return Message(text=body.replace("\n", " "), title="I did not understand that", body=body, tone=Tone.WARNING)


class Drafts:
    """Forms that are open, so that one with a mistake can be opened again as it was sent, but for its files, which Discord cannot prefill.

    Forgotten at a restart, and the oldest first where there are many.
    """

    def __init__(self) -> None:
        self._known: OrderedDict[str, tuple[Form, str]] = OrderedDict()

    def open(self, form: Form) -> JSON:
        """A form as a modal whose draft is kept."""
        token = secrets.token_hex(_TOKEN // 2)
        if len(f"1f{token}:{form.line}") > LONGEST:
            return modal(form)
        self._keep(token, form)
        return modal(form, token)

    def fill(self, filled: Filled) -> str:
        """Keep what was sent; gives the token to open it again by, or the empty string where the form is not known any more."""
        form, _ = self._known.get(filled.token, (None, ""))
        if form is None:
            return ""
        fields = tuple(replace(field, value=filled.options.get(field.name, field.value)) for field in form.fields)
        self._keep(filled.token, replace(form, fields=fields), filled.more if filled.mistake else "")
        return filled.token

    def again(self, token: str) -> JSON | None:
        """The form as it was sent, as a modal; None where it is not known any more."""
        form, more = self._known.get(token, (None, ""))
        return modal(form, token, more=more) if form else None

    def _keep(self, token: str, form: Form, more: str = "") -> None:
        self._known[token] = (form, more)
        self._known.move_to_end(token)
        while len(self._known) > _REMEMBERED:
            self._known.popitem(last=False)


def _inner(top: JSON) -> JSON:
    """What a label holds; text that only stands in the form holds nothing."""
    row: Sequence[JSON] = top.get("components") or ({},)
    return top.get("component") or row[0]


def _part(each: Field) -> JSON:
    """One field with its label."""
    label: JSON = {"type": LABEL, "label": markdown.plain(each.label, _LABEL) or each.name[:_LABEL], "component": _input(each)}
    return label | ({"description": markdown.plain(each.hint, _HINT)} if not markdown.is_blank(each.hint) else {})


def _input(each: Field) -> JSON:
    if each.file:
        return {"type": FILE_UPLOAD, "custom_id": each.name, "min_values": int(each.required), "max_values": 1, "required": each.required}
    if _is_listed(each):
        # What holds now may be no choice any more; it stays one, or sending the form would change it.
        choices = dict.fromkeys((*each.choices, *([each.value] if each.value else [])))
        options = [{"label": choice, "value": choice, "default": choice == each.value} for choice in choices]
        return {
            "type": SELECT,
            "custom_id": each.name,
            "options": options,
            "required": each.required,
            "min_values": int(each.required),
            "max_values": 1,
        }
    most = min(each.longest, _VALUE)
    return {
        "type": TEXT_INPUT,
        "custom_id": each.name,
        "style": LONG if each.long else SHORT,
        "required": each.required,
        "max_length": most,
    } | ({"value": value} if (value := _cut(each.value, most)) else {})


def _folded(fields: Sequence[Field], more: str) -> JSON:
    """The field for all others: what they hold as flags, and which there are."""
    spec = _spec([each.name for each in fields])
    held = more or grammar.write(spec, {each.name: each.value for each in fields if each.value})
    flags = " ".join(f"--{each.name}" for each in fields)
    component: JSON = {"type": TEXT_INPUT, "custom_id": _names(fields), "style": LONG, "required": False, "max_length": _VALUE}
    value = _cut(held.removeprefix(spec.name).strip(), _VALUE)
    return {
        "type": LABEL,
        "label": "More options",
        "description": markdown.plain(f"As you would type them: {flags}", _HINT),
        "component": component | ({"value": value} if value else {}),
    }


def _names(fields: Sequence[Field]) -> str:
    return f"+{','.join(each.name for each in fields)}"


def _unfold(names: Sequence[str], text: str) -> tuple[dict[str, str], str]:
    """The folded fields' values by name, and the sentence where they could not be read."""
    spec = _spec(names)
    try:
        found = grammar.parse(text, spec)
    except Misunderstood as misunderstood:
        # The line that would have worked is one of this field's and of no command; the sentence says enough.
        return {}, misunderstood.sentence
    if "words" in found:
        return (
            {},
            f"“{markdown.plain(str(found['words']), 60)}” belongs to no flag. Write each value behind its flag, such as --{names[0]}.",
        )
    return {name: str(found.get(name, "")) for name in names}, ""


def _spec(names: Sequence[str]) -> CommandSpec:
    """A command that has just these options, all of them words: the hub checks their kinds."""
    words = Option(name="words", kind=Kind.TEXT, about="Words without a flag", positional=True, rest=True)
    flags = tuple(Option(name=name, kind=Kind.TEXT, about=name) for name in names)
    return CommandSpec(name="more", about="More options", options=(words, *flags))


def _is_listed(each: Field) -> bool:
    """Whether a field is shown as a list to pick from; a longer one than Discord shows is typed."""
    known = {*each.choices, *([each.value] if each.value else [])}
    return bool(each.choices) and len(known) <= _CHOICES and all(0 < len(choice) <= _CHOICE for choice in known)


def _cut(value: str, most: int) -> str:
    """A value that the input takes; Discord would refuse the whole form for one that is too long."""
    text = markdown.clean(value)
    while markdown.size(text) > most:
        text = text[: len(text) - max(1, (markdown.size(text) - most) // 2)]
    return text
