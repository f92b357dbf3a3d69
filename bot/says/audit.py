"""The audit as people read it: what was done, by whom, to whom, before and after."""

from collections.abc import Sequence

from bot.model import LIMNER, Action, Breach, Document, Entry, Message, Walk
from bot.says.entries import slot_words, subject_words, value_words
from bot.says.words import cut, moment, plural

_LONGEST = 300
"""Characters of an entry's line."""


def audit_page(entries: Sequence[Entry], *, older: str, zone: str) -> Message:
    """Entries, newest first; `older` is the line that shows those before."""
    if not entries:
        text = "Nothing on record answers that. /audit alone lists everything that was decided here."
        return Message(text=text, title="Audit", body=text)
    fields = tuple((f"{entry.number} · {entry.act}", cut(_line(entry, zone), _LONGEST)) for entry in entries)
    return Message(
        text="Audit, newest first: " + "; ".join(f"{name}: {value}" for name, value in fields),
        title="Audit",
        fields=fields,
        actions=(Action(label="Older", line=older),) if older else (),
        context="/audit export gives all of it as a file. /undo and a number puts a decision back.",
    )


def audit_file(document: Document, count: int) -> Message:
    """An export of the audit."""
    text = f"{plural(count, 'entry').replace('entrys', 'entries')} of the audit, newest first. That you have this is on record."
    return Message(text=text, title="Audit", body=text, documents=(document,))


def walk_words(walk: Walk) -> str:
    """What came of a walk along the chain, for a shell."""
    looked = f"{walk.count:,} {'entry' if walk.count == 1 else 'entries'} looked at."
    last = f" The last one that holds is {walk.seal}" if walk.seal else " There is no entry yet."
    if walk.breach is None:
        return f"The chain holds. {looked}{last}"
    return f"The chain is broken at {_number(walk.breach)}. {walk.breach.why} {looked}{last}"


def _number(breach: Breach) -> str:
    return f"entry {breach.number}"


def _line(entry: Entry, zone: str) -> str:
    parts = [f"by {_who(entry.who)}"]
    if entry.about and entry.about != entry.who:
        parts.append(f"about {_who(entry.about)}")
    for name, after in entry.after.items():
        kind, subject, slot = (*name.split(" ", 2), "", "")[:3]
        # The act says what kind of rule it is; whom it is about is said once.
        what = " ".join(part for part in (slot_words(kind, slot) or kind, "" if subject == entry.about else _who(subject)) if part)
        parts.append(f"{what}: {value_words(name, entry.before.get(name, ''), zone)} → {value_words(name, after, zone)}")
    parts += [f"{name} {value}" for name, value in entry.facts.items() if value]
    if entry.job and entry.job != entry.about:
        parts.append(f"job {entry.job}")
    return f"{moment(entry.at, zone)} · {' · '.join(parts)}"


def _who(who: str) -> str:
    if who == LIMNER:
        return "Limner itself"
    if who.startswith("person:~"):
        return "somebody erased"
    return subject_words(who) if ":" in who else who
