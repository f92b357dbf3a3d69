"""`/access`: who may use a model or an operation, and who may draw in a channel; what nobody decided is for everybody."""

from bot.command import Command, Context, Misunderstood, Options, grammar, says, whisper
from bot.model import Answer, CommandSpec, Kind, Operation, Option, Role, RuleKind, subject_of_channel, subject_of_workspace

_SET, _CLEAR, _LIST = "set", "clear", "list"
_MODEL, _OPERATION, _HERE = "model", "operation", "here"
_WHO = Option(name="who", kind=Kind.SUBJECT, about="For whom it is", positional=True, example="@design")
_MORE = tuple(Option(name=f"who{number}", kind=Kind.SUBJECT, about="And for whom else", positional=True) for number in range(2, 7))


async def run(context: Context, options: Options) -> Answer:
    """Do what the first word says; without one, list what is not for everybody."""
    act = options.text("act", _LIST)
    if act == _LIST:
        workspace = f"{context.place.platform}:{context.place.workspace}"
        rules = await context.jobs.store.rules_of(workspace, (RuleKind.ACCESS,))
        return whisper(says.access_page(rules, zone=context.person.zone))
    what, name = options.text("what"), options.text("name")
    if not what:
        raise Misunderstood(
            f"What shall I {act}?",
            advice="A model, an operation, or here for this channel.",
            line="access set model sketch @design" if act == _SET else "access clear here",
            option="what",
        )
    said = [options.text(option.name) for option in (_WHO, *_MORE) if option.name in options]
    if what == _HERE and name:
        # Here has no name: what stands in its place is the first of those it is for.
        said.insert(0, str(grammar.check({"who": name}, COMMAND.spec)["who"]))
    subject, slots = _about(context, what, name)
    value = " ".join(dict.fromkeys([await context.subject(each) for each in said]))
    if act == _SET and not value:
        raise Misunderstood(
            "For whom?", advice="Name people, groups or roles.", line=f"access set {what} {name} @design".replace("  ", " "), option="who"
        )
    rules = [context.decisions.rule(context.asker, RuleKind.ACCESS, subject, "" if act == _CLEAR else value, slot=slot) for slot in slots]
    entry = await context.decisions.decide(context.asker, rules, act=f"access.{act}")
    body = "For everybody, from now on." if act == _CLEAR else "It holds from now on for every way in, and when another model takes over."
    return whisper(says.entry_page(entry, body=body, zone=context.person.zone))


def _about(context: Context, what: str, name: str) -> tuple[str, list[str]]:
    """The subject and the slots of the rules. Raises Misunderstood."""
    if what == _HERE:
        return subject_of_channel(context.place), [_HERE]
    workspace = subject_of_workspace(context.place)
    if what == _OPERATION:
        known = {operation.value for operation in Operation} | {operation.name.casefold() for operation in Operation}
        plain = name.casefold().replace("-", " ").replace("_", " ")
        if plain not in known:
            raise Misunderstood(
                f"There is no operation called “{name[:40]}”." if name else "Which operation?",
                advice=f"There are: {', '.join(operation.value for operation in Operation)}.",
                line="access set operation upscale admins",
                option="name",
            )
        return workspace, [f"operation={plain}"]
    if not name:
        raise Misunderstood("Which model?", advice="/models lists them.", line="access set model sketch @design", option="name")
    offers = context.catalog.named(name)
    # A provider's name means all that it has, now and later; any other name is one model.
    whole = next((offer.provider for offer in offers if offer.provider.casefold() == name.strip().casefold()), "")
    return workspace, [f"model={whole}"] if whole else [f"model={offer.path}" for offer in offers]


COMMAND = Command(
    spec=CommandSpec(
        name="access",
        about="Who may use which model, operation or channel",
        options=(
            Option(name="act", kind=Kind.CHOICE, about="What to do", positional=True, choices=(_LIST, _SET, _CLEAR)),
            Option(
                name="what",
                kind=Kind.CHOICE,
                about="A model, an operation, or drawing in this channel",
                positional=True,
                choices=(_MODEL, _OPERATION, _HERE),
            ),
            Option(name="name", kind=Kind.MODEL, about="The name of the model or operation", positional=True, example="sketch"),
            _WHO,
            *_MORE,
        ),
        example="access set model sketch @design",
        role=Role.ADMIN,
    ),
    run=run,
)
