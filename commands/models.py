"""`/models`: what can draw here, what it can do, what it costs, and how it fares."""

from bot.command import Command, Context, Options, says, whisper
from bot.model import Answer, CommandSpec


async def run(context: Context, options: Options) -> Answer:
    """Every model of every provider that is switched on and may be used here."""
    del options
    return whisper(says.models_page(await context.standings()))


COMMAND = Command(spec=CommandSpec(name="models", about="What can draw here, and what it costs", example="models"), run=run)
