"""`/history`: your last jobs, newest first; `--kept` shows your favourites."""

from datetime import datetime

from bot.command import Command, Context, Misunderstood, Options, says, whisper
from bot.model import Answer, CommandSpec, Kind, Option

_PAGE = 10


async def run(context: Context, options: Options) -> Answer:
    """A page of the person's jobs; `--before` is what the Older button says."""
    if "kept" in options:
        return whisper(says.kept_page(await context.jobs.kept(context.asker, limit=_PAGE)))
    try:
        before = datetime.fromisoformat(options.text("before")) if "before" in options else None
    except ValueError:
        before = None
    if "before" in options and (before is None or before.tzinfo is None):
        raise Misunderstood("--before takes a moment such as 2026-01-31T12:00:00+00:00.", line="history")
    jobs = await context.jobs.recent(context.asker, before=before, limit=_PAGE)
    older = f"history --before {jobs[-1].created.isoformat()}" if len(jobs) == _PAGE else ""
    return whisper(says.history_page(jobs, older=older))


COMMAND = Command(
    spec=CommandSpec(
        name="history",
        about="Your last jobs",
        options=(
            Option(name="kept", kind=Kind.FLAG, about="Your favourites instead"),
            Option(name="before", kind=Kind.TEXT, about="Only older ones", example="2026-01-31T12:00:00+00:00"),
        ),
        example="history",
    ),
    run=run,
)
