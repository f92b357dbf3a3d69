"""`/models`: what can draw here, what it can do, and what it costs."""

from bot.command import Command, Context, Options, says, whisper
from bot.model import Answer, CommandSpec


async def run(context: Context, options: Options) -> Answer:
    """Every model of every provider that is switched on."""
    del options
    return whisper(says.models_page([(offer.name, offer.model) for offer in context.catalog.offers]))


COMMAND = Command(spec=CommandSpec(name="models", about="What can draw here", example="models"), run=run)
