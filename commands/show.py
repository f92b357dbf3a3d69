"""`/show`: everything about a job, where it came from, and its buttons."""

from dataclasses import replace

from bot.command import JOB, Command, Context, Options, says, whisper
from bot.model import Answer, CommandSpec, Origin


async def run(context: Context, options: Options) -> Answer:
    """The job's details, for the one who asked."""
    job = await context.jobs.look_up(context.asker, options.text("job"))
    marks = await context.jobs.store.marks(job.id)
    if "deleted" in marks:
        return whisper(says.whisper(f"The images of job {job.id} were deleted.", title=f"Job {job.id}"))
    if "hidden" in marks:
        said = f"The images of job {job.id} were reported and are under review."
        return whisper(says.whisper(said, title=f"Job {job.id}"))
    if job.unseen:
        # What waits for a reviewer, or was cancelled while it did, is seen by nobody.
        job = replace(job, images=())
    model = context.catalog.capabilities(job.provider, job.model)
    page = says.details(job, model, await context.jobs.ancestors(context.asker, job), marks)
    # The ✉️ reaction asks for something to keep; whoever typed or pressed reads it where they are.
    return Answer(whisper=page, lasting=context.origin is Origin.REACTION)


COMMAND = Command(
    spec=CommandSpec(name="show", about="Everything about a job, buttons and all", options=(JOB,), example="show 7kq2mw9x"),
    run=run,
)
