"""People: roles, access, who waits for what, and two people who become one, as the ones who ask read it."""

from collections.abc import Sequence
from datetime import datetime

from bot.model import Action, Emphasis, Job, Message, Person, Role, Rule, State, Tone
from bot.says.entries import subject_words, whom
from bot.says.words import cut, listed, moment, plural, span

_LONGEST = 40
"""Rules in one page; whoever has more reads the rest in the audit."""


def role_page(person: Person, *, role: Role, given: Sequence[Rule], named: bool, zone: str) -> Message:
    """Somebody's highest role, and where each comes from.

    `person` has the roles of the platform, `given` are the rules about them; `named`: the settings name them.
    """
    lines = [
        f"{rule.value.capitalize()} by decision of {_maker(rule)}{_until(rule.until, zone)}"
        f"{'' if rule.subject.startswith('person:') else f', because of {subject_words(rule.subject)}'}."
        for rule in given
    ]
    if named:
        lines.append("The settings name this person: owner, whatever anybody decides here.")
    if person.moderates:
        lines.append(f"The platform says {listed(sorted(role.value for role in person.roles - {Role.MEMBER}))}.")
    body = "\n".join([f"{person.mention} is {role.value}.", *(lines or ["Nobody gave them another role."])])
    return Message(text=body.replace("\n", " "), title=f"Roles of {cut(person.name, 80) or person.mention}", body=body)


def roles_page(rules: Sequence[Rule], *, zone: str) -> Message:
    """Every role that somebody was given here."""
    rest = "Whom the platform itself calls an admin or owner is one, besides whom the settings name; neither is listed."
    if not rules:
        return Message(text=f"No roles were given here. {rest}", title="Roles", body=f"No roles were given here.\n{rest}")
    fields = tuple((subject_words(rule.subject), f"{rule.value}{_until(rule.until, zone)}, by {_maker(rule)}") for rule in rules[:_LONGEST])
    more = f" {len(rules) - _LONGEST} more are in the audit." if len(rules) > _LONGEST else ""
    text = "; ".join(f"{name}: {value}" for name, value in fields)
    return Message(text=f"Roles: {text}. {rest}{more}", title="Roles", body=f"{rest}{more}", fields=fields)


def access_page(rules: Sequence[Rule], *, zone: str) -> Message:
    """What is not for everybody, and for whom it is."""
    if not rules:
        return Message(text="Everybody may use everything here.", title="Access", body="Everybody may use everything here.")
    fields = tuple((access_words(rule), f"{whom(rule.value)} only{_until(rule.until, zone)}") for rule in rules[:_LONGEST])
    more = f"{len(rules) - _LONGEST} more are in the audit." if len(rules) > _LONGEST else "Everything else is for everybody."
    text = "; ".join(f"{name}: {value}" for name, value in fields)
    return Message(text=f"Access: {text}. {more}", title="Access", body=more, fields=fields)


def access_words(rule: Rule) -> str:
    """What an access rule is about: `model flux-2-pro`, `upscale`, `drawing in #brand`."""
    kind, _, name = rule.slot.partition("=")
    return f"drawing in {subject_words(rule.subject)}" if kind == "here" else f"{kind} {name}"


def queue_page(jobs: Sequence[tuple[Job, int | None]], *, now: datetime, whole: bool, page: int, size: int, zone: str) -> Message:
    """What is being drawn and what waits. `whole`: everybody's, else the reader's own; pages count from 1."""
    title = "The queue" if whole else "Your jobs on the way"
    if not jobs:
        nothing = "Nothing is being drawn and nothing waits."
        return Message(text=f"{title}: {nothing}", title=title, body=nothing)
    shown = jobs[(page - 1) * size : page * size]
    drawing = sum(job.state.running for job, _ in jobs)
    body = f"{drawing} being drawn, {len(jobs) - drawing} waiting."
    fields = tuple((job.id, _on_the_way(job, position, now, zone, whole=whole)) for job, position in shown)
    cancels = tuple(
        Action(label=f"Cancel {job.id}", line=f"cancel {job.id}", emphasis=Emphasis.DANGER, confirm=f"Cancel job {job.id}?")
        for job, _ in shown
    )
    more = (Action(label="More", line=f"queue --page {page + 1}"),) if len(jobs) > page * size else ()
    return Message(
        text=f"{title}: {body} " + "; ".join(f"{name}: {value}" for name, value in fields),
        title=title,
        body=body if shown else f"{body} There is no page {page}.",
        fields=fields,
        actions=(*cancels, *more),
    )


def code_page(code: str, *, until: datetime, zone: str) -> Message:
    """A code to type on the other side."""
    body = (
        f"On the other platform or workspace, type the line below to me, until {moment(until, zone)}. It works once.\n"
        "Show it to nobody: whoever types it has one quota, one history and one set of favourites with you. Roles stay where they are."
    )
    return Message(text=f"Your code is {code}. {body}", title="Link your accounts", body=body, code=f"/link {code}")


def proposal_page(other: Person, token: str) -> Message:
    """Who somebody would become one with, and the question whether that is them."""
    name = _name(other)
    body = (
        f"This code is of {name}. If that is you, confirm, and the two have one quota, one history and one set of favourites.\n"
        "If somebody else gave you this code, do not: they would see everything that you draw. Roles stay where they are."
    )
    return Message(
        text=f"Is that you? {body}",
        title="Is that you?",
        body=body,
        actions=(Action(label="Yes, that is me", line=f"link {token} --confirm", emphasis=Emphasis.PRIMARY),),
        tone=Tone.WARNING,
    )


def linked_page(people: Sequence[Person], *, title: str = "Linked") -> Message:
    """Who is one with the reader."""
    if len(people) == 1:
        body = "You are linked with nobody. /link gives a code to type on the other side."
        return Message(text=body, title="Not linked", body=body)
    body = f"These are one, with one quota, one history and one set of favourites: {listed([_name(person) for person in people])}."
    end = Action(label="End the link", line="link end", confirm="Have a quota and a history of your own again?")
    return Message(text=f"{title}. {body}", title=title, body=body, actions=(end,), tone=Tone.GOOD)


def stopped(number: int) -> str:
    """That jobs were cancelled because of a ban."""
    return f"{plural(number, 'job')} on the way {'was' if number == 1 else 'were'} cancelled; none of it counts." if number else ""


def _on_the_way(job: Job, position: int | None, now: datetime, zone: str, *, whole: bool) -> str:
    who = f"{job.person.mention} in {_where(job)}" if whole else _where(job)
    state = {State.HELD: "waits for a decision", State.GENERATED: "being posted", State.CANCELLING: "being cancelled"}.get(job.state)
    if job.state is State.QUEUED and job.paused:
        state = f"paused{_until(job.paused_until, zone)}"
    elif job.state is State.QUEUED:
        state = f"waits, position {position}" if position else "waits"
    so_far = span(now - (job.started if job.started and not state else job.created))
    return f"{state or 'being drawn'}, for {so_far} now · {who} · {job.drawn_by}"


def _where(job: Job) -> str:
    return "a direct conversation" if job.place.direct else f"<#{job.place.channel}>"


def _name(person: Person) -> str:
    """Somebody on another platform, where a mention would name nobody."""
    return f"{cut(person.name, 80) or person.id} on {person.platform.capitalize()} ({person.workspace})"


def _maker(rule: Rule) -> str:
    return f"<@{rule.by.rsplit(':', 1)[-1]}>"


def _until(until: datetime | None, zone: str) -> str:
    return f" until {moment(until, zone)}" if until else ""
