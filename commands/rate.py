"""`/rate`: thumbs up or down for a job's images."""

from bot.command import JOB, Command, Context, Options, says, whisper
from bot.model import Answer, CommandSpec, Kind, Option


async def run(context: Context, options: Options) -> Answer:
    """Set one mark and take back the other."""
    kind = options.text("mark")
    other = "down" if kind == "up" else "up"
    await context.jobs.mark(context.asker, options.text("job"), other, on=False)
    await context.jobs.mark(context.asker, options.text("job"), kind)
    return whisper(says.whisper("Thank you. Your rating is kept with the job."))


COMMAND = Command(
    spec=CommandSpec(
        name="rate",
        about="Rate a job's images",
        options=(JOB, Option(name="mark", kind=Kind.CHOICE, about="up or down", positional=True, required=True, choices=("up", "down"))),
        example="rate 7kq2mw9x up",
        hidden=True,
    ),
    run=run,
)
