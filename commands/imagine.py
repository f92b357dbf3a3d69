"""`/imagine`: draw images from words, or from a picture and words."""

from bot.command import IMAGINE, Command, Context, Options, request_of, says, whisper
from bot.model import Answer


async def run(context: Context, options: Options) -> Answer:
    """Take the request as a job; the card tells the rest. `/imagine help` explains instead."""
    if options.text("prompt").strip().casefold() == "help" and not context.attachments:
        return whisper(says.help_page(context.menu, role_admin=context.person.administers, in_thread=context.place.thread is not None))
    request = request_of(options.values)
    picture = await context.picture()
    if picture is not None:
        source = await context.jobs.take_source(context.asker, picture)
        job = await context.jobs.edit(context.asker, request, source)
    else:
        job = await context.jobs.submit(context.asker, request, command="imagine")
    return Answer(job=job.id)


COMMAND = Command(spec=IMAGINE, run=run)
