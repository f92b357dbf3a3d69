"""`/appeal`: ask a reviewer to look again at what was blocked."""

from bot.command import JOB, Command, Context, Options, says, whisper
from bot.model import Answer, CommandSpec


async def run(context: Context, options: Options) -> Answer:
    """Ask, once a job."""
    job = await context.jobs.look_up(context.asker, options.text("job"))
    return whisper(says.appealed(await context.reviews.appeal(context.asker, job), context.person))


COMMAND = Command(
    spec=CommandSpec(name="appeal", about="Ask a reviewer about what was blocked", options=(JOB,), example="appeal 7kq2mw9x"),
    run=run,
)
