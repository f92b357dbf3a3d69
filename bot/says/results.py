"""Results: what lands in the thread, the line that draws it again, and the details of it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot import grammar, options
from bot.model import Action, Capabilities, Emphasis, Image, Job, Level, Message, Operation, Picture, Promise, Tone
from bot.says.words import cut, money, span


def rerun_line(job: Job) -> str:
    """The line to copy: it draws a job's pictures again, or names the job where a line of words cannot."""
    if job.request.operation is not Operation.DRAW or job.request.sources:
        return f"/rerun {job.id}"
    request = replace(job.request, model=job.drawn_by, seed=job.seed if job.seed is not None else job.request.seed)
    return f"/{grammar.write(options.IMAGINE, options.values_of(request))}"


def promise(model: Capabilities | None) -> str:
    """The rerun promise, with its reason."""
    match model.promise if model else Promise.NOT_REPEATABLE:
        case Promise.EXACT:
            return "Rerun: exact. The same line gives the same pixels."
        case Promise.BEST_EFFORT:
            return "Rerun: best effort. The same seed gives a very similar picture; the service does not promise more."
        case Promise.NOT_REPEATABLE:
            return "Rerun: not repeatable. This model takes no seed, so every run is new."


def alt_text(job: Job, image: Image, *, procedural: bool) -> str:
    """What a screen reader says of a picture."""
    kind = "Procedurally drawn image" if procedural else "AI-generated image"
    place = f" {image.index} of {len(job.images)}" if len(job.images) > 1 else ""
    return f"{kind}{place}: {cut(job.request.prompt, 300) or 'no words given'}"


def context_line(job: Job, model: Capabilities | None) -> str:
    """`sketch · 1024×1024 · seed 42 · 30 steps · guidance 7 · 8.2 s · $0.04`."""
    image = job.images[0]
    parts = [job.drawn_by, f"{image.width}×{image.height}"]
    if seeds := [image.seed for image in job.images if image.seed is not None]:
        # Where an image did not pass the policy check, its seed is missing from the row.
        in_a_row = len(seeds) > 1 and seeds[-1] - seeds[0] == len(seeds) - 1
        parts.append(f"seed {seeds[0]} to {seeds[-1]}" if in_a_row else f"seed {', '.join(map(str, seeds))}")
    if job.fitted.steps is not None:
        parts.append(f"{job.fitted.steps} steps")
    if job.fitted.guidance is not None:
        parts.append(f"guidance {job.fitted.guidance:g}")
    if job.fitted.style:
        parts.append(f"style {job.fitted.style}")
    if job.finished and job.started:
        parts.append(span(job.finished - job.started))
    if job.cost:
        parts.append(money(job.cost))
    if model and model.about:
        parts.append(model.about)
    return " · ".join([*parts, f"job {job.id}"])


def change_note(job: Job) -> str:
    """What fitting changed, on one line; never dropped silently."""
    return f"adapted: {'; '.join(job.changes)}" if job.changes else ""


def result(job: Job, model: Capabilities | None) -> Message:
    """The message with a job's pictures, and everything one can do with them."""
    pictures = pictures_of(job, model)
    parent = f"From job {job.parent.job}{f', image {job.parent.index}' if job.parent.index else ''}." if job.parent else ""
    body = "\n".join(part for part in (change_note(job).capitalize(), parent, promise(model)) if part)
    prompt = cut(job.request.prompt, 300)
    facts = context_line(job, model)
    seen = "; ".join(picture.alt for picture in pictures)
    return Message(
        text=f"{prompt or 'A picture'} for {cut(job.person.name, 80) or job.person.mention}: {seen}. {facts}",
        title=prompt,
        body=body,
        context=facts,
        code=rerun_line(job),
        pictures=pictures,
        actions=actions(job),
        job=job.id,
    )


def pictures_of(job: Job, model: Capabilities | None, *, small: bool = False) -> tuple[Picture, ...]:
    """A job's images as they are shown, each with its alt text; `small` for thumbnails."""
    procedural = bool(model and model.procedural)
    several = len(job.images) > 1
    return tuple(
        Picture(
            key=image.thumbnail if small else image.shown,
            original=image.key,
            alt=alt_text(job, image, procedural=procedural),
            title=" · ".join(part for part in (str(image.index) if several else "", _seed(image)) if part),
            width=image.width,
            height=image.height,
            index=image.index,
            spoiler=image.verdict.level is Level.BLUR,
        )
        for image in job.images
    )


