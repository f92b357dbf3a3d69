"""`/queue`: what is being drawn and what waits: everybody's for reviewers and admins, one's own for all others."""

from bot.command import Command, Context, Options, on_the_way, says, whisper
from bot.model import Answer, CommandSpec, Kind, Option

_PAGE = 8


async def run(context: Context, options: Options) -> Answer:
    """A page of it, with a button to cancel each."""
    whole = context.person.moderates
    people = None if whole else (await context.accounts.of(context.person)).people
    jobs = await on_the_way(context.jobs, context.place, people=people)
    page = options.whole("page", 1)
    return whisper(says.queue_page(jobs, now=context.now(), whole=whole, page=page, size=_PAGE, zone=context.person.zone))


COMMAND = Command(
    spec=CommandSpec(
        name="queue",
        about="What is being drawn, and what waits",
        options=(Option(name="page", kind=Kind.INTEGER, about="Which page of a long list", least=1, most=999, example="2"),),
        example="queue",
    ),
    run=run,
)
