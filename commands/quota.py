"""`/quota`: what you used and when it renews; for admins, how much people, groups, channels and the workspace may use."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta

from bot.command import Command, Context, Misunderstood, Options, grammar, is_guest, read_grant, read_rate, read_sum, says, whisper
from bot.errors import NotAllowed
from bot.model import Answer, CommandSpec, Entry, Kind, Measure, Operation, Option, Person, Rule

_MORE = "more"
_ADMINS = ("set", "reset", "list", "grant", "revoke", "weight")
_DAYS = timedelta(days=2)


async def run(context: Context, options: Options) -> Answer:
    """Do what the first word says; without one, show one's own quota."""
    act = options.text("act", "show")
    if act == _MORE:
        return await _ask(context, options)
    if act in _ADMINS:
        if not context.person.administers:
            raise NotAllowed("Only an admin may change or list quotas.", advice="/quota shows your own; /quota more asks for more.")
        return await _ADMINISTER[act](context, options)
    person = context.person
    if "who" in options:
        subject = await context.subject(options.text("who"))
        if not subject.startswith("person:"):
            return await _show_subject(context, subject)
        person = await context.somebody(options.text("who"))
        if person.key != context.person.key and not context.person.administers:
            raise NotAllowed("Only an admin may look at or change somebody else's quota.", advice="/quota shows your own.")
    return await _show(context, person)


async def _show(context: Context, person: Person) -> Answer:
    mine = person.key == context.person.key
    known = person if mine else (await context.roles.as_met(person, context.place)).person
    report = await context.quotas.report(known, context.place)
    of = "Your quota" if mine else f"Quota of {person.name or person.mention}"
    return whisper(says.quota_page(report, of=of, zone=context.person.zone, more=mine))


async def _set(context: Context, options: Options) -> Answer:
    if "who" not in options:
        raise Misunderstood(
            "Whose quota shall I set?", advice="Name a person, a group, a channel or everybody.", line="quota set everybody 20/day"
        )
    subject = await _subject(context, options)
    model, operation = _only(context, options)
    if "amount" not in options:
        raise Misunderstood(
            "How much, in what time?", advice="For example 50/day or $20/month.", line=f"quota set {options.text('who')} 50/day"
        )
    said = options.text("amount")
    if said == "usual":
        entry = await context.quotas.forget(context.asker, subject, model=model, operation=operation)
        return await _decided(context, entry, subject, f"{says.whose(subject)}: what holds around it counts again.")
    rate = read_rate(said)
    if not rate.window and (model or operation or "rolling" in options):
        raise Misunderstood(
            "Unlimited in what time?", advice="For example unlimited/day.", line=f"quota set {options.text('who')} unlimited/day"
        )
    rolling = "rolling" in options
    entry = await context.quotas.set(context.asker, subject, rate, rolling=rolling, model=model, operation=operation)
    slot, value = next((name.split(" ", 2)[2], value) for name, value in entry.after.items() if value)
    return await _decided(context, entry, subject, f"{says.whose(subject)}: {says.rate_words(slot, value)}, from now on.")


async def _reset(context: Context, options: Options) -> Answer:
    subject = await _subject(context, options)
    entry = await context.quotas.reset(context.asker, subject)
    return await _decided(context, entry, subject, f"{says.whose(subject)}: what was used so far is forgiven. Budgets stay as they are.")


async def _grant(context: Context, options: Options) -> Answer:
    subject = await _subject(context, options)
    if "amount" not in options:
        who = options.text("who")
        raise Misunderstood("How much more?", advice="For example 20 (images) or $5.", line=f"quota grant {who} 20 --for 2d")
    measure, amount = read_sum(options.text("amount"))
    until = context.now() + (grammar.span_of(options.text("for")) or _DAYS if "for" in options else _DAYS)
    entry = await context.quotas.grant(context.asker, subject, amount, measure, until)
    much = says.dollars(amount) if measure is Measure.MONEY else says.plural(amount, "image")
    zone = context.person.zone or (await context.quotas.report(context.person, context.place)).zone
    return await _decided(context, entry, subject, f"{says.whose(subject)}: {much} more in all, until {says.moment(until, zone)}.")


async def _revoke(context: Context, options: Options) -> Answer:
    subject = await _subject(context, options)
    entry = await context.quotas.revoke(context.asker, subject)
    ended = "the grants ended." if entry else "there was no grant."
    return await _decided(context, entry, subject, f"{says.whose(subject)}: {ended}")


async def _weigh(context: Context, options: Options) -> Answer:
    model, operation = _only(context, options)
    if not model and not operation:
        raise Misunderstood("What shall count as how many?", advice="Name an operation or a model.", line="quota weight upscale 2")
    said = options.text("amount")
    if said != "usual" and not (said.isdecimal() and int(said) <= _HEAVIEST):
        raise Misunderstood(f"An image counts as 0 to {_HEAVIEST} images, or as usual.", line="quota weight upscale 2")
    weight = None if said == "usual" else int(said)
    entry = await context.quotas.weigh(context.asker, weight, model=model, operation=operation)
    counts = "counts as one again" if weight is None else f"counts as {says.plural(weight, 'image')}"
    return whisper(
        says.decided_page(entry, sentence=f"Each image {says.only_words(model=model, operation=operation)} {counts}, for jobs from now on.")
    )


