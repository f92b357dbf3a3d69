"""`/settings`: how a channel, or the whole workspace, wants things: where results go, what reactions say."""

from bot.command import Command, Context, Options, channel_of, says, whisper, workspace_of
from bot.model import Answer, CommandSpec, Field, Form, Kind, Option, Role

_EVERYWHERE, _HERE = "workspace", "channel"
_NAMES = ("results", "reactions")


async def run(context: Context, options: Options) -> Answer:
    """Without changes a form with what holds; with changes, the new state, before and after."""
    scope = options.text("scope", _HERE)
    subject = workspace_of(context.place) if scope == _EVERYWHERE else channel_of(context.place)
    before = await context.preferences.said(subject)
    changed = {name: options.text(name) for name in _NAMES if name in options}
    if "reset" in options:
        changed = dict.fromkeys(_NAMES, "")
    if not changed:
        return Answer(form=_form(scope, before.get("results", ""), before.get("reactions", "")))
    for name, value in changed.items():
        await context.preferences.set(subject, name, value, by=context.person)
    after = await context.preferences.said(subject)
    where = "This channel" if scope == _HERE else "The whole workspace"
    return whisper(says.settings_page(where, {name: (before.get(name, ""), after.get(name, "")) for name in changed}))


def _form(scope: str, results: str, reactions: str) -> Form:
    return Form(
        title="Settings",
        line="settings",
        fields=(
            Field(name="scope", label="For", value=scope, choices=(_HERE, _EVERYWHERE), required=True),
            Field(name="results", label="Images go into", value=results or "thread", choices=("thread", "channel")),
            Field(
                name="reactions",
                label="Reactions",
                value=reactions,
                hint="What differs from the usual ones: 🎨 remix, ⬆️ upscale 2, ⭐ off",
                longest=1000,
            ),
        ),
        submit="Save",
    )


COMMAND = Command(
    spec=CommandSpec(
        name="settings",
        about="Where images go and what reactions do, here or everywhere",
        options=(
            Option(name="scope", kind=Kind.CHOICE, about="This channel or the workspace", positional=True, choices=(_HERE, _EVERYWHERE)),
            Option(name="results", kind=Kind.CHOICE, about="Where images go", choices=("thread", "channel")),
            Option(name="reactions", kind=Kind.TEXT, about="Emoji and what each does", example="🎨 remix, ⭐ off"),
            Option(name="reset", kind=Kind.FLAG, about="Back to the usual"),
        ),
        example="settings channel --results thread",
        role=Role.ADMIN,
    ),
    run=run,
)
