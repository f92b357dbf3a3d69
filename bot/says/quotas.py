"""Quotas: what somebody used and may use, which rules there are, how the team's money stands."""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from decimal import Decimal

from bot.model import MICRO, Action, Entry, Field, Form, Measure, Message, Report, Rule, RuleKind, Tone, Use, Window
from bot.says.entries import entry_page, subject_words
from bot.says.words import listed, moment, money, plural

_CALENDAR = {Window.HOUR: "This hour", Window.DAY: "Today", Window.WEEK: "This week", Window.MONTH: "This month"}
_ROLLING = {Window.HOUR: "Last 60 minutes", Window.DAY: "Last 24 hours", Window.WEEK: "Last 7 days", Window.MONTH: "Last 30 days"}
_EACH = {Window.HOUR: "an hour", Window.DAY: "a day", Window.WEEK: "a week", Window.MONTH: "a month"}
_ON_A_PAGE = 15
_CAPS: Mapping[str, Callable[[str], str]] = {
    "count": lambda most: f"at most {most} in one request",
    "steps": lambda most: f"at most {most} steps",
    "size": lambda most: f"at most {most} pixels on the longest side",
    "running": lambda most: f"{most} drawn at once",
    "waiting": lambda most: f"{most} waiting at once",
    "priority": lambda most: f"priority {most}",
}
HOW = (
    "For one window the nearest rule counts alone: a person's own, else the tightest of their groups', else their role's, else "
    "everybody's, else the settings'. Limits of a channel and of the workspace are sums over everybody and count beside it; "
    "the tightest decides."
)


def whose(subject: str) -> str:
    """A subject at the beginning of a sentence."""
    words = subject_words(subject)
    return f"{words[:1].upper()}{words[1:]}"


def only_words(*, model: str = "", operation: str = "") -> str:
    """`with flux-2-pro`, `by upscale`: what a rule is about alone. A model is `provider/model`, one word where both are the same."""
    provider, _, name = model.partition("/")
    return f"with {name if name == provider else model}" if model else f"by {operation}"


def dollars(micro: int) -> str:
    """Micro-dollars as people read them."""
    return money(Decimal(micro) / MICRO)


def quota_page(report: Report, *, of: str, zone: str, more: bool = False) -> Message:
    """What somebody used, of how much, and when it renews, in the reader's own time, or the workspace's where that is not known.

    `more`: whether the reader may ask for more.
    """
    zone = zone or report.zone
    fields = use_fields(report.uses, zone)
    fields += [(f"Grant of {_amount(measure, amount)}", f"until {moment(end, zone)}") for measure, amount, end in report.grants]
    fields.append(("At once", f"up to {plural(report.load.running, 'job')} drawn, {report.load.waiting} more waiting"))
    fields += [("One request", caps_words(report.caps))] if report.caps else []
    limited = any(use.amount is not None and not use.of for use in report.uses)
    return Message(
        text=f"{of}: " + "; ".join(f"{label}: {value}" for label, value in fields),
        title=of,
        body="What failed, was blocked or cancelled does not count.",
        fields=tuple(fields),
        actions=(Action(label="Ask for more", line="quota more"),) if more and limited else (),
    )


def use_fields(uses: Sequence[Use], zone: str) -> list[tuple[str, str]]:
    """Each limit with what was used of it, as label and value."""
    return [(_label(use), _used(use, zone)) for use in uses] or [("Images", "no limit")]


def _label(use: Use) -> str:
    """`Today`, `This month · <#brand> · upscale`."""
    only = [only_words(model=use.model, operation=use.operation)] if use.model or use.operation else []
    return " · ".join([(_ROLLING if use.rolling else _CALENDAR)[use.window], *([use.of] if use.of else []), *only])


