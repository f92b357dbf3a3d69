"""`/models`: what can draw here, what it can do, what it costs, and how it fares; `/models NAME` tells everything about one."""

from dataclasses import replace

from bot.command import MODEL, Command, Context, Options, says, whisper
from bot.model import Answer, CommandSpec, Kind, Option


async def run(context: Context, options: Options) -> Answer:
    """Every model of every provider that is switched on and may be used here, or what answers to a name."""
    name = options.text("model")
    standings = await context.standings(name)
    if name and len(standings) == 1:
        return whisper(says.model_page(standings[0]))
    return whisper(says.models_page(standings, name=name, page=options.whole("page", 1)))


COMMAND = Command(
    spec=CommandSpec(
        name="models",
        about="What can draw here, and what it costs",
        options=(
            replace(MODEL, about="A model or a provider to tell more about", positional=True),
            Option(name="page", kind=Kind.INTEGER, about="Which page of a long list", least=1, most=999, example="2"),
        ),
        example="models",
    ),
    run=run,
)
