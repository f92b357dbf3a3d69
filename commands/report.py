"""`/report`: tell that an image should not be here."""

from bot.command import JOB, Command, Context, Options, says, whisper
from bot.model import Answer, CommandSpec


async def run(context: Context, options: Options) -> Answer:
    """Put the report on the job's record, where moderators see it with /show."""
    job = await context.jobs.mark(context.asker, options.text("job"), "report")
    return whisper(says.whisper(f"Thank you. Your report is on the record of job {job.id}; moderators see it there.", title="Reported"))


COMMAND = Command(
    spec=CommandSpec(name="report", about="Tell that an image should not be here", options=(JOB,), example="report 7kq2mw9x"),
    run=run,
)
