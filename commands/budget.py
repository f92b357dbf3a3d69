"""`/budget`: the team's money: how much there is, how it stands, what needs an admin's approval, what images cost where nobody tells."""

from collections.abc import Awaitable, Callable, Mapping
from decimal import Decimal

from bot.command import ALERTS, Command, Context, Misunderstood, Options, grammar, read_rate, read_sum, says, whisper
from bot.errors import NotAllowed, NotFound
from bot.model import MICRO, Answer, CommandSpec, Kind, Measure, Option, Role, RuleKind, Window

_ABOVE = "above"
_NONE = {"usual", "unlimited", "none"}


async def run(context: Context, options: Options) -> Answer:
    """Do what the first word says; without one, show how the money stands."""
    return await _ACTS[options.text("act", "show")](context, options)


async def _show(context: Context, _: Options) -> Answer:
    budgets = context.quotas.budgets
    rules = await budgets.rules(context.place)
    balances = await budgets.balances(context.place, models=[offer.path for offer in context.catalog.offers])
    alerts = next((rule.value for rule in rules if rule.kind is RuleKind.OPTION and rule.slot == ALERTS), "")
    people = await budgets.people(context.place, min(balance.since for balance in balances)) if balances else []
    return whisper(says.budgets_page(balances, rules, alerts=alerts, zone=context.person.zone, people=people))


async def _set(context: Context, options: Options) -> Answer:
    """A budget in a window, and where alerts go."""
    alerts = _channel(context, options.text("alerts")) if "alerts" in options else None
    said = _amount(options)
    budgets = context.quotas.budgets
    if not said:
        if alerts is None:
            raise Misunderstood("How much money, in what time?", advice="For example $500/month.", line="budget set $500/month")
        entry = await budgets.tell(context.asker, alerts)
        return whisper(says.decided_page(entry, sentence=_told(alerts)))
    if said in _NONE:
        windows = [Window(rule.slot) for rule in await budgets.rules(context.place) if rule.kind is RuleKind.BUDGET]
        if not windows:
            return whisper(says.decided_page(None, sentence="There is no budget."))
        entry = await budgets.drop(context.asker, windows)
        return whisper(says.decided_page(entry, sentence="The workspace may use as much money as it likes."))
    if said.startswith("$") and "/" not in said:
        raise Misunderstood(f"{said} in what time?", advice="For example a month:", line=f"budget set {said}/month")
    rate = read_rate(said)
    if not rate.money or rate.amount is None:
        raise Misunderstood(
            "A budget is money in a time.", advice="For example $500/month, or usual for none.", line="budget set $500/month"
        )
    entry = await budgets.set(context.asker, Window(rate.window), int(rate.amount * MICRO), alerts=alerts)
    where = next((rule.value for rule in await budgets.rules(context.place) if rule.slot == ALERTS), "")
    sentence = f"The workspace may use {says.dollars(int(rate.amount * MICRO))} a {rate.window}, failed jobs that cost money included."
    return whisper(says.decided_page(entry, sentence=f"{sentence} {_told(where)}"))


async def _approve(context: Context, options: Options) -> Answer:
    """The price above which an admin must approve a job."""
    said = _amount(options)
    if not said:
        raise Misunderstood(
            "Above how much shall an admin approve?", advice="For example $2; usual for never.", line="budget approve above $2"
        )
    above = None if said in _NONE else _dollars(said, "budget approve above $2")
    entry = await context.quotas.budgets.approve(context.asker, above)
    sentence = (
        "Nobody has to approve a price." if above is None else f"A job that costs more than ${above:.2f} waits until an admin approves it."
    )
    return whisper(says.decided_page(entry, sentence=sentence))


async def _price(context: Context, options: Options) -> Answer:
    """What an image of a model costs, where nobody tells."""
    if "model" not in options or "amount" not in options:
        raise Misunderstood("Which model costs how much an image?", advice="For example flux $0.03.", line="budget price sketch $0.03")
    offers = context.catalog.named(options.text("model"))
    unknown = [offer for offer in offers if offer.model.price is None]
    if len(unknown) > 1:
        names = says.listed([offer.name for offer in unknown[:12]])
        raise Misunderstood(
            f"{options.text('model')} has several models without a price.", advice=f"Name one of them: {names}.", option="model"
        )
    if not unknown:
        price = f"${offers[0].model.price:f} an image" if offers[0].model.price else "nothing"
        raise NotAllowed(f"{offers[0].name} tells its own price: {price}.", advice="A price is only asked for where nobody tells one.")
    said = options.text("amount")
    price = None if said in _NONE else _dollars(said, f"budget price {unknown[0].path} $0.03")
    entry = await context.quotas.budgets.price(context.asker, unknown[0].path, price)
    sentence = (
        "has no price any more" if price is None else f"is reckoned at {says.dollars(int(price * MICRO))} an image, for jobs from now on"
    )
    return whisper(says.decided_page(entry, sentence=f"{unknown[0].name} {sentence}."))


def _amount(options: Options) -> str:
    """What was said, wherever the line had it: `approve above 2` reads as a model's name first."""
    loose = options.text("model").casefold()
    said = options.text("amount") or (loose if loose in _NONE or loose[:1].isdecimal() else "")
    if loose and loose not in {_ABOVE, said}:
        raise Misunderstood(
            f"“{loose[:40]}” is no money.", advice="Money is counted in US dollars: $500/month, or $2.", line=_EXAMPLE, option="amount"
        )
    return said


def _dollars(said: str, line: str) -> Decimal:
    """`$2`, and `2` where nothing else could be meant; 0 is a price, too."""
    if said in {"0", "$0"}:
        return Decimal(0)
    measure, amount = read_sum(said if said.startswith("$") else f"${said}") if "/" not in said else (Measure.IMAGES, 0)
    if measure is not Measure.MONEY:
        raise Misunderstood("That is money in a time, and here it is money alone.", advice="For example $2.", line=line)
    return Decimal(amount) / MICRO


def _channel(context: Context, said: str) -> str:
    """A channel's id; empty for none. Raises NotFound."""
    if said == "none":
        return ""
    mark = grammar.mark_of(said)
    if said == "here":
        return context.place.channel
    if mark is None:
        raise NotFound(f"I do not know a channel “{said[:40]}” here.", advice="Choose it from the list that # opens, or say here in it.")
    return mark.id


def _told(alerts: str) -> str:
    if not alerts:
        return "Nobody is told when it runs low: --alerts #channel names where."
    return f"<#{alerts}> is told when 50, 80 and 100 % are used."


_EXAMPLE = "budget set $500/month"
_ACTS: Mapping[str, Callable[[Context, Options], Awaitable[Answer]]] = {"show": _show, "set": _set, "approve": _approve, "price": _price}

COMMAND = Command(
    spec=CommandSpec(
        name="budget",
        about="The team's money: how much there is, and how it stands",
        options=(
            Option(name="act", kind=Kind.CHOICE, about="What to do; show says how it stands", positional=True, choices=tuple(_ACTS)),
            Option(name="model", kind=Kind.MODEL, about="Whose price", positional=True),
            Option(name="amount", kind=Kind.AMOUNT, about="How much; usual takes it back", positional=True, example="$500/month"),
            Option(name="alerts", kind=Kind.CHANNEL, about="Where to tell when it runs low", example="#ops"),
        ),
        example="budget set $500/month",
        role=Role.ADMIN,
    ),
    run=run,
)
