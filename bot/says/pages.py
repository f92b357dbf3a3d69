"""Pages: the whispers, seen by one person: help, quota, history, refusals and faults."""

from collections.abc import Mapping, Sequence

from bot.errors import BadPicture, Blocked, NothingFits, OverQuota, Refusal, Refused, TooMany
from bot.model import Action, CommandSpec, Emphasis, Job, Kind, Message, Option, Tone
from bot.says.words import cut

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
    actions += (Action(label="Ask for more", line="quota more"),) if isinstance(refusal, OverQuota) and refusal.own else ()
    if isinstance(refusal, Blocked) and refusal.appeal:
        actions = (Action(label="Ask a reviewer", line=f"appeal {refusal.appeal}"), Action(label="Guidelines", line="guidelines"))
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
    "TooLarge": "Larger than one request may be",
    "Unpriced": "Nobody knows the price",
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


def help_page(menu: Sequence[CommandSpec], *, in_thread: bool) -> Message:
    """How to use the bot: three examples, the commands, the reactions. `menu` holds what the reader may do."""
    # What nearly everybody came for stands first, the rest by name.
    commands = tuple((f"/{spec.name}", spec.about) for spec in sorted(menu, key=lambda spec: spec.name != "imagine"))
    quota = Action(label="My quota", line="quota")
    if all(spec.name != "imagine" for spec in menu):
        body = "You cannot draw here at present. This is what you can do."
        able = "; ".join(f"{name}: {about}" for name, about in commands)
        return Message(text=f"{body} {able}", title="How to use Limner", body=body, fields=commands, actions=(quota,))
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
            quota,
        ),
    )


def usage_page(spec: CommandSpec, usage: str) -> Message:
    """How one command reads."""
    fields = tuple((_spoken(option), option.about) for option in spec.options)
    return Message(
        text=f"/{usage}. {spec.about}",
        title=f"/{spec.name}",
        body=f"{spec.about}\n/{usage}",
        fields=fields,
        code=f"/{spec.example or usage}",
    )


def _spoken(option: Option) -> str:
    """How an option is given: in its place, behind its flag, or as a file."""
    if option.kind is Kind.IMAGE:
        return f"{option.name} (attached)"
    return option.name if option.positional else f"--{option.name}"


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


def settings_page(where: str, changes: Mapping[str, tuple[str, str]], *, undo: int = 0) -> Message:
    """What an admin changed, before and after, by name; with the way back, where `undo` is the number of its entry."""
    if not changes:
        return whisper(f"{where} stays as it was.", title="Nothing changed")
    fields = tuple((name.capitalize(), f"{before or 'the usual'} → {after or 'the usual'}") for name, (before, after) in changes.items())
    return Message(
        text=f"{where}: " + "; ".join(f"{name}: {change}" for name, change in fields),
        title="Settings saved",
        body=f"{where}, from now on.",
        fields=fields,
        actions=(Action(label="Undo", line=f"undo {undo}"),) if undo else (),
        tone=Tone.GOOD,
    )
