"""`/stats`: images and money by day, model and person, how long it took, and what failed: as a picture and as numbers."""

from bot.command import Command, Context, Options, says, whisper
from bot.model import Answer, CommandSpec, Kind, Option, Role

_USUAL, _MOST = 30, 366


async def run(context: Context, options: Options) -> Answer:
    """The last days of this workspace."""
    board = await context.records.statistics.of(context.place, options.whole("days", _USUAL))
    return whisper(says.stats_page(board, await context.records.statistics.picture(board)))


COMMAND = Command(
    spec=CommandSpec(
        name="stats",
        about="Images, money and troubles of the last days",
        options=(Option(name="days", kind=Kind.INTEGER, about="How many days", least=1, most=_MOST, example="30"),),
        example="stats --days 30",
        role=Role.ADMIN,
    ),
    run=run,
)
