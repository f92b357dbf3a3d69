"""`/resume`: what was paused goes on."""

from bot.command import SCOPES, Command, Context, Options, pause, says, whisper
from bot.model import Answer, CommandSpec, Kind, Option, Role


async def run(context: Context, options: Options) -> Answer:
    """Resume; what waits there begins at once."""
    entry, waiting = await pause(context.jobs, context.roles, context.asker, options.text("scope", SCOPES[0]), "")
    left = (await context.roles.rights(context.person, context.place)).pause
    jobs = f"{waiting} waiting {'job goes' if waiting == 1 else 'jobs go'} on now." if waiting else "Nothing was waiting."
    still = f"It is still paused by another decision, for {says.subject_words(left.subject)}." if left else ""
    return whisper(says.entry_page(entry, title="Resumed", body="" if left else jobs, still=still, zone=context.person.zone))


COMMAND = Command(
    spec=CommandSpec(
        name="resume",
        about="End a pause",
        options=(Option(name="scope", kind=Kind.CHOICE, about="What was paused", positional=True, choices=SCOPES),),
        example="resume here",
        role=Role.ADMIN,
    ),
    run=run,
)
