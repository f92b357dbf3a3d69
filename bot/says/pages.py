"""Pages: the whispers, seen by one person: help, quota, history, models, refusals and faults."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from bot.errors import BadPicture, Blocked, NothingFits, OverQuota, Refusal, Refused, TooMany
from bot.model import Action, Capabilities, CommandSpec, Emphasis, Job, Message, Role, Tone, Use, Window
from bot.says.words import cut, listed, moment, money, plural, span

EXAMPLES = (
    "/imagine a red fox in the snow --ar 16:9 --count 4",
    "/imagine a lighthouse in a storm --no birds --seed 42",
    "/imagine neon city in the rain --style watercolour",
)


def whisper(text: str, *, title: str = "", tone: Tone = Tone.PLAIN) -> Message:
    """A sentence for one person."""
    return Message(text=f"{title}. {text}" if title else text, title=title, body=text, tone=tone)


def refusal_page(refusal: Refusal, *, trace: str) -> Message:
    """What happened, whether it counted, what to do next, and a short id."""
    # Said where a picture was asked for and not by the refusal itself; a mistyped line never came near a quota.
    asked = isinstance(refusal, Blocked | Refused | OverQuota | TooMany | NothingFits | BadPicture)
    known = any(words in refusal.advice for words in ("not count", "nothing was counted"))
    cost = "Nothing was drawn and it does not count toward your quota." if asked and not known else ""
    body = "\n".join(part for part in (refusal.sentence, refusal.advice, cost) if part)
    line = f"/{refusal.line}" if refusal.line else ""
    actions = (Action(label="My quota", line="quota"),) if isinstance(refusal, OverQuota) else ()
    return Message(
        text=" ".join(part for part in (body.replace("\n", " "), line, f"(id {trace})") if part),
        title=_HEADINGS.get(type(refusal).__name__, "That did not work"),
        body=body,
        # A button that says the line stands for it.
        code="" if any(action.line == refusal.line for action in actions) else line,
        context=f"id {trace}",
        actions=actions,
        tone=Tone.WARNING,
    )


_HEADINGS = {
    "Misunderstood": "I did not understand that",
    "Blocked": "Not allowed by the policy",
    "Refused": "Not allowed by the policy",
    "OverQuota": "Quota used up",
    "TooMany": "Too many waiting jobs",
    "NotFound": "Not found",
    "NotAllowed": "Not allowed",
    "NothingFits": "No model can do that",
    "BadPicture": "That file will not do",
    "Expired": "Too late for that",
}


def fault_page(trace: str) -> Message:
    """Something broke on our side."""
    return whisper(
        f"Something broke on my side, and it is logged. Nothing was counted. Please try again; if it stays, tell an admin the id {trace}.",
        title="My fault",
        tone=Tone.BAD,
    )


def help_page(menu: Sequence[CommandSpec], *, role_admin: bool, in_thread: bool) -> Message:
    """How to use the bot: three examples, the commands, the reactions."""
    shown = [spec for spec in menu if not spec.hidden and (role_admin or spec.role is Role.MEMBER)]
    # What nearly everybody came for stands first, the rest by name.
    commands = tuple((f"/{spec.name}", spec.about) for spec in sorted(shown, key=lambda spec: spec.name != "imagine"))
    thread = " In threads, say @limner imagine …" if in_thread else ""
    body = (
        "Type /imagine and what you want to see. Images arrive in the thread under the card, "
        f"with everything needed to draw them again.{thread}\n"
        "React to a result: 🔁 again · 1️⃣ to 4️⃣ vary that image · ⬆️ upscale · ✉️ details · ⭐ keep · ❌ cancel or delete · 🚩 report"
    )
    return Message(
        text=f"{body} Examples: {'; '.join(EXAMPLES)}",
        title="How to use Limner",
        body=body,
        fields=commands,
        code="\n".join(EXAMPLES),
        actions=(
            Action(label="Draw the first example", line=EXAMPLES[0].removeprefix("/"), emphasis=Emphasis.PRIMARY),
            Action(label="My quota", line="quota"),
        ),
    )


def usage_page(spec: CommandSpec, usage: str) -> Message:
    """How one command reads."""
    fields = tuple((f"{'' if option.positional else '--'}{option.name}", option.about) for option in spec.options)
    return Message(
        text=f"/{usage}. {spec.about}",
        title=f"/{spec.name}",
        body=f"{spec.about}\n/{usage}",
        fields=fields,
        code=f"/{spec.example or usage}",
    )


def quota_page(uses: Sequence[Use], *, of: str, zone: str) -> Message:
    """What somebody used, of how much, and when it renews, in the reader's own time."""
    fields: list[tuple[str, str]] = []
    for use in uses:
        label = "Today" if use.window is Window.DAY else "This month"
        if use.amount is None:
            fields.append((label, f"{plural(use.used, 'image')} used, no limit"))
        else:
            left = max(0, use.amount - use.used)
            fields.append((label, f"{use.used:,} of {plural(use.amount, 'image')} used, {left:,} left; renews {moment(use.renews, zone)}"))
    return Message(
        text=f"{of}: " + "; ".join(f"{label}: {value}" for label, value in fields),
        title=of,
        body="What failed, was blocked or cancelled does not count.",
        fields=tuple(fields),
    )


