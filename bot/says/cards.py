"""A job's card: one message where the command was typed, edited through the job's life."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bot.errors import FaultKind, ProviderFault
from bot.model import Action, Case, Emphasis, Job, Level, Message, Operation, Picture, Problem, State, Tone
from bot.says.results import change_note, rerun_line
from bot.says.reviews import waiting
from bot.says.words import cut, moment, money, plural, span

_TITLES: Mapping[Operation, str] = {
    Operation.DRAW: "{}",
    Operation.VARY: "Variation of {}",
    Operation.EDIT: "Edit: {}",
    Operation.INPAINT: "Repaint: {}",
    Operation.OUTPAINT: "Extend: {}",
    Operation.UPSCALE: "Larger: {}",
    Operation.REMOVE_BACKGROUND: "Without background: {}",
}


@dataclass(frozen=True, kw_only=True)
class Live:
    """What is known of a job only while it runs: not worth a line in the journal."""

    fraction: float | None = None
    stage: str = ""
    preview: Picture | None = None
    position: int | None = None
    """Place in its provider's queue, from 1."""
    eta: float | None = None
    """Seconds until it is probably done."""
    case: Case | None = None
    """What a held job waits for."""
    threaded: bool = True
    """Whether the pictures went into a thread."""


def title(job: Job) -> str:
    """What a job is called on its card and its thread. A picture without words is called a picture."""
    prompt = cut(job.request.prompt, 200)
    return _TITLES[job.request.operation].format(f"“{prompt}”" if prompt else "a picture")


def card(job: Job, live: Live, overview: Picture | None = None) -> Message:
    """The card of a job as it stands. `overview` is one picture of all its results, once there are any."""
    return _CARDS[job.state](job, live, overview)


def _cancel(job: Job) -> tuple[Action, ...]:
    return (Action(label="Cancel", line=f"cancel {job.id}", emphasis=Emphasis.DANGER),)


def _waiting(job: Job, live: Live, _: Picture | None) -> Message:
    where = f"position {live.position} in the queue" if live.position else "in the queue"
    again = f" {job.tried[-1]} could not draw it, so {job.drawn_by} will." if job.tried else ""
    if job.due and job.attempts:
        where = f"the image service needs a pause; trying again in {span(job.due - job.changed)}"
    eta = f", about {span(live.eta)}" if live.eta else ""
    body = f"Queued: {where}{eta}.{again}"
    if job.paused:
        until = f" until {moment(job.paused_until, job.person.zone)}" if job.paused_until else ""
        body = f"Paused{until}: {cut(job.paused, 200)}. It keeps its place and goes on by itself.{again}"
    return Message(
        text=f"{title(job)} for {_who(job)}. {body}",
        title=title(job),
        body=body,
        context=_context(job),
        actions=_cancel(job),
        tone=Tone.WORKING,
        progress=0.0,
        job=job.id,
    )


def _held(job: Job, live: Live, overview: Picture | None) -> Message:
    del overview
    body = waiting(live.case, zone=job.person.zone) if live.case else "Waiting for a reviewer. Nothing is charged until it is approved."
    # Public: what is doubtful is not repeated before somebody let it pass.
    known = title(job) if _open_to_all(job) else ""
    return Message(
        text=f"{known or 'A picture'} for {_who(job)}. {body}",
        title=known,
        body=body,
        context=f"for {_who(job)} · job {job.id}",
        actions=_cancel(job),
        tone=Tone.WORKING,
        job=job.id,
    )


def _drawing(job: Job, live: Live, _: Picture | None) -> Message:
    percent = f" {live.fraction:.0%}" if live.fraction is not None else ""
    stage = f" · {live.stage}" if live.stage else ""
    body = f"Drawing{percent}{stage}"
    return Message(
        text=f"{title(job)} for {_who(job)}. {body}",
        title=title(job),
        body=body,
        context=_context(job),
        pictures=(live.preview,) if live.preview else (),
        actions=_cancel(job),
        progress=live.fraction or 0.0,
        tone=Tone.WORKING,
        job=job.id,
    )


def _posting(job: Job, live: Live, overview: Picture | None) -> Message:
    del live, overview
    body = f"Drawn; posting {plural(len(job.images), 'image')}"
    return Message(
        text=f"{title(job)} for {_who(job)}. {body}",
        title=title(job),
        body=body,
        context=_context(job),
        progress=1.0,
        tone=Tone.WORKING,
        job=job.id,
    )


def _done(job: Job, live: Live, overview: Picture | None) -> Message:
    took = f" in {span(job.finished - job.started)}" if job.finished and job.started else ""
    missing = job.fitted.count - len(job.images)
    why = f"missing, because {job.short}: this" if job.short else "did not pass the policy check and"
    short = f" {plural(missing, 'image')} {why} did not count." if missing > 0 else ""
    instead = f" {job.tried[0]} could not draw it, so {job.drawn_by} did." if job.tried else ""
    if job.reuse:
        instead = f" It was drawn before, as job {job.reuse}, so it came from the files and does not count. --fresh draws it anew."
    body = f"Done{took}: {plural(len(job.images), 'image')} {'in the thread' if live.threaded else 'below'}.{short}{instead}"
    return Message(
        text=f"{title(job)} for {_who(job)}. {body}",
        title=title(job),
        body=body,
        context=_context(job),
        code=rerun_line(job),
        pictures=(overview,) if overview else (),
        tone=Tone.GOOD,
        job=job.id,
    )


