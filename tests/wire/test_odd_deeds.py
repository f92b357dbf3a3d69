"""Odd deeds: twice at once, too late, by somebody else, under names that are markup: each is answered, and none breaks anything."""

import asyncio
from pathlib import Path
from typing import Any

from bot.model import State
from tests.wire.chats import Chat
from tests.wire.story import open_story

EVIL = "<!channel> @everyone <@U123> ```"


async def test_a_job_that_is_cancelled_twice_at_once_is_cancelled_and_nobodys_fault(tmp_path: Path, chat: Chat) -> None:
    async with open_story(tmp_path, chat, SKETCH_DELAY="1.5") as story:
        await chat.command("ivy", "imagine", prompt="a slow boat to nowhere")
        job = await story.until(await story.job(), State.SUBMITTED)
        card = await story.sees(lambda: next((one for one in chat.messages() if "Cancel" in one.labels), None))
        assert card
        await chat.press("ada", card, "Cancel")
        await story.whispered("ada", "Only", "may cancel")
        await asyncio.gather(chat.press("ivy", card, "Cancel"), chat.press("ivy", card, "Cancel"))
        await story.done(job.id, State.CANCELLED)
        await chat.mention("ivy", f"cancel {job.id}")
        await story.whispered("ivy", "cancelled already")
        await chat.mention("ivy", f"delete {job.id}")
        await story.whispered("ivy", "no images to delete")

        # As long as this takes, the one who drew looks at the first job once more.
        await story.draw("a quick boat home", "ivy")
        assert not [line for line in story.log.lines if line["level"] != "info"]


async def test_a_name_that_is_markup_pings_nobody_and_breaks_no_card(tmp_path: Path, chat: Chat) -> None:
    server: Any = chat
    if chat.name == "slack":
        server.server.find_user("ivy").name, who = EVIL, EVIL
    else:
        server.server.user("ivy").display, who = EVIL, "ivy"
    async with open_story(tmp_path, chat) as story:
        job = await story.draw("a fox", who)
        card = (await story.card(job.id)).text
        assert all(word in card for word in ("channel", "everyone", "U123"))
        await chat.press("ada", await story.shown(job.id), "Delete")
        await story.whispered("ada", "Only")
        assert chat.pings == []
        assert [refusal for refusal in chat.refusals if "user_not_found" not in refusal] == []
