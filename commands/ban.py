"""`/ban`: somebody may not use Limner any more, on all platforms that they linked; `--lift` takes it back."""

from bot.command import UNSAID, Command, Context, Options, says, stop_all, whisper
from bot.model import Answer, CommandSpec, Kind, Option, Role, RuleKind


async def run(context: Context, options: Options) -> Answer:
    """Decide it, and cancel what is on its way."""
    person = await context.somebody(options.text("person"))
    lift = "lift" in options
    await context.roles.outrank(context.asker, person, "unban" if lift else "ban")
    reason, until = "" if lift else options.text("reason", UNSAID), context.until(options.text("for"))
    rules = await context.roles.against(context.asker, RuleKind.BAN, person, reason, until=until)
    entry = await context.decisions.decide(context.asker, rules, act="ban.lift" if lift else "ban.set")
    rights = await context.roles.as_met(person, context.place)
    if lift:
        left = "They are still banned where they are linked; only that workspace can lift it." if rights.ban else ""
        return whisper(says.entry_page(entry, title="Ban lifted", still=left, zone=context.person.zone))
    stopped = await stop_all(context.jobs, (await context.accounts.of(person)).people)
    body = f"They may still read help, the rules and what is kept about them, and appeal. {says.stopped(stopped)}".strip()
    return whisper(says.entry_page(entry, title="Banned", body=body, zone=context.person.zone))


COMMAND = Command(
    spec=CommandSpec(
        name="ban",
        about="Keep somebody from using Limner",
        options=(
            Option(name="person", kind=Kind.PERSON, about="Whom", positional=True, required=True, example="@grace"),
            Option(name="reason", kind=Kind.TEXT, about="Why; they read it", positional=True, rest=True, most=300, example="spam"),
            Option(name="for", kind=Kind.SPAN, about="For how long, where not for good", example="30d"),
            Option(name="lift", kind=Kind.FLAG, about="Let them in again"),
        ),
        example="ban @grace spam",
        role=Role.ADMIN,
    ),
    run=run,
)
