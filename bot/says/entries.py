"""Entries: what an admin decided, before and after, with the way back."""

from bot.model import Action, Entry, Message, Tone


def entry_page(entry: Entry, *, title: str = "Changed", body: str = "") -> Message:
    """What stood before and stands now, line by line; an entry that changed nothing says so."""
    lines = [(name, entry.before.get(name, ""), entry.after[name]) for name in entry.after]
    changed = [(name, before, after) for name, before, after in lines if before != after]
    if not changed:
        return Message(text="Nothing changed: it was so already.", title="Nothing changed", body="It was so already.")
    fields = tuple((_spoken(name), f"{before or 'nothing'} → {after or 'nothing'}") for name, before, after in changed)
    return Message(
        text=f"{title}. " + "; ".join(f"{name}: {value}" for name, value in fields),
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
        "person": f"<@{last}>",
        "group": f"<@&{last}>",
        "channel": f"<#{last}>",
        "role": f"every {last}",
        "workspace": "this workspace",
    }
    return marks.get(kind, kind if kind == "everybody" else subject)


def _spoken(name: str) -> str:
    kind, subject, slot = (*name.split(" ", 2), "", "")[:3]
    return " · ".join(part for part in (subject_words(subject), kind, slot.replace("/", " ")) if part)
