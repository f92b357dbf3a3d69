"""Entries: what an admin decided, before and after, with the way back."""

from datetime import datetime

from bot.model import Action, Entry, Message, Tone
from bot.says.words import listed, moment

_UNTIL, _TO = " until ", " to "


def entry_page(entry: Entry, *, title: str = "Changed", body: str = "", zone: str = "", still: str = "") -> Message:
    """What stood before and stands now, line by line; an entry that changed nothing says so. Moments are told in the reader's `zone`.

    `body` is about the change; `still` is what holds in any case.
    """
    lines = [(name, entry.before.get(name, ""), entry.after[name]) for name in entry.after]
    changed = [(name, before, after) for name, before, after in lines if before != after]
    if not changed:
        body = f"It was so already. {still}".strip()
        return Message(text=f"Nothing changed. {body}", title="Nothing changed", body=body)
    body = "\n".join(part for part in (body, still) if part)
    fields = tuple((_spoken(name), f"{_shown(name, before, zone)} → {_shown(name, after, zone)}") for name, before, after in changed)
    return Message(
        text=" ".join(filter(None, [f"{title}. {'; '.join(f'{name}: {value}' for name, value in fields)}.", body.replace("\n", " ")])),
        title=title,
        body=body,
        fields=fields,
        actions=(Action(label="Undo", line=f"undo {entry.number}"),) if entry.number else (),
        context=f"entry {entry.number}" if entry.number else "",
        tone=Tone.GOOD,
    )


def subject_words(subject: str) -> str:
    """A subject as people read it; a person, group or channel as the mark that each platform writes out."""
    kind, _, key = subject.partition(":")
    last = key.rsplit(":", 1)[-1]
    marks = {
        "person": "somebody erased" if last.startswith("~") else f"<@{last}>",
        "group": f"<@&{last}>",
        "channel": f"<#{last}>",
        "role": f"every {last}",
        "workspace": "this workspace",
        "everything": "everything",
    }
    return marks.get(kind, kind if kind == "everybody" else subject)


def whom(value: str) -> str:
    """The subjects of an access rule."""
    roles = {subject: f"{subject.rsplit(':', 1)[-1]}s" for subject in value.split() if subject.startswith("role:")}
    return listed([roles.get(subject) or subject_words(subject) for subject in value.split()])


def _spoken(name: str) -> str:
    kind, subject, slot = (*name.split(" ", 2), "", "")[:3]
    # A grant's name tells it apart from others, and tells people nothing.
    slot = slot.partition("/")[0] if kind == "grant" else slot
    return " · ".join(part for part in (subject_words(subject), kind, slot.replace("/", " ").replace("=", " ")) if part)


def _shown(name: str, value: str, zone: str) -> str:
    """A rule's value as people read it: a moment in their own time, subjects by their names."""
    if name.startswith("access "):
        return whom(value) or "everybody"
    if name.startswith("grant ") and _TO in value:
        value = f"{value.partition(' ')[0]}{_UNTIL}{value.rpartition(_TO)[2]}"
    plain, _, ends = value.rpartition(_UNTIL)
    try:
        if name.startswith("reset ") and value:
            return f"what was used before {moment(datetime.fromisoformat(value), zone)} is forgiven"
        return f"{plain}{_UNTIL}{moment(datetime.fromisoformat(ends), zone)}" if plain else value or "nothing"
    except ValueError:
        return value
