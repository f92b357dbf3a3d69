"""Budgets: how the team's money stands, and what is told when a border is reached."""

from collections.abc import Sequence
from decimal import Decimal

from bot.model import MICRO, Action, Balance, Message, Rule, RuleKind, Tone, Window
from bot.says.quotas import dollars
from bot.says.words import moment

_TIMES = {Window.HOUR: "this hour", Window.DAY: "today", Window.WEEK: "this week", Window.MONTH: "this month"}
_NAMES = {Window.HOUR: "hour", Window.DAY: "day", Window.WEEK: "week", Window.MONTH: "month"}
_ALL = 100


def budgets_page(
    balances: Sequence[Balance], rules: Sequence[Rule], *, alerts: str, zone: str, people: Sequence[tuple[str, int]] = ()
) -> Message:
    """How the money stands: spent, reserved, left, forecast, the dearest models and people; which rules there are about it."""
    fields: list[tuple[str, str]] = []
    for balance in balances:
        spent = f"{dollars(balance.used - balance.reserved)} spent, {dollars(balance.reserved)} reserved, {dollars(balance.left)} left"
        label = f"Budget of {dollars(balance.amount)} {_TIMES[balance.window]}"
        fields.append((label, f"{spent}; renews {moment(balance.renews, zone or balance.zone)}"))
        fields.append((f"Forecast for the {_NAMES[balance.window]}", _forecast(balance)))
        if balance.models:
            named = "; ".join(f"{model} {dollars(used)}" for model, used in balance.models)
            fields.append((f"Dearest models {_TIMES[balance.window]}", named))
    if people:
        fields.append(("Dearest people", "; ".join(f"{who} {dollars(used)}" for who, used in people)))
    fields += [("Approval", f"an admin approves what costs more than {rule.value}") for rule in rules if rule.kind is RuleKind.APPROVAL]
    prices = [f"{rule.slot} {rule.value}" for rule in rules if rule.kind is RuleKind.PRICE]
    fields += [("Prices of an image", "; ".join(prices))] if prices else []
    fields.append(("Alerts", f"at 50, 80 and 100 % to <#{alerts}>" if alerts else "none; /budget set --alerts #channel sends them"))
    body = "" if balances else "There is no budget: the workspace may use as much as it likes. For example: /budget set $500/month"
    return Message(
        text=" ".join(part for part in (body, "; ".join(f"{label}: {value}" for label, value in fields)) if part),
        title="Budget",
        body=body or "What vendors charged and what is reserved for jobs on their way, of everybody here.",
        fields=tuple(fields),
    )


def _forecast(balance: Balance) -> str:
    if balance.forecast is None:
        return "too early to say"
    over = balance.forecast - balance.amount
    told = f"about {dollars(_round(balance.forecast))} if it goes on like this"
    return f"{told}, which is {dollars(_round(over))} too much" if over > 0 else f"{told}, which is enough"


def _round(micro: int) -> int:
    """To whole cents: a forecast is no better than that."""
    return int((Decimal(micro) / MICRO).quantize(Decimal("0.01")) * MICRO)


def alert(balance: Balance) -> Message:
    """What a channel is told when a border of a budget is reached."""
    full = balance.border >= _ALL
    part = "used up" if full else f"{balance.border} % used"
    used = f"{dollars(balance.used)} of {dollars(balance.amount)} are spent or reserved {_TIMES[balance.window]}."
    until = moment(balance.renews, balance.zone)
    rest = f"Jobs that cost money are refused until {until}." if full else f"{dollars(balance.left)} are left until {until}."
    return Message(
        text=f"The budget is {part}. {used} {rest}",
        title=f"The budget is {part}",
        body=f"{used}\n{rest}",
        actions=(Action(label="Budget", line="budget show"),),
        tone=Tone.BAD if full else Tone.WARNING,
    )
