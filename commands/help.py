"""`/help`: three examples, the commands, the reactions; `/help COMMAND` explains one."""

from bot.command import Command, Context, Misunderstood, Options, grammar, says, whisper
from bot.model import Answer, CommandSpec, Kind, Option


async def run(context: Context, options: Options) -> Answer:
    """The page for everybody, or for one command."""
    name = options.text("command").removeprefix("/").casefold()
    if not name:
        return whisper(says.help_page(context.offered, in_thread=context.place.thread is not None))
    for spec in context.menu:
        if spec.name == name and context.rights.may(spec):
            return whisper(says.usage_page(spec, grammar.usage(spec)))
    raise Misunderstood(f"There is no command /{name[:30]}.", advice="/help lists them.", line="help")


COMMAND = Command(
    spec=CommandSpec(
        name="help",
        about="How to use Limner",
        options=(Option(name="command", kind=Kind.TEXT, about="One command", positional=True, example="imagine"),),
        example="help",
    ),
    run=run,
)
