"""`/audit`: what was decided here and by whom, newest first, with filters; `/audit export` gives it as a file."""

from bot.command import Command, Context, Misunderstood, Options, grammar, says, whisper
from bot.model import Answer, CommandSpec, Inquiry, Kind, Option, Role, subject_of_person

_PAGE = 10
_EXPORT = "export"
_FILTERS = ("who", "about", "did", "since", "job")


async def run(context: Context, options: Options) -> Answer:
    """A page of entries, or a file with all of them; `--before` is what the Older button says."""
    inquiry = await _inquiry(context, options)
    if options.text("act") == _EXPORT:
        document, count = await context.records.audit.export(context.asker, inquiry, form=options.text("format", "csv"))
        return whisper(says.audit_file(document, count))
    entries = await context.records.audit.page(context.asker, inquiry, limit=_PAGE)
    older = ""
    if len(entries) == _PAGE and entries[-1].number > 1:
        said = {name: options.values[name] for name in _FILTERS if name in options}
        older = grammar.write(COMMAND.spec, {**said, "before": entries[-1].number})
    return whisper(says.audit_page(entries, older=older, zone=context.person.zone))


async def _inquiry(context: Context, options: Options) -> Inquiry:
    span = grammar.span_of(options.text("since")) if "since" in options else None
    if "since" in options and span is None:
        raise Misunderstood("--since takes a stretch of time such as 7d.", line="audit --since 7d", option="since")
    about = options.text("about")
    return Inquiry(
        who=subject_of_person(await context.somebody(options.text("who"))) if "who" in options else "",
        # A case is no subject, and goes by its id.
        about=await context.subject(about) if about else "",
        act=options.text("did").casefold().strip(),
        job=options.text("job"),
        since=context.now() - span if span else None,
        before=options.whole("before", 0) or None,
    )


COMMAND = Command(
    spec=CommandSpec(
        name="audit",
        about="What was decided here, by whom and when",
        options=(
            Option(name="act", kind=Kind.CHOICE, about="Show it, or give it as a file", positional=True, choices=("show", _EXPORT)),
            Option(name="who", kind=Kind.PERSON, about="Only what this person did", example="@ada"),
            Option(name="about", kind=Kind.SUBJECT, about="Only what was done to this person, group or channel", example="@grace"),
            Option(name="did", kind=Kind.TEXT, about="Only acts of this kind", example="quota"),
            Option(name="since", kind=Kind.SPAN, about="Only the last so long", example="7d"),
            Option(name="job", kind=Kind.JOB, about="Only about this job", example="7kq2mw9x"),
            Option(name="format", kind=Kind.CHOICE, about="For a file: a table, or JSON lines", choices=("csv", "jsonl")),
            Option(name="before", kind=Kind.INTEGER, about="Only entries with a smaller number", least=1, example="120"),
        ),
        example="audit --did quota --since 7d",
        role=Role.ADMIN,
    ),
    run=run,
)