async def _list(context: Context, options: Options) -> Answer:
    rules = await context.quotas.rules(context.place)
    usual = [f"{amount} images a {window.value}" for window, amount in context.quotas.defaults.items() if amount is not None]
    ends, _ = await _ends(context)
    return whisper(says.rules_page(rules, usual=usual, ends=ends, page=options.whole("page", 1)))


async def _show_subject(context: Context, subject: str) -> Answer:
    """What holds for a group, a role, everybody, a channel or the workspace."""
    if not context.person.administers:
        raise NotAllowed("Only an admin may look at the quotas of others.", advice="/quota shows what holds for you here.")
    rules, uses = await context.quotas.about(subject), await context.quotas.pooled(subject, context.place)
    ends, zone = await _ends(context)
    return whisper(says.subject_page(subject, rules, uses, ends=ends, zone=zone))


async def _ends(context: Context) -> tuple[Callable[[Rule], str], str]:
    """How the reader reads when a grant ends; and their time zone."""
    zone = context.person.zone or (await context.quotas.report(context.person, context.place)).zone
    return (lambda rule: says.moment(read_grant(rule).end, zone)), zone


async def _ask(context: Context, options: Options) -> Answer:
    """Ask admins for more: a form first, then a case."""
    if banned := context.rights.banned():
        # They may read their quota; what they ask admins for is an appeal.
        raise banned
    if "amount" not in options:
        return Answer(form=says.more_form("20"))
    measure, amount = read_sum(options.text("amount"))
    much = says.dollars(amount) if measure is Measure.MONEY else says.plural(amount, "image")
    span = options.text("for", "2d")
    why = f": {says.cut(options.text('why'), 300)}" if "why" in options else ""
    case = await context.reviews.ask_more(context.asker, f"{much} more for {span}{why}", wish=options.text("amount"), span=span)
    return whisper(says.asked_page(case.id))


async def _decided(context: Context, entry: Entry | None, subject: str, sentence: str) -> Answer:
    """What was decided; and where it is about a person, how they stand now."""
    kind, _, key = subject.partition(":")
    if kind != "person":
        return whisper(says.decided_page(entry, sentence=sentence))
    person = await context.somebody(f"<@{key.rsplit(':', 1)[-1]}>")
    report = await context.quotas.report((await context.roles.as_met(person, context.place)).person, context.place)
    zone = context.person.zone or report.zone
    return whisper(
        says.decided_page(entry, sentence=sentence, whose=person.name or person.mention, uses=report.uses, zone=zone),
    )


async def _subject(context: Context, options: Options) -> str:
    """The subject that a rule is to be about. Raises Misunderstood, NotFound, NotAllowed."""
    act = options.text("act")
    if "who" not in options:
        raise Misunderstood("Whose?", advice="Name a person, a group, a channel or everybody.", line=f"quota {act} @person")
    said = options.text("who")
    subject = await context.subject(said)
    if subject.startswith("person:") and is_guest(await context.somebody(said), context.place):
        raise NotAllowed(
            "They belong to another workspace, whose admins set their quota.", advice="A limit for everybody or for here covers them, too."
        )
    return subject


def _only(context: Context, options: Options) -> tuple[str, str]:
    """The model (`provider/model`) and the operation that a rule is about alone; not both."""
    operation = options.text("operation").replace("-", " ")
    if "model" not in options:
        return "", operation
    if operation:
        raise Misunderstood("A rule is about a model or about an operation.", advice="Leave one of them out.", option="operation")
    offers = context.catalog.named(options.text("model"))
    if len(offers) > 1:
        names = says.listed([offer.name for offer in offers[:12]])
        raise Misunderstood(f"{options.text('model')} has several models.", advice=f"Name one of them: {names}.", option="model")
    return offers[0].path, ""


_HEAVIEST = 100
_ADMINISTER: Mapping[str, Callable[[Context, Options], Awaitable[Answer]]] = {
    "set": _set,
    "reset": _reset,
    "grant": _grant,
    "revoke": _revoke,
    "weight": _weigh,
    "list": _list,
}

COMMAND = Command(
    spec=CommandSpec(
        name="quota",
        about="What you used, and when it renews",
        options=(
            Option(
                name="act",
                kind=Kind.CHOICE,
                about="more asks admins; all but show and more are for admins",
                positional=True,
                choices=("show", _MORE, *_ADMINS),
            ),
            Option(name="who", kind=Kind.SUBJECT, about="Whose", positional=True, example="@grace"),
            Option(
                name="operation",
                kind=Kind.CHOICE,
                about="Only this kind of picture",
                positional=True,
                choices=tuple(operation.value.replace(" ", "-") for operation in Operation),
            ),
            Option(name="amount", kind=Kind.AMOUNT, about="How much", positional=True, example="50/day"),
            Option(name="for", kind=Kind.SPAN, about="How long a grant lasts", example="2d"),
            Option(name="rolling", kind=Kind.FLAG, about="By the hours and days behind now instead of the calendar"),
            Option(name="model", kind=Kind.MODEL, about="Only this model"),
            Option(name="why", kind=Kind.TEXT, about="What you want more for", most=500),
            Option(name="page", kind=Kind.INTEGER, about="Which page of the list", least=1, most=1000, example="2"),
        ),
        example="quota",
    ),
    run=run,
)