def _blocked(job: Job, live: Live, overview: Picture | None) -> Message:
    del live, overview
    # Public: the refused prompt is not repeated, not even as the card's title.
    sentence = job.problem.sentence if job.problem else "The policy does not allow it."
    body = f"{sentence} It did not count toward the quota."
    return Message(
        text=f"A request of {_who(job)} was not drawn. {body}",
        title="Not drawn",
        body=body,
        context=f"job {job.id}",
        tone=Tone.WARNING,
        job=job.id,
    )


def _failed(job: Job, live: Live, overview: Picture | None) -> Message:
    del live, overview
    sentence = job.problem.sentence if job.problem else "Something broke."
    advice = f" {job.problem.advice}" if job.problem and job.problem.advice else ""
    # What was drawn and could not be posted went to its person alone.
    count = "It was sent to the person who asked, and counts." if job.sent else "It did not count toward the quota."
    body = f"{sentence} {count}{advice}"
    return Message(
        text=f"{title(job)} for {_who(job)} could not be drawn. {body}",
        title=title(job),
        body=body,
        context=f"job {job.id}",
        code=rerun_line(job),
        actions=(Action(label="Again", line=f"again {job.id}", emphasis=Emphasis.PRIMARY),),
        tone=Tone.BAD,
        job=job.id,
    )


def _cancelled(job: Job, live: Live, overview: Picture | None) -> Message:
    del live, overview
    body = "Cancelled. It did not count toward the quota."
    known = title(job) if _open_to_all(job) else ""
    return Message(
        text=f"{known or 'A picture'} for {_who(job)}. {body}",
        title=known,
        body=body,
        context=f"job {job.id}",
        actions=(Action(label="Again", line=f"again {job.id}"),) if known else (),
        job=job.id,
    )


def _cancelling(job: Job, live: Live, overview: Picture | None) -> Message:
    del live, overview
    body = "Cancelling: telling the image service to stop."
    return Message(text=f"{title(job)} for {_who(job)}. {body}", title=title(job), body=body, tone=Tone.WORKING, job=job.id)


_CARDS: Mapping[State, Callable[[Job, Live, Picture | None], Message]] = {
    State.HELD: _held,
    State.QUEUED: _waiting,
    State.SUBMITTING: _drawing,
    State.SUBMITTED: _drawing,
    State.GENERATED: _posting,
    State.DELIVERED: _done,
    State.BLOCKED: _blocked,
    State.FAILED: _failed,
    State.CANCELLING: _cancelling,
    State.CANCELLED: _cancelled,
    State.EXPIRED: _failed,
}


def _who(job: Job) -> str:
    return cut(job.person.name, 80) or job.person.mention


def _open_to_all(job: Job) -> bool:
    """Whether the words may be repeated where others read: no reviewer has to look at them first."""
    return job.verdict.level < Level.REVIEW or bool(job.approved)


def _context(job: Job) -> str:
    parts = [f"for {_who(job)}", job.drawn_by]
    if job.fitted.size:
        parts.append(f"{job.fitted.size[0]}×{job.fitted.size[1]}")
    if job.fitted.count > 1:
        parts.append(plural(job.fitted.count, "image"))
    if job.estimate and not job.state.over:
        parts.append(f"about {money(job.estimate)}")
    if note := change_note(job):
        parts.append(note)
    return " · ".join([*parts, f"job {job.id}"])


def overview(job: Job) -> Picture | None:
    """One picture of all results for the card, or None where one of them is behind a spoiler."""
    alt = f"Overview: {cut(job.request.prompt, 300) or 'no words given'}"
    if job.overview:
        return Picture(key=job.overview, alt=alt, width=job.overview_size[0], height=job.overview_size[1])
    if len(job.images) != 1 or job.images[0].verdict.level >= Level.BLUR:
        return None
    only = job.images[0]
    return Picture(key=only.shown, alt=alt, width=only.width, height=only.height)


def provider_problem(provider: str, fault: ProviderFault) -> Problem:
    """A provider's fault in words for the person: what it was, and what to do."""
    sentence, advice = _FAULTS[fault.kind]
    return Problem(code=fault.kind.value, sentence=sentence.format(provider), advice=fault.advice or advice)


_FAULTS: Mapping[FaultKind, tuple[str, str]] = {
    FaultKind.RATE_LIMITED: ("{} is busy and asked us to slow down.", "Try again in a few minutes."),
    FaultKind.UNAVAILABLE: ("{} is out of order right now.", "Try again in a few minutes, or with another model."),
    FaultKind.TIMEOUT: ("{} did not answer in time.", "Try again in a few minutes, or with another model."),
    FaultKind.CREDENTIALS: ("{} does not accept our key.", "Tell an admin."),
    FaultKind.CREDIT: ("The account at {} has no credit left.", "Tell an admin, or try another model."),
    FaultKind.BAD_RESULT: ("{} gave something that is no picture.", "Try it again."),
    FaultKind.BAD_REQUEST: ("{} did not take the request.", "Try fewer options, or another model."),
    FaultKind.LOST: ("{} does not know the job any more.", "Try it again."),
}
