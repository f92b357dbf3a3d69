"""`/privacy`: what is kept about you, as a page, as files, or no longer; for admins, for how long things are kept."""

from bot.command import ERASE, UPKEEP, Command, Context, Misunderstood, Options, says, whisper
from bot.errors import NotAllowed
from bot.model import Answer, CommandSpec, Kind, Option

_SHOW, _EXPORT, _ERASE, _KEEP = "show", "export", "erase", "keep"
_KINDS = ("prompts", "images", "temporary", "audit")


async def run(context: Context, options: Options) -> Answer:
    """Do what the first word says; without one, show what is kept about oneself."""
    act = options.text("act", _SHOW)
    privacy = context.records.privacy
    if act == _KEEP:
        return await _keep(context, options)
    if act == _EXPORT:
        first = options.whole("part", 1)
        documents, more = await privacy.export(context.asker, first=first)
        page = says.export_page(documents, more=f"privacy export --part {first + len(documents)}" if more else "")
        return Answer(whisper=page, lasting=True)
    if act == _ERASE:
        if "sure" not in options:
            return whisper(says.erase_question())
        fresh = await privacy.erase(context.asker)
        await context.jobs.queue.put(ERASE, lane=UPKEEP, once=context.event)
        return whisper(says.erase_begun(fresh=fresh))
    workspace = f"{context.person.platform}:{context.person.workspace}"
    spans = await context.records.retention.of(workspace)
    return whisper(says.privacy_page(await privacy.dossier(context.person), spans, zone=context.person.zone))


async def _keep(context: Context, options: Options) -> Answer:
    if not context.person.administers:
        raise NotAllowed("Only an admin may decide how long things are kept.", advice="/privacy shows what holds now.")
    if "what" not in options or "span" not in options:
        raise Misunderstood(
            "What shall be kept, and for how long?",
            advice=f"There are {', '.join(_KINDS)}.",
            line="privacy keep prompts 90d",
            option="what",
        )
    entry = await context.records.retention.keep(context.asker, options.text("what"), options.text("span").casefold().strip())
    body = "It holds from the next round on, within minutes, for what is there already as well. What is removed does not come back."
    return whisper(says.entry_page(entry, title="Retention changed", body=body, zone=context.person.zone))


COMMAND = Command(
    spec=CommandSpec(
        name="privacy",
        about="What is kept about you: see it, get it, erase it",
        options=(
            Option(name="act", kind=Kind.CHOICE, about="What to do", positional=True, choices=(_SHOW, _EXPORT, _ERASE, _KEEP)),
            Option(name="what", kind=Kind.CHOICE, about="For admins: what is kept for a time", positional=True, choices=_KINDS),
            Option(name="span", kind=Kind.TEXT, about="For how long: 90d, 6mo, 2y, forever or usual", positional=True, example="90d"),
            Option(name="part", kind=Kind.INTEGER, about="For an export: from which file on", least=1, example="6"),
            Option(name="sure", kind=Kind.FLAG, about="Erase, and do not ask again"),
        ),
        example="privacy",
    ),
    run=run,
)
