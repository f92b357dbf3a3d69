"""`/review`: what waits for somebody to decide: listed, shown, approved, rejected; and, for admins, how that is set up here."""

import re
from datetime import timedelta

from bot.command import Command, Context, Misunderstood, Options, grammar, guest_slot, reviews, says, stop_all, whisper
from bot.errors import NotAllowed
from bot.model import (
    Answer,
    Case,
    CaseKind,
    CaseState,
    CommandSpec,
    Kind,
    Option,
    Origin,
    Role,
    RuleKind,
    subject_of_person,
    subject_of_workspace,
)

_ACTS = ("list", "approve", "reject", "ban", "grant", "channel", "reports", "strikes", "settings")
_SET = {"channel", "reports", "strikes"}
_MEASURES = {"mute for a day": timedelta(days=1), "mute for a week": timedelta(days=7)}
_BAN = "ban"


async def run(context: Context, options: Options) -> Answer:
    """Do what the first word says; without one, list what is open, or show the case that is named."""
    said = options.text("case")
    case_id, _, rest = said.partition(" ")
    act = options.text("act", "show" if case_id else "list")
    if act in _SET:
        return await _set(context, options, act, said)
    if act == "settings":
        return whisper(says.review_page(await _terms(context)))
    if act == "list":
        return await _list(context)
    if not case_id:
        raise Misunderstood(f"Which case shall I {act}?", advice="/review lists what is open.", line="review")
    case = await context.reviews.find(context.asker, case_id.casefold())
    words = grammar.squeeze(options.text("reason") or rest)[:300]
    if act == "approve":
        only = [int(number) for number in re.findall(r"\d{1,2}", options.text("only"))]
        if "only" in options and not only:
            raise Misunderstood("Which of the pictures?", advice="Their numbers:", line=f"review approve {case.id} --only 1,3")
        return await _decided(context, await context.reviews.approve(context.asker, case.id, redraw=context.jobs.redraw, only=only))
    do = {"reject": _reject, "grant": _grant, "ban": _ban}.get(act, _show)
    return await do(context, options, case, words)


async def _list(context: Context) -> Answer:
    room = (await context.reviews.terms(context.place)).channel
    workspace = f"{context.place.platform}:{context.place.workspace}"
    return whisper(says.cases_page(await context.jobs.store.cases(workspace, limit=200), now=context.now(), room=room))


async def _reject(context: Context, options: Options, case: Case, words: str) -> Answer:
    del options
    if not words and case.state is CaseState.OPEN and context.origin is Origin.BUTTON:
        return Answer(form=says.reject_form(case))
    return await _decided(context, await context.reviews.reject(context.asker, case.id, words=words))


async def _show(context: Context, options: Options, case: Case, words: str) -> Answer:
    del options, words
    job = await context.jobs.store.find(case.job) if case.job else None
    decider = await context.reviews.decider(case)
    record = await context.reviews.record(case.person, case.place)
    strikes = f"{record.strikes} in {record.days} days" if record.strikes else ""
    return whisper(says.case_card(case, job, strikes=strikes, decider=decider, zone=context.person.zone))


async def _decided(context: Context, case: Case) -> Answer:
    return whisper(says.case_line(case, await context.reviews.decider(case)))


async def _grant(context: Context, options: Options, case: Case, words: str) -> Answer:
    del words
    if case.kind is not CaseKind.MORE:
        raise Misunderstood(f"Case {case.id} is not about quota.", advice="To let it pass:", line=f"review approve {case.id}")
    if "amount" not in options:
        return Answer(form=says.grant_form(case))
    wish, span = options.text("amount"), options.text("for")
    return await _decided(context, await context.reviews.approve(context.asker, case.id, redraw=context.jobs.redraw, wish=wish, span=span))


async def _ban(context: Context, options: Options, case: Case, words: str) -> Answer:
    """Reject it, and keep the person from drawing for a while, or for good."""
    measures = [*_MEASURES, *([_BAN] if context.person.administers else [])]
    measure = options.text("measure")
    if not measure:
        return Answer(form=says.ban_form(case, measures))
    if measure not in measures:
        raise NotAllowed("Only an admin may ban somebody.", advice="You can mute them for a week.")
    await context.roles.outrank(context.asker, case.person, "ban" if measure == _BAN else "mute")
    if case.state is CaseState.OPEN:
        case = await context.reviews.reject(context.asker, case.id, words=words)
    rule = context.decisions.rule(
        context.asker,
        RuleKind.BAN if measure == _BAN else RuleKind.MUTE,
        subject_of_person(case.person),
        words or f"case {case.id}",
        slot=guest_slot(case.person, context.place),
        until=None if measure == _BAN else context.now() + _MEASURES[measure],
    )
    entry = await context.decisions.decide(context.asker, [rule], act="ban.set" if measure == _BAN else "mute.set")
    if measure == _BAN:
        await stop_all(context.jobs, (await context.accounts.of(case.person)).people)
    title = "Rejected, and banned" if measure == _BAN else "Rejected, and muted"
    return whisper(says.entry_page(entry, title=title, zone=context.person.zone))


