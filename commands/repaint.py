"""`/repaint`: a part of one image painted anew, where an attached mask says."""

from dataclasses import replace

from bot.command import DRAWING, INDEX, JOB, Command, Context, Misunderstood, Options, repaint, request_of, says
from bot.model import Answer, CommandSpec, Kind, Operation, Option, Origin

_OFFERED = ("strength", "seed", "style", "no", "model")
_MASK = Option(name="mask", kind=Kind.IMAGE, about="White where it shall change, or the picture with that part erased", asked=True)
_OPTIONS = (
    replace(DRAWING[0], about="What shall be there instead", example="a small red boat", asked=True),
    _MASK,
    *(option for option in DRAWING if option.name in _OFFERED),
)
_FORMS = {Origin.COMMAND, Origin.BUTTON, Origin.SHORTCUT}


async def run(context: Context, options: Options) -> Answer:
    """Take the change as a job; where the words or the mask are missing, a form. Without an index, the first image."""
    job_id, index = options.text("job"), options.whole("image", 1)
    missing = "prompt" not in options or not context.attachments
    if missing and context.origin in _FORMS:
        job = await context.jobs.look_up(context.asker, job_id)
        await context.jobs.pick(job, index)
        line = f"repaint {job.id} {index}"
        form = says.drawing_form(
            f"Repaint {job.id}, image {index}", line, _OPTIONS, options.values, models=context.models, needed=("prompt", "mask")
        )
        return Answer(form=form)
    if "prompt" not in options:
        raise Misunderstood("What shall be there instead?", advice="Say it in a few words.", option="prompt")
    mask = await context.picture()
    if mask is None:
        raise Misunderstood(
            "Where shall it change?",
            advice="Attach a mask: a picture that is white there and black elsewhere, or the image itself with that part erased.",
            option="mask",
        )
    job = await repaint(context.jobs, context.asker, job_id, index, request_of(options.values), mask=mask)
    return Answer(job=job.id)


COMMAND = Command(
    spec=CommandSpec(
        name="repaint",
        about="Paint a part of an image anew, marked by an attached mask",
        options=(JOB, INDEX, *_OPTIONS),
        example="repaint 7kq2mw9x 2 a small red boat",
        draws=(Operation.INPAINT,),
    ),
    run=run,
)