def _used(use: Use, zone: str) -> str:
    if use.amount is None:
        return f"{_amount(use.measure, use.used)} used, no limit"
    left = f"{_bare(use.measure, max(0, use.amount - use.used))} left"
    extra = f"; {_bare(use.measure, use.granted)} of it is a grant" if use.granted > 0 else ""
    # To the next whole minute: at the one before there is no room yet.
    until = use.renews + timedelta(seconds=-(use.renews.second + use.renews.microsecond / 1e6) % 60) if use.rolling else use.renews
    when = "room again" if use.rolling and use.used >= use.amount else "" if use.rolling else "renews"
    renews = f"; {when} {moment(until, zone)}" if when else ""
    return f"{_bare(use.measure, use.used)} of {_amount(use.measure, use.amount)} used, {left}{extra}{renews}"


def _bare(measure: Measure, amount: int) -> str:
    return dollars(amount) if measure is Measure.MONEY else f"{amount:,}"


def _amount(measure: Measure, amount: int) -> str:
    return dollars(amount) if measure is Measure.MONEY else plural(amount, "image")


def decided_page(entry: Entry | None, *, sentence: str, whose: str = "", uses: Sequence[Use] = (), zone: str = "") -> Message:
    """What an admin decided: a sentence, before and after with Undo, and how the one it is about stands now."""
    if entry is None:
        return Message(text=f"Nothing changed: {sentence}", title="Nothing changed", body=sentence)
    page = entry_page(entry, title="Quotas changed" if entry.act.startswith("quota") else "Changed", zone=zone)
    fields = use_fields(uses, zone) if whose else []
    now = f"{whose} now: " + "; ".join(f"{label}: {value}" for label, value in fields) if fields else ""
    return Message(
        text=" ".join(part for part in (sentence if page.fields else "", page.text, now) if part),
        title=page.title,
        body=sentence if page.fields else page.body,
        fields=(*page.fields, *((f"{whose} · {label}", value) for label, value in fields)),
        actions=page.actions,
        context=page.context,
        tone=page.tone,
    )


def subject_page(subject: str, rules: Sequence[Rule], uses: Sequence[Use], *, ends: Callable[[Rule], str], zone: str) -> Message:
    """The rules about one subject, and what everybody together used of them."""
    said = listed([_rule(rule, ends(rule) if rule.kind is RuleKind.GRANT else "") for rule in rules])
    fields = use_fields(uses, zone) if uses else []
    body = f"{said or 'No rule of its own; what holds around it counts'}."
    return Message(
        text=" ".join([f"{whose(subject)}: {body}", "; ".join(f"{label}: {value}" for label, value in fields)]).strip(),
        title=f"Quota of {subject_words(subject)}",
        body=f"{body[:1].upper()}{body[1:]}",
        fields=tuple(fields),
    )