async def _set(context: Context, options: Options, act: str, said: str) -> Answer:
    """Change how reviews are set up here. Before and after are shown, and there is a way back."""
    if not context.person.administers:
        raise NotAllowed("Only an admin may change how reviews are set up.", advice="/review settings shows how they are.")
    values: dict[str, str] = {}
    if act == "channel":
        if "where" not in options and not {"hours", "default", "admins"} & set(options.values):
            raise Misunderstood("Which channel shall cases go to?", advice="For example:", line="review channel here")
        values |= {reviews.CHANNEL: _room(context, options, "where")} if "where" in options else {}
        values |= {reviews.ADMINS: _room(context, options, "admins")} if "admins" in options else {}
        values |= {reviews.HOURS: options.text("hours")} if "hours" in options else {}
        values |= {reviews.DEFAULT: options.text("default")} if "default" in options else {}
    elif act == "reports":
        if not said.isdecimal() or not 0 < int(said) <= 100:  # noqa: PLR2004 - more people than look at a picture
            raise Misunderstood("How many people must report a picture, 1 to 100?", advice="For example:", line="review reports 3")
        values = {reviews.REPORTS: str(int(said))}
    else:
        if said and said.casefold() != reviews.OFF:
            reviews.parse_strikes(said)
        values |= {reviews.STRIKES: grammar.squeeze(said).casefold()} if said else {}
        values |= {reviews.COOLDOWN: options.text("cooldown")} if "cooldown" in options else {}
        values |= {reviews.VENDOR: options.text("vendor")} if "vendor" in options else {}
        if not values:
            raise Misunderstood("How many strikes within how many days?", advice="For example:", line="review strikes 3/7d --cooldown 1d")
    subject = subject_of_workspace(context.place)
    rules = [context.decisions.rule(context.asker, RuleKind.OPTION, subject, value, slot=name) for name, value in values.items()]
    entry = await context.decisions.decide(context.asker, rules, act="review.set")
    for case in await context.jobs.store.cases(f"{context.place.platform}:{context.place.workspace}", limit=1000):
        # What had no channel so far gets its card now.
        await context.reviews.wake(case)
    now = ". ".join(f"{name}: {value}" for name, value in await _terms(context))
    return whisper(says.entry_page(entry, title="Reviews saved", body=f"{now}.", zone=context.person.zone))


def _room(context: Context, options: Options, name: str) -> str:
    return context.channel(options.text(name)) or reviews.NONE


async def _terms(context: Context) -> list[tuple[str, str]]:
    terms = await context.reviews.terms(context.place)
    strikes = f"{terms.strikes} in {terms.days} days, then a pause of {says.span(terms.cooldown)}" if terms.strikes else "not counted"
    return [
        ("Cases go to", f"<#{terms.channel}>" if terms.channel else "no channel: what is doubtful is refused"),
        ("What admins decide goes to", f"<#{terms.admins}>" if terms.admins else "the same channel"),
        ("A case waits for", f"{terms.hours:g} hours, then it is {terms.default.value}"),
        ("Reports that hide a picture", f"{terms.reports}, or one by a reviewer"),
        ("Strikes", strikes + (", refusals of image services too" if terms.vendor else "")),
    ]


COMMAND = Command(
    spec=CommandSpec(
        name="review",
        about="What waits for a decision: list, approve, reject",
        options=(
            Option(name="act", kind=Kind.CHOICE, about="What to do; nothing to list or show", positional=True, choices=_ACTS),
            Option(name="where", kind=Kind.CHANNEL, about="For channel: where cases go", positional=True, example="here"),
            Option(
                name="case",
                kind=Kind.TEXT,
                about="The case and a reason; or a number, or 3/7d",
                positional=True,
                rest=True,
                most=400,
                example="c7kq2mw9 too close to a real person",
            ),
            Option(
                name="reason",
                kind=Kind.TEXT,
                about="Why; the one who asked reads it",
                most=300,
                asked=True,
                example="too close to a real person",
            ),
            Option(name="only", kind=Kind.TEXT, about="Only these pictures", most=40, example="1,3"),
            Option(name="hours", kind=Kind.INTEGER, about="How long a case waits", least=1, most=720, example="24"),
            Option(name="default", kind=Kind.CHOICE, about="What follows when nobody decides", choices=("reject", "approve")),
            Option(name="admins", kind=Kind.CHANNEL, about="Where prices and quotas are decided", example="here"),
            Option(name="cooldown", kind=Kind.SPAN, about="The pause after too many strikes", example="1d"),
            Option(name="vendor", kind=Kind.CHOICE, about="Whether image services' refusals are strikes", choices=("off", "on")),
            Option(name="amount", kind=Kind.AMOUNT, about="For grant: how much more", example="20"),
            Option(name="for", kind=Kind.SPAN, about="For grant: for how long", example="2d"),
            Option(name="measure", kind=Kind.CHOICE, about="For ban: what is done", choices=(*_MEASURES, _BAN)),
        ),
        example="review",
        role=Role.REVIEWER,
    ),
    run=run,
)
