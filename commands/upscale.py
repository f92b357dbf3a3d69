"""`/upscale`: one image of a job, larger."""

from bot.command import INDEX, JOB, MODEL, Command, Context, Options
from bot.model import Answer, CommandSpec, Kind, Operation, Option


async def run(context: Context, options: Options) -> Answer:
    """Take the enlargement as a job. Without an index, the first image."""
    job = await context.jobs.upscale(
        context.asker,
        options.text("job"),
        options.whole("image", 1),
        scale=options.whole("scale", 2),
        model=options.text("model") or None,
    )
    return Answer(job=job.id)


COMMAND = Command(
    spec=CommandSpec(
        name="upscale",
        about="Make one image larger",
        options=(
            JOB,
            INDEX,
            Option(name="scale", kind=Kind.INTEGER, about="How many times as wide, 2 to 4", least=2, most=4, example="2"),
            MODEL,
        ),
        example="upscale 7kq2mw9x 1",
        draws=(Operation.UPSCALE,),
    ),
    run=run,
)
