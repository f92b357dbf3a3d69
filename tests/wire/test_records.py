"""Records on Slack and on Discord alike: statistics as a picture with words, exports as files, an erasure that empties the posts."""

from pathlib import Path

from bot.model import Inquiry
from tests.flows.story import eventually
from tests.wire.chats import Chat
from tests.wire.story import open_story


async def test_an_erasure_empties_the_posts_and_tells_when_it_is_done(tmp_path: Path, chat: Chat) -> None:
    async with open_story(tmp_path, chat) as story:
        job = await story.draw("a red fox in the snow", who="ivy", count=2, seed=42)
        card, result = await story.card(job.id), await story.shown(job.id)
        await chat.command("ivy", "privacy", act="erase")
        question = await story.whispered("ivy", "cannot be undone")
        await chat.press("ivy", question, "Erase everything about me")

        async def done() -> bool:
            return bool(await story.app.store.entries(Inquiry(act="privacy.erased")))

        await eventually(done)
        shown = [*chat.messages(), *chat.messages(under=result.thread)]
        assert {card.id, result.id} <= {message.id for message in shown}
        for message in shown:
            assert "red fox" not in message.text
            assert message.alts == ()
        await story.whispered("ivy", "1 request and 2 pictures are erased")
        [entry] = await story.app.store.entries(Inquiry(act="privacy.erased"))
        assert entry.facts["unreached"] == "0"


async def test_statistics_are_a_picture_whose_words_say_the_same(tmp_path: Path, chat: Chat) -> None:
    async with open_story(tmp_path, chat) as story:
        await story.draw("a red fox in the snow", count=2)
        await chat.command("grace", "stats")
        page = await story.whispered("grace", "The last 30 days", "2 · 1 job")
        assert "From the files" in page.text
        assert len(page.alts) == 1
        assert "Images 2 (1 job)" in page.alts[0]


async def test_the_audit_is_shown_to_admins_and_to_nobody_else(tmp_path: Path, chat: Chat) -> None:
    async with open_story(tmp_path, chat) as story:
        await chat.command("grace", "settings", scope="channel", results="channel")
        await story.whispered("grace", "Settings saved")
        await chat.command("grace", "audit", did="settings")
        assert "settings.set" in (await story.whispered("grace", "Audit")).text
        await chat.command("ivy", "audit")
        assert "admins" in (await story.whispered("ivy", "Not allowed")).text
