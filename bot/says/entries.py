"""Entries: what an admin decided, before and after, with the way back."""

from datetime import datetime

from bot.model import Action, Entry, Message, Tone
from bot.says.words import listed, moment

_UNTIL, _TO = " until ", " to "
_USUAL = ("policy ", "quota ", "cap ", "weight ")
"""Rules beside which something holds anyhow; `usual` is the word that takes them back."""


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
    fields = tuple(
        (_spoken(name), f"{value_words(name, before, zone)} → {value_words(name, after, zone)}") for name, before, after in changed
    )
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
    return " · ".join(part for part in (subject_words(subject), kind, slot_words(kind, slot)) if part)


def slot_words(kind: str, slot: str) -> str:
    """What a rule of a kind is about, as people read it: `images day`, `model sketch`; a term letter by letter."""
    if kind == "term":
        return slot
    if kind == "policy":
        return slot.replace("?", ", doubtful").replace("@restricted", ", where age-restricted")
    what, told, path = slot.partition("=")
    provider, _, model = path.partition("/")
    # A model that is called as its provider is one word.
    return f"{what.replace('/', ' ')}{f' {path if model != provider else model}' if told else ''}"


def value_words(name: str, value: str, zone: str) -> str:
    """The value of a rule `name`, as people read it: a moment in the reader's `zone`, subjects by their names."""
    if name.startswith("access "):
        return whom(value) or "everybody"
    if name.startswith("term "):
        return value.replace(" sure", "").replace(" doubtful", ", doubtful") or "nothing"
    if name.startswith(_USUAL):
        return value or "the usual"
    if name.startswith("grant ") and _TO in value:
        value = f"{value.partition(' ')[0]}{_UNTIL}{value.rpartition(_TO)[2]}"
    plain, _, ends = value.rpartition(_UNTIL)
    try:
        if name.startswith("reset ") and value:
            return f"what was used before {moment(datetime.fromisoformat(value), zone)} is forgiven"
        return f"{plain}{_UNTIL}{moment(datetime.fromisoformat(ends), zone)}" if plain else value or "nothing"
    except ValueError:
        return value
