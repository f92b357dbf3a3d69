"""`/pause`: nothing new is taken in this channel, in the workspace, or anywhere; what waits goes on once it is over."""

from bot.command import SCOPES, UNSAID, Command, Context, Misunderstood, Options, pause, says, whisper
from bot.model import Answer, CommandSpec, Kind, Option, Role


async def run(context: Context, options: Options) -> Answer:
    """Pause; the cards of what waits there say so."""
    until = context.until(options.text("for"))
    scope, reason = options.text("scope", SCOPES[0]), options.text("reason", UNSAID)
    if "scope" not in options and reason.startswith(("#", "<#")):
        # A channel that is named first is meant: to pause this one, with that name as the reason, would surprise everybody.
        raise Misunderstood("I pause the channel that you say it in.", advice="Go there and say:", line="pause here")
    entry, waiting = await pause(context.jobs, context.roles, context.asker, scope, reason, until=until)
    jobs = f"{waiting} waiting {'job' if waiting == 1 else 'jobs'} will go on afterwards" if waiting else "nothing waits here"
    body = f"What is being drawn is finished, {jobs}, and whoever asks now reads the reason."
    return whisper(says.entry_page(entry, title="Paused", body=body, zone=context.person.zone))


COMMAND = Command(
    spec=CommandSpec(
        name="pause",
        about="Take nothing new for a while",
        options=(
            Option(name="scope", kind=Kind.CHOICE, about="This channel, the workspace, or everything", positional=True, choices=SCOPES),
            Option(name="reason", kind=Kind.TEXT, about="Why; people read it", positional=True, rest=True, most=300, example="too busy"),
            Option(name="for", kind=Kind.SPAN, about="For how long; until /resume where nothing is said", example="2h"),
        ),
        example="pause here --for 2h",
        role=Role.ADMIN,
    ),
    run=run,
)
