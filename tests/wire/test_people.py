"""People on Slack and on Discord: muted, banned, paused for and let go on, in the same words; and one human who is in both."""

import re
from pathlib import Path

from bot.model import State
from tests.wire.chats import Chat
from tests.wire.discord_chat import open_discord_chat
from tests.wire.slack_chat import open_slack_chat
from tests.wire.story import open_story, plainly


async def test_a_muted_person_is_refused_in_every_way_and_draws_again_after_the_undo(tmp_path: Path, chat: Chat) -> None:
    async with open_story(tmp_path, chat) as story:
        job = await story.draw("a small mill")
        ada = chat.person("ada").id
        # By the command: on Discord the answer to a mention goes where nobody is a moderator, and a button pressed there is nobody's.
        await chat.command(
            "grace", "mute", **{"person": ada if chat.name == "discord" else f"<@{ada}>", "reason": "cool down", "for": "2h"}
        )
        done = await story.whispered("grace", "Muted", "cool down until")
        known = await story.known()
        await chat.command("ada", "imagine", prompt="a pond")
        await story.whispered("ada", "look but not draw until", "cool down.")
        await chat.react("ada", await story.shown(job.id), "🔁")
        await chat.press("ada", await story.shown(job.id), "Again")
        await story.sees(lambda: len([one for one in chat.whispers("ada") if "look but not draw" in one.text]) >= 3)
        await chat.direct("ada", "imagine a pond")
        await story.sees(lambda: [one for one in chat.directs("ada") if "look but not draw" in one.text])
        assert await story.known() == known
        await chat.press("grace", done, "Undo")
        await story.whispered("grace", "Undone")
        await story.draw("a pond")


async def test_a_pause_tells_those_who_ask_and_lets_what_waits_go_on(tmp_path: Path, chat: Chat) -> None:
    async with open_story(tmp_path, chat, SKETCH_DELAY="1", BOT_RUNNING="1") as story:
        await chat.command("ada", "imagine", prompt="a first mill")
        first = await story.job()
        await chat.command("ada", "imagine", prompt="a second mill")
        second = await story.job([first])
        await chat.command("grace", "pause", reason="the printer is on fire")
        await story.whispered("grace", "Paused", "the printer is on fire")
        await chat.command("ivy", "imagine", prompt="a pond")
        await story.whispered("ivy", "paused in this channel", "the printer is on fire.")
        await story.done(first)
        await story.sees(lambda: [one for one in chat.messages() if "Paused: the printer is on fire" in plainly(one.text)])
        assert (await story.app.store.find(second)).state is State.QUEUED
        await chat.command("grace", "resume")
        await story.done(second)


async def test_one_human_on_both_is_linked_by_a_code_and_banned_on_both(tmp_path: Path) -> None:
    async with open_slack_chat() as slack, open_discord_chat() as discord, open_story(tmp_path, slack, discord) as story:
        job = await story.draw("a small mill")
        await slack.command("ada", "link")
        code = re.search(r"/link ([0-9A-Z]{8})", (await story.whispered("ada", "Your code is")).text)
        assert code
        story.discreet.append(code[1])
        story.chat = discord
        await discord.command("ada", "link", code=code[1])
        question = await story.whispered("ada", "Is that you?")
        assert "on Slack" in question.text
        await discord.press("ada", question, "Yes, that is me")
        await story.whispered("ada", "These are one")
        await discord.command("ada", "history")
        await story.whispered("ada", job.id)
        story.chat = slack
        await slack.mention("grace", f"ban <@{slack.person('ada').id}> spam")
        await story.whispered("grace", "Banned", "spam")
        story.chat = discord
        await discord.command("ada", "imagine", prompt="a pond")
        await story.whispered("ada", "You are banned from Limner", "spam.")
