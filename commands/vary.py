"""`/vary`: new images close to one of a job's."""

from bot.command import INDEX, JOB, SHAPING, Command, Context, Options, request_of
from bot.model import Answer, CommandSpec


async def run(context: Context, options: Options) -> Answer:
    """Take a variation as a job. Without an index, the first image."""
    changes = request_of({name: options.values[name] for name in ("count", "seed") if name in options})
    job = await context.jobs.vary(
        context.asker, options.text("job"), options.whole("image", 1), changes=changes, strength=options.number("strength")
    )
    return Answer(job=job.id)


COMMAND = Command(
    spec=CommandSpec(
        name="vary",
        about="Make variations of one image",
        options=(JOB, INDEX, *(option for option in SHAPING if option.name in {"count", "seed", "strength"})),
        example="vary 7kq2mw9x 2 --count 2",
    ),
    run=run,
)
