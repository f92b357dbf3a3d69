"""Reviews in words: the card that reviewers decide on, what the one who asked hears, forms, reports and guidelines."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from bot.model import LIMNER, Action, Case, CaseKind, CaseState, Emphasis, Field, Form, Job, Message, Person, Picture, Tone
from bot.says.pages import whisper
from bot.says.words import cut, moment, money, plural

_TITLES: Mapping[CaseKind, str] = {
    CaseKind.PROMPT: "May this be drawn?",
    CaseKind.IMAGES: "May these pictures be seen?",
    CaseKind.COST: "May this cost so much?",
    CaseKind.REPORT: "May these pictures stay?",
    CaseKind.APPEAL: "Was this block a mistake?",
    CaseKind.MORE: "More quota?",
    CaseKind.ALARM: "Blocked, for admins to know",
}
_AFTER: Mapping[CaseKind, str] = {
    CaseKind.PROMPT: "Nothing is drawn or charged until somebody decides.",
    CaseKind.IMAGES: "They are drawn and paid for, and nobody has seen them. Approve shows them; they count for the person then.",
    CaseKind.COST: "Nothing is drawn or charged until an admin decides.",
    CaseKind.REPORT: "They are hidden until somebody decides. Approve shows them again; Reject removes them for good, files too.",
    CaseKind.APPEAL: "Approve draws it for the person, and forgives the strike. Reject leaves it blocked.",
    CaseKind.MORE: "Approve gives just that; More or less asks how much.",
    CaseKind.ALARM: "",
}
_WAITING: Mapping[CaseKind, str] = {
    CaseKind.PROMPT: "A reviewer looks at this request first",
    CaseKind.IMAGES: "It is drawn; a reviewer looks at the pictures first",
    CaseKind.COST: "An admin must approve the price first",
}
_DECIDED: Mapping[CaseState, str] = {
    CaseState.OPEN: "Open",
    CaseState.APPROVED: "Approved",
    CaseState.REJECTED: "Rejected",
    CaseState.WITHDRAWN: "Closed: cancelled or removed meanwhile",
}
_MUTED, _MUTED_WEEK, _BANNED = "mute for a day", "mute for a week", "ban"
MEASURES = (_MUTED, _MUTED_WEEK, _BANNED)
"""What can be done about somebody from a card."""
_PAGE = 20


def case_card(
    case: Case, job: Job | None, *, pictures: Sequence[Picture] = (), strikes: str = "", decider: str = "", zone: str = ""
) -> Message:
    """A case for those who decide: everything in words, pictures behind a spoiler, and the buttons while it is open."""
    is_open = case.state is CaseState.OPEN
    outcome = "" if is_open or case.kind is CaseKind.ALARM else _outcome(case, decider)
    body = "\n".join(part for part in (outcome, case.reason, _AFTER[case.kind] if is_open else "") if part)
    fields = tuple((label, value) for label, value in _facts(case, job, strikes) if value)
    until = f"open until {moment(case.deadline, zone)}" if is_open else ""
    return Message(
        text=" ".join([_TITLES[case.kind], body.replace("\n", " "), *(f"{label}: {value}." for label, value in fields), until]).strip(),
        title=_TITLES[case.kind],
        body=body,
        fields=fields,
        context=" · ".join(part for part in (f"case {case.id}", f"job {case.job}" if case.job else "", until) if part),
        pictures=tuple(pictures),
        actions=_buttons(case) if is_open else (),
        tone=_TONES[case.state],
    )


_TONES: Mapping[CaseState, Tone] = {
    CaseState.OPEN: Tone.WARNING,
    CaseState.APPROVED: Tone.GOOD,
    CaseState.REJECTED: Tone.BAD,
    CaseState.WITHDRAWN: Tone.PLAIN,
}


def _facts(case: Case, job: Job | None, strikes: str) -> list[tuple[str, str]]:
    score = f", {case.score:.0%} sure" if case.score else ""
    where = "a direct conversation" if case.place.direct else f"<#{case.place.channel}>"
    request = job.request if job else None
    return [
        ("Who", case.person.mention),
        ("Where", where),
        ("Prompt", cut(request.prompt, 1500) if request else ""),
        ("Style", cut(request.style or "", 200) if request else ""),
        ("Left out", cut(request.negative or "", 300) if request else ""),
        ("Model", job.drawn_by if job else ""),
        ("Price", f"about {money(job.estimate)}" if job and job.estimate else ""),
        ("Found", f"{case.category} ({case.source or 'no source'}{score})" if case.category else ""),
        ("Strikes", strikes),
    ]


def _buttons(case: Case) -> tuple[Action, ...]:
    approve = Action(label="Approve", line=f"review approve {case.id}", emphasis=Emphasis.PRIMARY)
    reject = Action(label="Reject", line=f"review reject {case.id}", emphasis=Emphasis.DANGER)
    if case.kind is CaseKind.MORE:
        return approve, Action(label="More or less", line=f"review grant {case.id}"), reject
    if case.kind is CaseKind.COST:
        return approve, reject
    some = [Action(label=f"Only {index}", line=f"review approve {case.id} --only {index}") for index in case.images[:4]]
    several = some if case.kind is CaseKind.IMAGES and len(case.images) > 1 else []
    return approve, *several, reject, Action(label="Ban", line=f"review ban {case.id}", emphasis=Emphasis.DANGER)


def _outcome(case: Case, decider: str) -> str:
    by = f" by {decider}" if case.state is not CaseState.WITHDRAWN else ""
    return f"{_DECIDED[case.state]}{by}.{_said(case)}"


def _said(case: Case) -> str:
    """What the one who decided says, as a quotation; what we say ourselves as it is."""
    if case.state is CaseState.REJECTED and case.words and case.decided_by != LIMNER:
        return f" They say: “{case.words}”"
    return f" {case.words}" if case.words else ""


def case_line(case: Case, decider: str) -> Message:
    """What a reviewer hears who just decided. It went well either way: a bad tone would keep the form open, as if it had failed."""
    return whisper(f"{_outcome(case, decider)} Those concerned hear it.", title=f"Case {case.id}", tone=Tone.GOOD)


def waiting(case: Case, *, zone: str) -> str:
    """What a held job's card says: what it waits for, until when at most, and that nothing is charged."""
    charged = "It does not count until it is approved." if case.kind is CaseKind.IMAGES else "Nothing is charged until it is approved."
    return f"{_WAITING[case.kind]}, until {moment(case.deadline, zone)} at the latest. {charged}"


