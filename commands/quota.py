"""`/quota`: what you used and when it renews; `set`, `show` and `reset` for admins."""

from bot.command import Command, Context, Misunderstood, Options, parse_rate, says, whisper
from bot.errors import NotAllowed
from bot.model import Answer, CommandSpec, Kind, Option, Person


async def run(context: Context, options: Options) -> Answer:
    """Do what the first word says; without one, show one's own quota."""
    act = options.text("act", "show")
    if "person" not in options:
        if act != "show":
            raise Misunderstood(
                f"Whose quota shall I {act}?", advice="Name a person.", line=f"quota {act} @person{' 50/day' if act == 'set' else ''}"
            )
        return await _page(context, context.person)
    subject = await context.somebody(options.text("person"))
    if subject.key != context.person.key and not context.person.administers:
        raise NotAllowed("Only an admin may look at or change somebody else's quota.", advice="/quota shows your own.")
    if act == "set":
        if "rate" not in options:
            raise Misunderstood(
                "How many images, in what time?", advice="For example 50/day.", line=f"quota set @{subject.name or subject.id} 50/day"
            )
        amount, window = parse_rate(options.text("rate"))
        _must_administer(context)
        await context.quotas.set(context.asker, subject, amount, window)
    elif act == "reset":
        _must_administer(context)
        await context.quotas.reset(context.asker, subject)
    return await _page(context, subject)


def _must_administer(context: Context) -> None:
    if not context.person.administers:
        raise NotAllowed("Only an admin may change quotas.", advice="Ask an admin of this workspace; /quota shows your own.")


async def _page(context: Context, subject: Person) -> Answer:
    of = "Your quota" if subject.key == context.person.key else f"Quota of {subject.name or subject.id}"
    return whisper(says.quota_page(await context.quotas.report(subject, context.place), of=of, zone=context.person.zone))


COMMAND = Command(
    spec=CommandSpec(
        name="quota",
        about="What you used, and when it renews",
        options=(
            Option(name="act", kind=Kind.CHOICE, about="For admins: set, show or reset", positional=True, choices=("show", "set", "reset")),
            Option(name="person", kind=Kind.PERSON, about="Whose", positional=True, example="@grace"),
            Option(name="rate", kind=Kind.RATE, about="Images in a window", positional=True, example="50/day"),
        ),
        example="quota",
    ),
    run=run,
)
