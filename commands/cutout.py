"""`/cutout`: one image of a job without its background, or a picture that came along."""

from dataclasses import replace

from bot.command import INDEX, JOB, MODEL, Command, Context, Misunderstood, Options, cut_out, cut_out_picture
from bot.model import Answer, CommandSpec, Kind, Operation, Option


async def run(context: Context, options: Options) -> Answer:
    """Take it as a job. Without an index, the first image."""
    model = options.text("model") or None
    if "job" in options:
        job = await cut_out(context.jobs, context.asker, options.text("job"), options.whole("image", 1), model=model)
        return Answer(job=job.id)
    picture = await context.picture()
    if picture is None:
        raise Misunderstood("What shall I cut out?", advice="Name a job, or attach a picture.", line="cutout 7kq2mw9x 2")
    source = await context.jobs.take_source(context.asker, picture)
    job = await cut_out_picture(context.jobs, context.asker, source, model=model)
    return Answer(job=job.id)


COMMAND = Command(
    spec=CommandSpec(
        name="cutout",
        about="Remove the background of one image",
        options=(
            replace(JOB, required=False),
            INDEX,
            MODEL,
            Option(name="picture", kind=Kind.IMAGE, about="A picture to cut out instead"),
        ),
        example="cutout 7kq2mw9x 2",
        draws=(Operation.REMOVE_BACKGROUND,),
    ),
    run=run,
)