def outcome(case: Case) -> Message | None:
    """What the one whom a case concerns hears about its end; None where there is nothing to hear."""
    if case.state not in {CaseState.APPROVED, CaseState.REJECTED} or case.kind is CaseKind.ALARM:
        return None
    yes = case.state is CaseState.APPROVED
    who = "An admin" if case.kind.for_admins else "A reviewer"
    words = f" {case.words}" if case.words else ""
    said = _said(case)
    sentence = {
        CaseKind.PROMPT: (f"{who} approved your request. It is drawn now.", f"Your request was not approved, and it did not count.{said}"),
        CaseKind.IMAGES: (f"{who} approved your pictures.", f"Your pictures were not approved, and they did not count.{said}"),
        CaseKind.COST: (f"{who} approved the price. It is drawn now.", f"The price was not approved, and nothing was charged.{said}"),
        CaseKind.REPORT: (
            f"Your pictures were reported and hidden. {who} looked, and they are shown again.",
            f"Your pictures were reported, and they were removed.{said}",
        ),
        CaseKind.APPEAL: (f"Your appeal was right.{words}", f"Your appeal was turned down; it stays blocked.{said}"),
        CaseKind.MORE: (f"{who} gave you more:{words}", f"You do not get more for now.{said}"),
    }[case.kind][0 if yes else 1]
    about = f"About job {case.job}." if case.job else ""
    return Message(
        text=f"{sentence} {about}".strip(),
        title="Approved" if yes else "Not approved",
        body=sentence,
        context=" · ".join(part for part in (f"job {case.job}" if case.job else "", f"case {case.id}") if part),
        actions=() if yes else (Action(label="Guidelines", line="guidelines"),),
        tone=Tone.GOOD if yes else Tone.WARNING,
    )


def reported_outcome(case: Case) -> Message:
    """What those hear who reported pictures."""
    ended = {
        CaseState.APPROVED: "A reviewer looked and let the pictures stay.",
        CaseState.REJECTED: "The pictures were removed.",
    }.get(case.state, "The pictures are gone already.")
    return whisper(f"Thank you for your report of job {case.job}. {ended}", title="Your report")


def reported(job: Job, *, first: bool, hidden: bool) -> Message:
    """What somebody hears who reports pictures."""
    if not first:
        return whisper(f"You reported job {job.id} before; it counts once.", title="Reported")
    after = "The pictures are hidden now, until a reviewer has looked." if hidden else "Reviewers see it once enough people say so."
    return whisper(f"Thank you. Your report of job {job.id} is counted. {after}", title="Reported")