def rules_page(rules: Sequence[Rule], *, usual: Sequence[str], ends: Callable[[Rule], str], page: int) -> Message:
    """Every rule of a workspace about how much somebody may use, subject by subject, a page at a time."""
    subjects = sorted({rule.subject for rule in rules}, key=_place_of)
    pages = max(1, -(-len(subjects) // _ON_A_PAGE))
    page = min(max(1, page), pages)
    shown = subjects[(page - 1) * _ON_A_PAGE : page * _ON_A_PAGE]
    fields = [
        (
            subject_words(subject),
            "; ".join(_rule(rule, ends(rule) if rule.kind is RuleKind.GRANT else "") for rule in rules if rule.subject == subject),
        )
        for subject in shown
    ]
    fields += [("Everybody, where no rule says otherwise", listed(list(usual)) or "no limit")] if page == pages else []
    lines = {"Previous": page - 1, "Next": page + 1}
    title = f"Rules of this workspace, page {page} of {pages}" if pages > 1 else "Rules of this workspace"
    return Message(
        text=f"{title}: " + "; ".join(f"{label}: {value}" for label, value in fields),
        title=title,
        body=HOW,
        fields=tuple(fields),
        actions=tuple(Action(label=label, line=f"quota list --page {number}") for label, number in lines.items() if 1 <= number <= pages),
        context=f"{plural(len(rules), 'rule')} about {plural(len(subjects), 'subject')}",
    )


_SUBJECTS = ("workspace", "everybody", "role", "group", "channel", "person")


def _place_of(subject: str) -> tuple[int, str]:
    """Where a subject stands in a list: what is about many before what is about one."""
    kind = subject.partition(":")[0]
    return _SUBJECTS.index(kind) if kind in _SUBJECTS else len(_SUBJECTS), subject


def _rule(rule: Rule, end: str) -> str:
    """A rule as people say it; `end` is when it ends by itself."""
    of, _, name = rule.slot.partition("=")
    unit = "" if rule.slot.startswith("money") else " images"
    words: Mapping[RuleKind, Callable[[], str]] = {
        RuleKind.QUOTA: lambda: rate_words(rule.slot, rule.value),
        RuleKind.GRANT: lambda: f"a grant of {rule.value.partition(' ')[0]}{unit} until {end}",
        RuleKind.WEIGHT: lambda: f"each image {only_words(**{of: name})} counts as {rule.value}",
        RuleKind.CAP: lambda: _CAPS[rule.slot](rule.value),
        RuleKind.BUDGET: lambda: f"a budget of {rule.value} {_EACH[Window(rule.slot)]}",
        RuleKind.APPROVAL: lambda: f"an admin approves what costs more than {rule.value}",
        RuleKind.PRICE: lambda: f"an image {only_words(model=rule.slot)} costs {rule.value}",
    }
    return words[rule.kind]()


def rate_words(slot: str, value: str) -> str:
    """`50 images a day`, `$20 in 30 days`, `unlimited`: a quota as people say it."""
    what, _, only = slot.partition("/model=") if "/model=" in slot else slot.partition("/operation=")
    measure, window, rolling = (*what.split("/"), "", "")[:3]
    if not window:
        return "as much as they like"
    unit = "" if value.startswith("$") else " image" if value == "1" else " images"
    time = {"hour": "in any 60 minutes", "day": "in any 24 hours", "week": "in any 7 days", "month": "in any 30 days"}[window]
    amount = (
        f"any number of {measure}" if value == "unlimited" and measure == "images" else f"any {measure}" if value == "unlimited" else ""
    )
    behind = f" {only_words(model=only)}" if "/model=" in slot else f" {only_words(operation=only)}" if only else ""
    return f"{amount or value + unit}{behind} {time if rolling else _EACH[Window(window)]}"


def more_form(amount: str) -> Form:
    """What somebody fills in who wants more."""
    return Form(
        title="Ask for more",
        line="quota more",
        fields=(
            Field(
                name="amount",
                label="How much more",
                value=amount,
                hint="Images, such as 20, or money, such as $5",
                required=True,
                longest=20,
            ),
            Field(name="for", label="For how long", value="2d", hint="Such as 8h, 2d or 1w", required=True, longest=20),
            Field(name="why", label="What for", hint="Admins decide by this", long=True, longest=500),
        ),
        submit="Ask",
    )


def asked_page(case: str) -> Message:
    """What somebody hears who asked for more."""
    return Message(
        text=f"Admins were asked. You hear what they decide. It is case {case}.",
        title="Asked",
        body="Admins were asked. You hear what they decide.",
        context=f"case {case}",
        tone=Tone.GOOD,
    )


def caps_words(caps: Mapping[str, int]) -> str:
    """What is capped, as a phrase."""
    return listed([_CAPS[name](str(most)) for name, most in caps.items()]) or "nothing of its own; what holds around it counts"


def caps_page(whose: str, caps: Mapping[str, int]) -> Message:
    """What is capped for a subject alone."""
    said = caps_words(caps)
    return Message(text=f"{whose}: {said}.", title=f"Limits of {whose}", body=f"{said[:1].upper()}{said[1:]}.")
