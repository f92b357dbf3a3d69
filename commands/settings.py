"""`/settings`: how a channel, or the whole workspace, wants things: where results go, what reactions say, which models draw."""

from collections.abc import Mapping

from bot.command import ZONE, Command, Context, Misunderstood, Options, is_zone, says, whisper
from bot.model import Answer, CommandSpec, Field, Form, Kind, Option, Origin, Role, subject_of_channel, subject_of_workspace

_EVERYWHERE, _HERE = "workspace", "channel"
_NAMES = ("results", "reactions", "model", "models", "canary", ZONE)
_USUAL = "usual"


async def run(context: Context, options: Options) -> Answer:
    """Without changes a form with what holds; with changes, the new state, before and after."""
    scope = options.text("scope", _HERE)
    subject = subject_of_workspace(context.place) if scope == _EVERYWHERE else subject_of_channel(context.place)
    before = await context.preferences.said(subject)
    changed: dict[str, str] = dict.fromkeys([name for name in _NAMES if name in context.emptied], "")
    changed |= {name: _value(options.text(name)) for name in _NAMES if name in options}
    if "reset" in options:
        if changed:
            raise Misunderstood("--reset takes everything back to the usual, so nothing goes with it.", line=f"settings {scope} --reset")
        changed = dict.fromkeys(_NAMES if scope == _EVERYWHERE else _NAMES[:-1], "")
    if not changed and context.origin is not Origin.FORM:
        return Answer(form=_form(scope, before, context.models))
    if changed.get(ZONE):
        if scope != _EVERYWHERE:
            raise Misunderstood(
                "A time zone holds for the whole workspace.", line=f"settings workspace --zone {changed[ZONE]}", option=ZONE
            )
        if not is_zone(changed[ZONE]):
            raise Misunderstood(
                f"I do not know a time zone “{changed[ZONE][:40]}”.",
                advice="For example Europe/Berlin.",
                line="settings workspace --zone Europe/Berlin",
                option=ZONE,
            )
    for name in (changed.get("model", ""), *changed.get("models", "").split(","), changed.get("canary", "").partition(" ")[0]):
        if name.strip():
            context.catalog.named(name)
    entry = await context.preferences.set(context.asker, subject, changed)
    after = await context.preferences.said(subject)
    where = "This channel" if scope == _HERE else "The whole workspace"
    changes = {name: (before.get(name, ""), after.get(name, "")) for name in changed if before.get(name, "") != after.get(name, "")}
    return whisper(says.settings_page(where, changes, undo=entry.number if changes else 0))


def _value(typed: str) -> str:
    return "" if typed.casefold() == _USUAL else typed


def _form(scope: str, had: Mapping[str, str], models: tuple[str, ...]) -> Form:
    return Form(
        title="Settings: workspace" if scope == _EVERYWHERE else "Settings: this channel",
        # Which of the two stands in the line and is no field: the other fields show what holds for this one alone.
        line=f"settings {scope}",
        fields=(
            Field(
                name="results",
                label="Images go into",
                value=had.get("results") or _USUAL,
                hint="The usual is a thread" if scope == _EVERYWHERE else "The usual is what the workspace says",
                choices=(_USUAL, "thread", "channel"),
                required=True,
            ),
            Field(
                name="reactions",
                label="Reactions",
                value=had.get("reactions", ""),
                hint="What differs from the usual ones: 🎨 remix, ⬆️ upscale 2, ⭐ off",
                longest=1000,
            ),
            Field(
                name="model",
                label="Model",
                value=had.get("model") or _USUAL,
                hint="For those who name none; the usual is the cheapest that is well",
                choices=(_USUAL, *models),
                required=True,
            ),
            Field(
                name="models",
                label="Allowed models",
                value=had.get("models", ""),
                hint="Only these, parted by commas; empty: all",
                longest=1000,
            ),
            Field(
                name="canary",
                label="On trial",
                value=had.get("canary", ""),
                hint="A model and a share of people: flux-2-pro 10%",
                longest=200,
            ),
            *(
                [
                    Field(
                        name=ZONE,
                        label="Time zone",
                        value=had.get(ZONE, ""),
                        hint="In which days and months of quotas begin: Europe/Berlin; empty: the bot's own",
                        longest=64,
                    )
                ]
                if scope == _EVERYWHERE
                else []
            ),
        ),
        submit="Save",
    )


COMMAND = Command(
    spec=CommandSpec(
        name="settings",
        about="Where images go, what reactions do, which models draw",
        options=(
            Option(name="scope", kind=Kind.CHOICE, about="This channel or the workspace", positional=True, choices=(_HERE, _EVERYWHERE)),
            Option(name="results", kind=Kind.CHOICE, about="Where images go", choices=("thread", "channel", _USUAL)),
            Option(name="reactions", kind=Kind.TEXT, about="Emoji and what each does, or usual", example="🎨 remix, ⭐ off"),
            Option(name="model", kind=Kind.MODEL, about="The model for those who name none, or usual"),
            Option(name="models", kind=Kind.TEXT, about="The only models that may be used, or usual", example="sketch, flux-2-pro"),
            Option(name="canary", kind=Kind.TEXT, about="A model on trial and its share of people", example="flux-2-pro 10%"),
            Option(name=ZONE, kind=Kind.TEXT, about="Workspace: where its days and months begin", example="Europe/Berlin", most=64),
            Option(name="reset", kind=Kind.FLAG, about="Back to the usual"),
        ),
        example="settings channel --results thread",
        role=Role.ADMIN,
    ),
    run=run,
)
