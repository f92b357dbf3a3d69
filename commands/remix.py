"""`/remix`: change a job's prompt and parameters in a form, and draw that."""

from bot.command import DRAWING, JOB, Command, Context, Options, request_of, says, values_of, without
from bot.model import Answer, CommandSpec, Origin


async def run(context: Context, options: Options) -> Answer:
    """Without changes, the form filled with what the job had; with changes, a job."""
    job_id = options.text("job")
    changed = {name: value for name, value in options.values.items() if name != "job"}
    if changed or context.origin is Origin.FORM:
        # Without words a picture from words is nothing: an emptied prompt stays as it was.
        emptied = context.emptied - {"prompt"}
        job = await context.jobs.remix(context.asker, job_id, lambda request: request_of(changed, without(request, emptied)))
        return Answer(job=job.id)
    job = await context.jobs.look_up(context.asker, job_id)
    had = values_of(job.request)
    if job.seed is not None:
        had["seed"] = job.seed
    shown = [option for option in DRAWING if option.name != "strength" or job.request.sources]
    return Answer(form=says.drawing_form(f"Remix {job.id}", f"remix {job.id}", shown, had, models=context.models))


COMMAND = Command(
    spec=CommandSpec(name="remix", about="Change words and parameters in a form", options=(JOB, *DRAWING), example="remix 7kq2mw9x"),
    run=run,
)