def history_page(jobs: Sequence[Job], *, older: str) -> Message:
    """A person's last jobs, newest first."""
    if not jobs:
        return whisper("You have not drawn anything yet. Try /imagine a red fox in the snow", title="Your jobs")
    fields = tuple(
        (job.id, f"{job.state.value} · {cut(job.request.prompt, 80) or job.request.operation.value} · {job.drawn_by}") for job in jobs
    )
    more = (Action(label="Older", line=older),) if older else ()
    return Message(
        text="Your jobs: " + "; ".join(f"{name}: {value}" for name, value in fields),
        title="Your jobs",
        fields=fields,
        context="/show and a job's id brings it back, buttons and all.",
        actions=(*(Action(label=f"Show {job.id}", line=f"show {job.id}") for job in jobs[:5]), *more),
    )


def kept_page(kept: Sequence[tuple[Job, int]]) -> Message:
    """A person's favourites, newest first."""
    if not kept:
        return whisper("You have no favourites yet. React with ⭐ to a result, or say /keep and its job's id.", title="Your favourites")
    fields = tuple(
        (job.id, f"{f'image {index} · ' if index else ''}{cut(job.request.prompt, 80) or job.request.operation.value}")
        for job, index in kept
    )
    return Message(
        text="Your favourites: " + "; ".join(f"{name}: {value}" for name, value in fields),
        title="Your favourites",
        fields=fields,
        context="/show and a job's id brings it back, buttons and all.",
        actions=tuple(
            Action(label=f"Show {job_id}", line=f"show {job_id}") for job_id in list(dict.fromkeys(job.id for job, _ in kept))[:5]
        ),
    )


def settings_page(where: str, changes: Mapping[str, tuple[str, str]]) -> Message:
    """What an admin changed, before and after, by name."""
    if not changes:
        return whisper(f"{where} stays as it was.", title="Nothing changed")
    fields = tuple((name.capitalize(), f"{before or 'the usual'} → {after or 'the usual'}") for name, (before, after) in changes.items())
    return Message(
        text=f"{where}: " + "; ".join(f"{name}: {change}" for name, change in fields),
        title="Settings saved",
        body=f"{where}, from now on.",
        fields=fields,
        tone=Tone.GOOD,
    )


@dataclass(frozen=True, kw_only=True)
class Standing:
    """How a model stands right now, for the page of models."""

    name: str
    model: Capabilities
    well: bool = True
    """Whether it is asked, or left alone because it failed again and again."""
    allowed: bool = True
    """Whether it may be used where the page is read."""
    latency: tuple[float, float] | None = None
    """Median and 95th percentile in seconds, or None where nothing is known."""
    today: date


def models_page(standings: Sequence[Standing]) -> Message:
    """What can draw here, what it can do, what it costs, and how it fares."""
    fields = tuple((each.name, " · ".join(facts_of_model(each))) for each in standings if each.allowed)
    missing = sum(not each.allowed for each in standings)
    hidden = f" {plural(missing, 'more model')} may not be used here." if missing else ""
    body = f"Pick one with --model; without it the cheapest that can do the work is taken.{hidden}"
    return Message(
        text="Models: " + "; ".join(f"{name}: {about}" for name, about in fields) + hidden, title="Models", body=body, fields=fields
    )


def facts_of_model(standing: Standing) -> list[str]:
    """Operations, sizes, seed promise, price, health and latency, in a few words each."""
    model = standing.model
    extras = [word for word, has in (("negative prompt", model.negative), ("mask", model.mask), ("strength", model.strength)) if has]
    sizes = listed([f"{width}×{height}" for width, height in model.sizes[:4]]) if model.sizes else f"up to {model.sides[1]} px"
    price = f"{money(model.price)} an image" if model.price else "free" if model.price is not None else "price unknown"
    known = standing.latency
    facts = [
        listed(sorted(operation.value for operation in model.operations)),
        sizes,
        f"rerun {model.promise.value}",
        price,
        *extras,
        f"usually {span(known[0])}, at most {span(known[1])} in 19 of 20" if known else "",
        "" if standing.well else "failing: left alone for the moment",
        ends(model, standing.today),
        model.about,
    ]
    return [fact for fact in facts if fact]


def ends(model: Capabilities, today: date) -> str:
    """When the service switches a model off, in words, or the empty string."""
    if model.until is None:
        return ""
    return f"switched off since {model.until:%d %b %Y}" if model.until <= today else f"ends {model.until:%d %b %Y}"
