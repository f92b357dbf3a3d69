"""`/again`: the same request with a new seed."""

from bot.command import JOB, Command, Context, Options
from bot.model import Answer, CommandSpec, Operation


async def run(context: Context, options: Options) -> Answer:
    """Take the request anew as a job."""
    job = await context.jobs.again(context.asker, options.text("job"))
    return Answer(job=job.id)


COMMAND = Command(
    spec=CommandSpec(name="again", about="Draw it again with a new seed", options=(JOB,), example="again 7kq2mw9x", draws=tuple(Operation)),
    run=run,
)
