"""`/delete`: remove a job's images for everybody, or cancel it while it runs."""

from bot.command import JOB, Command, Context, Options, says, whisper
from bot.model import Answer, CommandSpec


async def run(context: Context, options: Options) -> Answer:
    """Delete; the posts show it."""
    job = await context.jobs.delete(context.asker, options.text("job"))
    if not job.images:
        # It ran and was cancelled: its card shows that.
        return Answer(job=job.id)
    return whisper(says.whisper(f"The images of job {job.id} are gone.", title="Deleted"))


COMMAND = Command(
    spec=CommandSpec(name="delete", about="Remove a job's images for everybody", options=(JOB,), example="delete 7kq2mw9x"),
    run=run,
)
