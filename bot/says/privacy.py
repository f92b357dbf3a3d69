"""Privacy: what is kept about somebody, what for, who sees it, for how long, and how it is erased."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from bot.model import Action, Document, Dossier, Emphasis, Erasure, Message, Tone
from bot.says.words import cut, listed, moment, plural

_MIB = 1024 * 1024


def privacy_page(dossier: Dossier, spans: Mapping[str, timedelta | None], *, zone: str) -> Message:
    """What is kept about the one who asks."""
    names = [f"{known.person.name or known.person.id} on {known.person.platform.capitalize()}" for known in dossier.people]
    began = f", the first on {moment(dossier.since, zone)}" if dossier.since else ""
    marks = ", ".join(f"{count:,} {kind}" for kind, count in sorted(dossier.marks.items()))
    fields = [
        ("Who you are", f"{cut(listed(names), 200) or 'not met yet'}: name, time zone and roles, to greet you and to know what you may do"),
        ("Requests", f"{plural(dossier.jobs, 'job')}{began}; {dossier.worded:,} with their words, so that you can draw them again"),
        ("Pictures", f"{plural(dossier.pictures, 'picture')}, {_size(dossier.bytes)}; {plural(dossier.uploads, 'upload')} of yours"),
        ("Marks", marks or "none: favourites and ratings"),
        ("Rules about you", f"{len(dossier.rules):,}: quotas, roles, bans and the like"),
        ("On record", f"{dossier.entries:,} in the audit by you or about you, to answer who decided what"),
        (
            "Who sees it",
            "Pictures and prompts: whoever reads the channel. Refused ones: you and moderators. All of it: those who run Limner",
        ),
        ("Kept for", _kept(spans)),
    ]
    erasing = "It is being erased right now." if dossier.erasing else "You can have all of it as a file, or have it erased."
    return Message(
        text=f"What is kept about you. {erasing} " + "; ".join(f"{name}: {value}" for name, value in fields),
        title="What is kept about you",
        body=erasing,
        fields=tuple(fields),
        actions=(
            Action(label="Give me all of it", line="privacy export"),
            Action(label="Erase", line="privacy erase", emphasis=Emphasis.DANGER),
        ),
    )


def export_page(documents: Sequence[Document], *, more: str) -> Message:
    """Files with all that is kept about somebody."""
    text = f"{plural(len(documents), 'file')} with what is kept about you. They can be downloaded for a day." + (
        " There is more than fits here." if more else ""
    )
    actions = (Action(label="The next files", line=more),) if more else ()
    return Message(text=text, title="Everything about you", body=text, documents=tuple(documents), actions=actions)


def export_note() -> str:
    """What stands beside the files of an export."""
    return (
        "This is what Limner keeps about you.\n\n"
        "people.json: you on each platform that you linked. jobs.json: what you asked for. marks.json: favourites and ratings.\n"
        "rules.json: what admins decided about you. cases.json: what waited for a reviewer. audit.json: what is on record by you or about\n"
        "you. pictures and uploads hold the files themselves, in as many parts as they need.\n"
    )


def erase_question() -> Message:
    """What an erasure does, before it is begun."""
    body = (
        "This removes, on every platform that you linked: your requests and their words, pictures, uploads and masks, the posts about them "
        "as far as the chat allows, favourites and ratings, links, your name, and rules about you. What still runs is cancelled.\n"
        "What stays is anonymous: sums for budgets and statistics. A ban, limits of your own and how much you used lately stay under a "
        "code that names nobody.\n"
        "Out of reach: files that people downloaded, pictures that others made from yours, names of threads, what you typed yourself, "
        "reasons that admins gave in their own words, "
        "and copies at the image services, which keep to their own rules. It cannot be undone."
    )
    act = Action(
        label="Erase everything about me",
        line="privacy erase --sure",
        emphasis=Emphasis.DANGER,
        confirm="Erase everything that is kept about you? It cannot be undone.",
    )
    return Message(text=body.replace("\n", " "), title="Erase everything about you?", body=body, actions=(act,), tone=Tone.WARNING)


def erase_begun(*, fresh: bool) -> Message:
    """That an erasure is on its way."""
    text = (
        "It is being erased. With many posts this takes a while, because chats let nobody change them fast; you hear when it is done."
        if fresh
        else "It is being erased already. You hear when it is done."
    )
    return Message(text=text, title="Erasing", body=text, tone=Tone.WORKING)


def erased_page(erasure: Erasure) -> Message:
    """That an erasure is done."""
    rest = (
        f" {plural(erasure.unreached, 'post')} could not be changed: the chat does not let me any more, so delete what you still see there."
        if erasure.unreached
        else ""
    )
    text = f"{plural(erasure.jobs, 'request')} and {plural(erasure.pictures, 'picture')} are erased, and who you are is forgotten.{rest}"
    return Message(text=text, title="Erased", body=text, tone=Tone.GOOD)


def erased_post() -> Message:
    """What stands where a post about an erased job stood."""
    text = "What stood here was erased, because the person who asked for it wished so."
    return Message(text=text, body=text)


def _kept(spans: Mapping[str, timedelta | None]) -> str:
    return ", ".join(f"{kind} {'for good' if span is None and kind == 'audit' else _span(span)}" for kind, span in spans.items())


def _span(span: timedelta | None) -> str:
    if span is None:
        return "until you or an admin remove them"
    return plural(span.days, "day") if span >= timedelta(days=1) else plural(round(span / timedelta(hours=1)), "hour")


def _size(count: int) -> str:
    return f"{count / _MIB:,.1f} MB" if count >= _MIB // 10 else f"{count / 1024:,.0f} KB"
