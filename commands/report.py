"""`/report`: tell that an image should not be here."""

from bot.command import JOB, Command, Context, Options, grammar, says, whisper
from bot.model import Answer, CommandSpec, Kind, Option


async def run(context: Context, options: Options) -> Answer:
    """Count the report, once a person; enough of them hide the pictures until a reviewer has looked."""
    job = await context.jobs.look_up(context.asker, options.text("job"))
    first, case = await context.reviews.report(context.asker, job, grammar.squeeze(options.text("reason"))[:200])
    return whisper(says.reported(job, first=first, hidden=case is not None))


COMMAND = Command(
    spec=CommandSpec(
        name="report",
        about="Tell that an image should not be here",
        options=(
            JOB,
            Option(name="reason", kind=Kind.TEXT, about="Why", positional=True, rest=True, most=400, example="a real person"),
        ),
        example="report 7kq2mw9x",
    ),
    run=run,
)
