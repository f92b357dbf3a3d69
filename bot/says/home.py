"""Home: a page of the person's own, on platforms that have one: how to, quota, last images, favourites, a section each."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot.model import Action, Capabilities, Emphasis, Job, Message
from bot.says.pages import EXAMPLES
from bot.says.results import pictures_of
from bot.says.words import cut, plural


def home(
    quota: Message, recent: Sequence[Job], kept: Sequence[tuple[Job, int]], models: Mapping[str, Capabilities | None]
) -> list[Message]:
    """The sections, first to last. `models` holds the facts of each job's model, by job id."""
    how = (
        "Say what you want to see, and the images come into a thread with their seed and everything needed to draw them again. "
        "React to a result with 🔁 for another, 1️⃣ to 4️⃣ to vary an image, ⭐ to keep it."
    )
    welcome = Message(
        text=f"{how} For example: {'; '.join(EXAMPLES)}",
        title="Limner draws what you say",
        body=how,
        code="\n".join(EXAMPLES),
        actions=(
            Action(label="Create an image", line="imagine --form", emphasis=Emphasis.PRIMARY),
            Action(label="Models", line="models"),
            Action(label="Help", line="help"),
        ),
    )
    return [
        welcome,
        quota,
        _gallery("Your last images", [(job, 0) for job in recent], models, none="Nothing yet. Your images will be here."),
        _gallery("Your favourites", kept, models, none="None yet. React with ⭐ to a result to keep it here."),
    ]


def _gallery(title: str, shown: Sequence[tuple[Job, int]], models: Mapping[str, Capabilities | None], *, none: str) -> Message:
    if not shown:
        return Message(text=f"{title}: {none}", title=title, body=none)
    pictures = tuple(
        # Named by its job, as the buttons below it are.
        replace(picture, title=f"{job.id} · {picture.index}" if len(job.images) > 1 else job.id)
        for job, index in shown
        for picture in pictures_of(job, models.get(job.id))
        # Spoilers stay where they were posted, behind their cover.
        # An image that did not pass the policy check leaves its number out, so the first one need not be number 1.
        if picture.index == (index or job.images[0].index) and not picture.spoiler
    )
    jobs = {job.id: job for job, _ in shown}
    named = "; ".join(f"{job.id}: {cut(job.request.prompt, 80)}" for job in jobs.values())
    return Message(
        text=f"{title}: {plural(len(shown), 'image')}. {named}",
        title=title,
        pictures=pictures,
        actions=tuple(Action(label=f"Show {job_id}", line=f"show {job_id}") for job_id in jobs),
    )
