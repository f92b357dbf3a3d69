"""`/imagine`: draw images from words, or from a picture and words; without words, a form."""

from dataclasses import replace

from bot.command import FRESH, IMAGINE, Command, Context, Misunderstood, Options, request_of, says, whisper
from bot.model import Answer, Kind, Operation, Option, Origin

_FORM = Option(name="form", kind=Kind.FLAG, about="Fill in a form instead")
_TYPED = {Origin.COMMAND, Origin.SHORTCUT, Origin.BUTTON}


async def run(context: Context, options: Options) -> Answer:
    """Take the request as a job; the card tells the rest. `/imagine help` explains instead."""
    if options.text("prompt").strip().casefold() == "help" and not context.attachments:
        return whisper(says.help_page(context.offered, in_thread=context.place.thread is not None))
    wordless = "prompt" not in options and not context.attachments and context.origin in _TYPED
    if "form" in options or wordless:
        shown = [option for option in IMAGINE.options if option.name != "strength"]
        return Answer(form=says.drawing_form("Create an image", "imagine", shown, options.values, models=context.models, needed=()))
    request = request_of(options.values)
    picture = await context.picture()
    if picture is not None:
        source = await context.jobs.take_source(context.asker, picture)
        job = await context.jobs.edit(context.asker, request, source, fresh="fresh" in options)
    elif not request.prompt:
        raise Misunderstood("What shall I draw?", advice="Say what you want to see.", line="imagine a red fox in the snow", option="prompt")
    else:
        job = await context.jobs.submit(context.asker, request, command="imagine", fresh="fresh" in options)
    return Answer(job=job.id)


COMMAND = Command(spec=replace(IMAGINE, options=(*IMAGINE.options, FRESH, _FORM), draws=(Operation.DRAW, Operation.EDIT)), run=run)
