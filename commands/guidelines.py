"""`/guidelines`: what is fine here; `/guidelines set` changes the text, for admins."""

from bot.command import Command, Context, Options, reviews, says, whisper
from bot.errors import NotAllowed
from bot.model import Answer, CommandSpec, Kind, Option, Origin, RuleKind, subject_of_workspace

_SET = "set"


async def run(context: Context, options: Options) -> Answer:
    """Show the text, or change it: with words at once, without any by a form. An emptied form brings the usual text back."""
    text = (await context.reviews.terms(context.place)).guidelines
    if options.text("act") != _SET:
        return whisper(says.guidelines_page(text))
    if not context.person.administers:
        raise NotAllowed("Only an admin may change the guidelines.", advice="/guidelines shows them.")
    if "text" not in options and context.origin is not Origin.FORM:
        return Answer(form=says.guidelines_form(text))
    subject = subject_of_workspace(context.place)
    rule = context.decisions.rule(context.asker, RuleKind.OPTION, subject, options.text("text"), slot=reviews.GUIDELINES)
    entry = await context.decisions.decide(context.asker, [rule], act="guidelines.set")
    body = "Everybody sees them once more with their next picture."
    return whisper(says.entry_page(entry, title="Guidelines saved", body=body, zone=context.person.zone))


COMMAND = Command(
    spec=CommandSpec(
        name="guidelines",
        about="What is fine here",
        options=(
            Option(name="act", kind=Kind.CHOICE, about="For admins: set", positional=True, choices=("show", _SET)),
            Option(name="text", kind=Kind.TEXT, about="The new text", positional=True, rest=True, most=2000, example="Be kind."),
        ),
        example="guidelines",
    ),
    run=run,
)
