"""`/vary`: new images close to one of a job's, or to a picture that came along."""

from dataclasses import replace

from bot.command import INDEX, JOB, SHAPING, Command, Context, Misunderstood, Options, request_of
from bot.model import Answer, CommandSpec, Field, Form, Job, Kind, Operation, Option, Origin


async def run(context: Context, options: Options) -> Answer:
    """Take a variation as a job. Without an index the first image; from a message's menu, a form that asks which."""
    changes = request_of({name: options.values[name] for name in ("count", "seed") if name in options})
    strength = options.number("strength")
    if "job" in options:
        if context.origin is Origin.SHORTCUT and "image" not in options:
            job = await context.jobs.look_up(context.asker, options.text("job"))
            if len(job.images) > 1:
                return Answer(form=_form(job))
        index = options.whole("image", 1)
        job = await context.jobs.vary(context.asker, options.text("job"), index, changes=changes, strength=strength)
        return Answer(job=job.id)
    picture = await context.picture()
    if picture is None:
        raise Misunderstood("Of what shall I make variations?", advice="Name a job, or attach a picture.", line="vary 7kq2mw9x 2")
    source = await context.jobs.take_source(context.asker, picture)
    job = await context.jobs.vary_picture(context.asker, source, changes=changes, strength=strength)
    return Answer(job=job.id)


def _form(job: Job) -> Form:
    images = tuple(str(image.index) for image in job.images)
    return Form(
        title=f"Vary {job.id}",
        line=f"vary {job.id}",
        fields=(
            Field(name="image", label="Which image", value="1", choices=images, required=True),
            Field(name="count", label="Images", value="1", hint="How many variations, 1 to 10", numeric=True),
            Field(name="strength", label="Strength", hint="How much to change it, 0 to 1", numeric=True),
        ),
        submit="Draw",
    )


COMMAND = Command(
    spec=CommandSpec(
        name="vary",
        about="Make variations of one image",
        options=(
            replace(JOB, required=False),
            INDEX,
            *(option for option in SHAPING if option.name in {"count", "seed", "strength"}),
            Option(name="picture", kind=Kind.IMAGE, about="A picture to vary instead"),
        ),
        example="vary 7kq2mw9x 2 --count 2",
        draws=(Operation.VARY,),
    ),
    run=run,
)