def _seed(image: Image) -> str:
    return f"seed {image.seed}" if image.seed is not None else ""


def actions(job: Job) -> tuple[Action, ...]:
    """The buttons of a result. Each is a line somebody could have typed."""
    several = len(job.images) > 1
    indices = [image.index for image in job.images[:4]]
    vary = [Action(label=f"Vary {index}" if several else "Vary", line=f"vary {job.id} {index}") for index in indices]
    larger = [Action(label=f"Upscale {index}" if several else "Upscale", line=f"upscale {job.id} {index}") for index in indices]
    return (
        *vary,
        *larger,
        Action(label="Again", line=f"again {job.id}", emphasis=Emphasis.PRIMARY),
        Action(label="Same", line=f"rerun {job.id}"),
        Action(label="Remix", line=f"remix {job.id}"),
        Action(label="Details", line=f"show {job.id}"),
        Action(
            label="Delete",
            line=f"delete {job.id}",
            emphasis=Emphasis.DANGER,
            confirm="Delete these images for everybody? This cannot be undone.",
        ),
    )


def details(job: Job, model: Capabilities | None, ancestors: Sequence[Job], marks: Mapping[str, int]) -> Message:
    """Everything about a job, for the one who asked."""
    request = job.request
    fields: list[tuple[str, str]] = [
        ("Job", job.id),
        ("State", job.state.value),
        ("Prompt", cut(request.prompt, 1500)),
        ("Left out", request.negative),
        ("Model", f"{job.drawn_by} {job.model_version}".strip()),
        ("Size", f"{job.fitted.size[0]}×{job.fitted.size[1]}" if job.fitted.size else ""),
        ("Seed", str(job.seed) if job.seed is not None else ""),
        ("Steps", str(job.fitted.steps or "")),
        ("Guidance", f"{job.fitted.guidance:g}" if job.fitted.guidance is not None else ""),
        ("Strength", f"{job.fitted.strength:g}" if job.fitted.strength is not None else ""),
        ("Style", job.fitted.style or ""),
        ("Adapted", "; ".join(job.changes)),
        ("Time", span(job.finished - job.started) if job.finished and job.started else ""),
        ("Cost", money(job.cost) if job.cost else ""),
        ("Request id", job.vendor_id),
        ("By", cut(job.person.name, 80) or job.person.id),
        ("Comes from", " ← ".join(f"{one.id} “{cut(one.request.prompt, 40)}”" for one in ancestors)),
        ("Marks", ", ".join(f"{kind} {count}" for kind, count in sorted(marks.items()) if count)),
        ("Problem", job.problem.sentence if job.problem else ""),
    ]
    shown = tuple((label, value) for label, value in fields if value)
    return Message(
        text=f"Job {job.id}, {job.state.value}. " + ". ".join(f"{label}: {value}" for label, value in shown[2:]),
        title=f"Job {job.id}",
        body=promise(model) if job.images else "",
        fields=shown,
        code=rerun_line(job),
        actions=_detailed(job) if job.images else (),
        pictures=pictures_of(job, model, small=True),
        job=job.id,
    )


def _detailed(job: Job) -> tuple[Action, ...]:
    """The buttons of the details: those of the result and what needs a form, but no way to where one is. What destroys stays last."""
    *shown, last = (action for action in actions(job) if action.line != f"show {job.id}")
    more = (("Edit", "edit"), ("Repaint", "repaint"), ("Extend", "extend"), ("Cut out", "cutout"))
    return (*shown, *(Action(label=label, line=f"{verb} {job.id}") for label, verb in more), last)


def undelivered(job: Job, model: Capabilities | None, sentence: str) -> Message:
    """For one person: what could not be posted and why, with the pictures where they are drawn."""
    drawn = "Here is what was drawn; only you see it." if job.images else "Nothing was drawn."
    count = "It counts toward your quota." if job.images else "It did not count toward your quota."
    body = f"{sentence}\n{drawn} {count}"
    return Message(
        text=body.replace("\n", " "),
        title="It could not be posted",
        body=body,
        context=f"job {job.id}",
        code=rerun_line(job),
        pictures=pictures_of(job, model),
        tone=Tone.BAD,
        job=job.id,
    )


def deleted(job: Job) -> Message:
    """What stands where deleted pictures stood."""
    return Message(
        text=f"The images of job {job.id} were deleted.",
        body="These images were deleted.",
        context=f"job {job.id}",
        tone=Tone.PLAIN,
        job=job.id,
    )
