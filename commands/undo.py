"""`/undo`: put back what stood before an admin's change."""

from bot.command import Command, Context, Options, says, wake_paused, whisper
from bot.model import Answer, CommandSpec, Kind, Option, Role


async def run(context: Context, options: Options) -> Answer:
    """Undo the entry of this number, if nobody changed the same again since. It takes as much as doing it anew."""
    number = options.whole("entry", 0)
    await context.roles.may_undo(context.asker, await context.decisions.read(context.asker, number))
    entry = await context.decisions.undo(context.asker, number)
    await wake_paused(context.jobs, context.asker, entry)
    return whisper(says.entry_page(entry, title="Undone", zone=context.person.zone))


COMMAND = Command(
    spec=CommandSpec(
        name="undo",
        about="Put back what stood before a change",
        options=(
            Option(
                name="entry",
                kind=Kind.INTEGER,
                about="The number of the change, as it was shown and as /audit lists it",
                positional=True,
                required=True,
                least=1,
                example="12",
            ),
        ),
        example="undo 12",
        role=Role.REVIEWER,
    ),
    run=run,
)
