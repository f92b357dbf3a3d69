"""`/cancel`: stop a job that waits or is being drawn."""

from bot.command import JOB, Command, Context, Options
from bot.model import Answer, CommandSpec


async def run(context: Context, options: Options) -> Answer:
    """Cancel; the card shows it."""
    job = await context.jobs.cancel(context.asker, options.text("job"))
    return Answer(job=job.id)


COMMAND = Command(
    spec=CommandSpec(name="cancel", about="Stop a job", options=(JOB,), example="cancel 7kq2mw9x"),
    run=run,
)
