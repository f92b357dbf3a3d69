"""Reviews on Slack and on Discord: a doubtful request waits, its card in the review channel decides, and the person hears it."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from bot.app import Fakes
from bot.model import Concern, Person, Place, State, Term
from tests.flows.story import eventually
from tests.wire.chats import Chat, Shown
from tests.wire.story import Story, open_story, plainly


class Doubts:
    """Doubts prompts with `gloomy`, and pictures while told to."""

    name = "doubts"
    remote = False
    pictures = False

    async def prompt(self, person: Person, place: Place, text: str, *, listed: Sequence[Term] = ()) -> Sequence[Concern]:
        return [Concern(category="weapons", score=0.5, source="doubts")] if "gloomy" in text else []

    async def image(self, place: Place, image: bytes) -> Sequence[Concern]:
        return [Concern(category="gore", score=0.5, source="doubts")] if self.pictures else []


def review_channel(chat: Chat) -> dict[str, str]:
    place = chat.place("secret")
    return {"BOT_REVIEW_CHANNEL": f"{place.platform}:{place.workspace}:{place.channel}"}


async def review_card(story: Story, *words: str) -> Shown:
    """The newest card in the review channel that has these words."""
    found = await story.sees(lambda: [one for one in story.chat.messages("secret") if all(word in plainly(one.text) for word in words)])
    return found[-1]


async def asked(story: Story, prompt: str) -> str:
    known = await story.known()
    assert not (await story.chat.command("ada", "imagine", prompt=prompt)).failed
    return await story.job(known)


async def test_a_reviewer_approves_by_button_and_rejects_by_form(tmp_path: Path, chat: Chat) -> None:
    async with open_story(tmp_path, chat, fakes=Fakes(moderators=[Doubts()]), settings=review_channel(chat)) as story:
        job = await asked(story, "a gloomy harbour")
        card = await review_card(story, "a gloomy harbour", "50%", "weapons")
        assert list(card.labels) == ["Approve", "Reject", "Ban"]
        waiting = await story.sees(lambda: [one for one in chat.messages() if "A reviewer looks at this request first" in one.text])
        assert "gloomy harbour" not in waiting[0].text
        assert not (await chat.press("grace", card, "Approve")).failed
        await story.done(job)
        await story.whispered("ada", "approved your request")
        assert not (await review_card(story, "a gloomy harbour", "Approved by")).labels

        job = await asked(story, "a gloomy tower")
        await chat.press("grace", await review_card(story, "a gloomy tower"), "Reject")
        form = await story.form("grace")
        assert not (await chat.submit("grace", form, {"Why not": "Too sad for Monday."})).failed
        await story.done(job, State.BLOCKED)
        await story.whispered("ada", "not approved", "Too sad for Monday.")


@pytest.mark.slow
async def test_doubtful_pictures_are_covered_for_reviewers_and_reported_ones_come_back(tmp_path: Path, chat: Chat) -> None:
    doubts = Doubts()
    doubts.pictures = True
    async with open_story(tmp_path, chat, fakes=Fakes(moderators=[doubts]), settings=review_channel(chat)) as story:
        job = await asked(story, "a boat")
        card = await review_card(story, "May these pictures be seen?")
        if chat.name == "discord":
            assert card.covered == (True,)
        assert not (await chat.press("grace", card, "Approve")).failed
        await story.done(job)
        result = await story.shown(job)
        assert result.alts
        await chat.react("grace", result, "🚩")

        async def hidden() -> bool:
            return not (await story.shown(job)).alts and "Under review" in (await story.shown(job)).text

        await eventually(hidden)
        assert not (await chat.press("grace", await review_card(story, "May these pictures stay?"), "Approve")).failed

        async def back() -> bool:
            return bool((await story.shown(job)).alts)

        await eventually(back)
