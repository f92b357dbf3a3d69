"""`/link`: one person on several platforms: a code on one side, typed on the other, gives one quota, one history, one set of favourites.

Roles do not cross: whom the people of one workspace made admin was given nothing by those of the other.
"""

from bot.command import Command, Context, Options, says, whisper
from bot.errors import NotAllowed
from bot.model import Answer, CommandSpec, Kind, Option, Person, Place

_SHOW, _END = "show", "end"


async def run(context: Context, options: Options) -> Answer:
    """Without a code give one; with one show whose it is; confirmed, make the two one."""
    act, code = options.text("act"), options.text("code")
    if act == _SHOW:
        return whisper(says.linked_page(await context.accounts.people(context.person), title="Linked"))
    if act == _END:
        ended = await context.accounts.end(context.asker)
        text = "You have a quota, a history and favourites of your own again." if ended else "You are linked with nobody."
        return whisper(says.whisper(text, title="Link ended" if ended else "Not linked"))
    if not code:
        code, until = await context.accounts.offer(context.asker)
        return whisper(says.code_page(code, until=until, zone=context.person.zone))
    if "confirm" not in options:
        proposal = await context.accounts.take(context.asker, code)
        await _must_be_welcome(context, proposal.other)
        return whisper(says.proposal_page(proposal.other, proposal.token))
    await context.accounts.confirm(context.asker, code)
    return whisper(says.linked_page(await context.accounts.people(context.person)))


async def _must_be_welcome(context: Context, other: Person) -> None:
    home = Place(platform=other.platform, workspace=other.workspace, channel="")
    if (await context.roles.as_met(other, home)).ban:
        raise NotAllowed("The one who asked for that code is banned.", advice="Nothing was linked.")


COMMAND = Command(
    spec=CommandSpec(
        name="link",
        about="Be one person on several platforms",
        options=(
            Option(name="act", kind=Kind.CHOICE, about="See or end a link", positional=True, choices=(_SHOW, _END)),
            Option(name="code", kind=Kind.TEXT, about="The code of the other side", positional=True, rest=True, most=60, example="7KQ2"),
            Option(name="confirm", kind=Kind.FLAG, about="Yes, that is me"),
        ),
        example="link",
    ),
    run=run,
)
