"""`/mute`: somebody may look but not draw, for a while; `--lift` ends it sooner."""

from bot.command import UNSAID, Command, Context, Options, says, whisper
from bot.model import Answer, CommandSpec, Kind, Option, Role, RuleKind

_DAY = "1d"


async def run(context: Context, options: Options) -> Answer:
    """Decide it. What they asked for before is still drawn."""
    person = await context.somebody(options.text("person"))
    lift = "lift" in options
    await context.roles.outrank(context.asker, person, "unmute" if lift else "mute")
    reason, until = "" if lift else options.text("reason", UNSAID), None if lift else context.until(options.text("for", _DAY))
    rules = await context.roles.against(context.asker, RuleKind.MUTE, person, reason, until=until)
    entry = await context.decisions.decide(context.asker, rules, act="mute.lift" if lift else "mute.set")
    if lift:
        return whisper(says.entry_page(entry, title="Mute lifted", zone=context.person.zone))
    body = "They may look, keep and report, but not draw. What they asked for before is still drawn; /cancel stops it."
    return whisper(says.entry_page(entry, title="Muted", body=body, zone=context.person.zone))


COMMAND = Command(
    spec=CommandSpec(
        name="mute",
        about="Keep somebody from drawing for a while",
        options=(
            Option(name="person", kind=Kind.PERSON, about="Whom", positional=True, required=True, example="@grace"),
            Option(name="reason", kind=Kind.TEXT, about="Why; they read it", positional=True, rest=True, most=300, example="cool down"),
            Option(name="for", kind=Kind.SPAN, about="For how long; a day where nothing is said", example="2d"),
            Option(name="lift", kind=Kind.FLAG, about="Let them draw again"),
        ),
        example="mute @grace --for 2d",
        role=Role.REVIEWER,
    ),
    run=run,
)
