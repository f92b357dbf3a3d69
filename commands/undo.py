"""`/undo`: put back what stood before an admin's change."""

from bot.command import Command, Context, Options, says, whisper
from bot.model import Answer, CommandSpec, Kind, Option, Role


async def run(context: Context, options: Options) -> Answer:
    """Undo the entry of this number, if nobody changed the same again since."""
    entry = await context.decisions.undo(context.asker, options.whole("entry", 0))
    return whisper(says.entry_page(entry, title="Undone"))


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
        role=Role.ADMIN,
    ),
    run=run,
)
