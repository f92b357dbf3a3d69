"""`/rerun`: the same request with the same seed, from a job's id or from a picture that carries it."""

from dataclasses import replace

from bot.command import FRESH, JOB, Command, Context, Misunderstood, Options
from bot.model import Answer, CommandSpec, Kind, Operation, Option


async def run(context: Context, options: Options) -> Answer:
    """Take the same request as a job."""
    if "job" in options:
        job = await context.jobs.rerun(context.asker, options.text("job"), fresh="fresh" in options)
        return Answer(job=job.id)
    picture = await context.picture()
    if picture is None:
        raise Misunderstood("What shall I draw again?", advice="Name a job, or attach a picture that Limner made.", line="rerun 7kq2mw9x")
    job = await context.jobs.rerun_image(context.asker, picture)
    return Answer(job=job.id)


COMMAND = Command(
    spec=CommandSpec(
        name="rerun",
        about="Draw it again exactly, from a job or an attached picture",
        options=(replace(JOB, required=False), Option(name="image", kind=Kind.IMAGE, about="A picture that Limner made"), FRESH),
        example="rerun 7kq2mw9x",
        draws=tuple(Operation),
    ),
    run=run,
)
