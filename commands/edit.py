"""`/edit`: change one of a job's images by saying what should be different."""

from dataclasses import replace

from bot.command import DRAWING, INDEX, JOB, Command, Context, Misunderstood, Options, request_of, says
from bot.model import Answer, CommandSpec, Operation, Origin

_OFFERED = ("strength", "seed", "style", "no", "model")


async def run(context: Context, options: Options) -> Answer:
    """Take the change as a job; without words, a form. Without an index, the first image."""
    job_id, index = options.text("job"), options.whole("image", 1)
    if "prompt" not in options and context.origin is Origin.FORM:
        raise Misunderstood("What should be different?", advice="Say it in a few words.", option="prompt")
    if "prompt" not in options:
        job = await context.jobs.look_up(context.asker, job_id)
        await context.jobs.pick(job, index)
        shown = [option for option in DRAWING if option.name in {"prompt", *_OFFERED}]
        line = f"edit {job.id} {index}"
        return Answer(form=says.drawing_form(f"Edit {job.id}, image {index}", line, shown, {}, models=context.models))
    job = await context.jobs.edit_image(context.asker, job_id, index, request_of(options.values))
    return Answer(job=job.id)


COMMAND = Command(
    spec=CommandSpec(
        name="edit",
        about="Change an image by saying what should be different",
        options=(
            JOB,
            INDEX,
            replace(DRAWING[0], about="What should be different", example="make it night"),
            *(option for option in DRAWING if option.name in _OFFERED),
        ),
        example="edit 7kq2mw9x 2 make it night",
        draws=(Operation.EDIT,),
    ),
    run=run,
)
