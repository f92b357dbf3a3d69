"""`/limit`: how large one request may be, and how many jobs somebody may have at once."""

from bot.command import CAPS, Command, Context, Misunderstood, Options, is_guest, says, whisper
from bot.errors import NotAllowed
from bot.model import Answer, CommandSpec, Kind, Option, Role


async def run(context: Context, options: Options) -> Answer:
    """Set what is named; a 0 takes a limit back, --reset all of them; without either, show what is set for this subject alone."""
    if "who" not in options:
        raise Misunderstood("Whose limits?", advice="Name a person, a group, a channel or everybody.", line="limit everybody --count 4")
    said = options.text("who")
    subject = await context.subject(said)
    if subject.startswith("person:") and is_guest(await context.somebody(said), context.place):
        raise NotAllowed(
            "They belong to another workspace, whose admins limit them.", advice="A limit for everybody covers them here, too."
        )
    standing = await context.quotas.caps(subject)
    caps = {name: options.whole(name, 0) or None for name in CAPS if name in options}
    if "reset" in options:
        if caps:
            raise Misunderstood("--reset takes every limit back, so nothing goes with it.", line=f"limit {said} --reset")
        caps = dict.fromkeys(standing)
    if not caps:
        return whisper(says.caps_page(says.whose(subject), standing))
    entry = await context.quotas.cap(context.asker, subject, caps)
    now = says.caps_words(await context.quotas.caps(subject))
    return whisper(says.decided_page(entry, sentence=f"{says.whose(subject)}: {now}."))


_MOST = {"count": 10, "steps": 150, "size": 16_384, "running": 1000, "waiting": 1000, "priority": 100}

COMMAND = Command(
    spec=CommandSpec(
        name="limit",
        about="How large requests may be, and how many at once",
        options=(
            Option(name="who", kind=Kind.SUBJECT, about="Whose", positional=True, example="@design"),
            *(
                Option(name=name, kind=Kind.INTEGER, about=f"The most {what}; 0 for the usual", least=0, most=_MOST[name], example="4")
                for name, what in CAPS.items()
            ),
            Option(name="reset", kind=Kind.FLAG, about="Take every limit of this subject back"),
        ),
        example="limit everybody --count 4",
        role=Role.ADMIN,
    ),
    run=run,
)