def hidden(job: Job) -> Message:
    """What stands where reported pictures stood, until somebody has decided."""
    body = "These images were reported. They are hidden until a reviewer has looked at them."
    return Message(text=f"Job {job.id}. {body}", title="Under review", body=body, context=f"job {job.id}", tone=Tone.WARNING, job=job.id)


def removed(job: Job) -> Message:
    """What stands where pictures stood that a reviewer removed."""
    body = "These images were reported, and a reviewer removed them."
    return Message(text=f"Job {job.id}. {body}", body=body, context=f"job {job.id}", tone=Tone.PLAIN, job=job.id)


def cases_page(cases: Sequence[Case], *, now: datetime, room: str) -> Message:
    """What is open, the oldest first."""
    where = f"New cases go to <#{room}>." if room else "No review channel is set: /review channel #name sets one."
    if not cases:
        return whisper(f"Nothing waits for a decision. {where}", title="Open cases")
    fields = tuple(
        (case.id, f"{case.kind.value}{f' · {case.category}' if case.category else ''} · {case.person.mention} · {_age(now, case)}")
        for case in cases[:_PAGE]
    )
    more = f" {plural(len(cases) - _PAGE, 'more case')} after these." if len(cases) > _PAGE else ""
    return Message(
        text=f"{plural(len(cases), 'open case')}: " + "; ".join(f"{name}: {value}" for name, value in fields) + more,
        title=plural(len(cases), "open case"),
        body=f"The oldest first.{more} {where}",
        fields=fields,
        actions=tuple(Action(label=f"Show {case.id}", line=f"review {case.id}") for case in cases[:5]),
    )


def _age(now: datetime, case: Case) -> str:
    hours = (now - case.opened).total_seconds() / 3600
    if hours * 60 < 1:
        return "new"
    return f"waits for {plural(round(hours), 'hour')}" if hours >= 1 else f"waits for {plural(round(hours * 60), 'minute')}"


def reject_form(case: Case) -> Form:
    """Why not, in words that the one who asked reads."""
    field = Field(name="reason", label="Why not", hint="The one who asked reads this", long=True, longest=300)
    return Form(title=f"Reject {case.id}", line=f"review reject {case.id}", fields=(field,), submit="Reject")


def ban_form(case: Case, measures: Sequence[str]) -> Form:
    """What is to be done about somebody, and why."""
    return Form(
        title=f"Reject {case.id} and more",
        line=f"review ban {case.id}",
        fields=(
            Field(name="measure", label="And the person", value=measures[0], choices=tuple(measures), required=True),
            Field(name="reason", label="Why", hint="The person reads this", long=True, longest=300),
        ),
        submit="Do it",
    )


def grant_form(case: Case) -> Form:
    """How much more, for how long."""
    return Form(
        title=f"Give more: {case.id}",
        line=f"review grant {case.id}",
        fields=(
            Field(name="amount", label="How much more", value=case.wish, hint="Images, such as 20, or money, such as $5", required=True),
            Field(name="for", label="For how long", value=case.span, hint="Such as 8h, 2d or 1w", required=True),
        ),
        submit="Give",
    )


def terms_page(terms: Sequence[tuple[str, str]]) -> Message:
    """How reviews are set up here."""
    fields = tuple(terms)
    return Message(text="Reviews. " + "; ".join(f"{name}: {value}" for name, value in fields), title="Reviews", fields=fields)


def appealed(case: Case, person: Person) -> Message:
    """What somebody hears who appealed."""
    return whisper(
        f"A reviewer looks at it, until {moment(case.deadline, person.zone)} at the latest; you hear what they decide. "
        "Nothing is drawn or counted until then.",
        title="Asked",
    )


def guidelines_page(text: str, *, first: bool = False) -> Message:
    """What is fine here, as the admins of the workspace wrote it."""
    told = "What is fine here" if not first else "Before you go on: what is fine here"
    return Message(text=f"{told}. {text}", title=told, body=text, context="/guidelines shows this again.")


def guidelines_form(text: str) -> Form:
    """The text of the guidelines, to change."""
    field = Field(name="text", label="Guidelines", value=text, hint="Empty: the usual text", long=True, longest=2000)
    return Form(title="Guidelines", line="guidelines set", fields=(field,), submit="Save")
