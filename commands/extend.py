"""`/extend`: one image continued beyond its edges, to another shape."""

from dataclasses import replace

from bot.command import DRAWING, INDEX, JOB, Command, Context, Misunderstood, Options, extend, request_of, says
from bot.model import Answer, CommandSpec, Operation, Origin

_OFFERED = ("seed", "style", "no", "model")
_AR = replace(next(option for option in DRAWING if option.name == "ar"), about="The new shape, such as 16:9", asked=True)
_OPTIONS = (
    _AR,
    replace(DRAWING[0], about="What shall be around it, if not more of the same", example="a wide beach"),
    *(option for option in DRAWING if option.name in _OFFERED),
)
_FORMS = {Origin.COMMAND, Origin.BUTTON, Origin.SHORTCUT}


async def run(context: Context, options: Options) -> Answer:
    """Take it as a job; without a shape, a form. Without an index, the first image."""
    job_id, index = options.text("job"), options.whole("image", 1)
    if "ar" not in options and context.origin in _FORMS:
        job = await context.jobs.look_up(context.asker, job_id)
        await context.jobs.pick(job, index)
        form = says.drawing_form(
            f"Extend {job.id}, image {index}",
            f"extend {job.id} {index}",
            _OPTIONS,
            options.values,
            models=context.models,
            needed=("ar",),
        )
        return Answer(form=form)
    if "ar" not in options:
        raise Misunderstood("To which shape?", advice="Name it, as in this line:", line=f"extend {job_id} {index} --ar 16:9", option="ar")
    job = await extend(context.jobs, context.asker, job_id, index, request_of(options.values))
    return Answer(job=job.id)


COMMAND = Command(
    spec=CommandSpec(
        name="extend",
        about="Continue an image beyond its edges, to another shape",
        options=(JOB, INDEX, *_OPTIONS),
        example="extend 7kq2mw9x 2 --ar 16:9",
        draws=(Operation.OUTPAINT,),
    ),
    run=run,
)
