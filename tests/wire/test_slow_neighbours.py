"""Slow neighbours: a chat that is away, or a channel that takes one message a second, keeps nobody else waiting."""

from pathlib import Path

from bot.model import Invocation, Origin
from tests.wire.chats import Chat
from tests.wire.discord_chat import open_discord_chat
from tests.wire.slack_chat import open_slack_chat
from tests.wire.story import Story, open_story

LIMITS = {"BOT_WAITING": "200", "BOT_RUNNING": "200", "BOT_QUOTA_DAY": "1000", "BOT_GRACE": "1"}


async def ask(story: Story, chat: Chat, many: int, channel: str = "general") -> None:
    """Have so many things drawn in a channel, without the chat."""
    for number in range(many):
        answer = await story.app.dispatch.handle(
            Invocation(
                person=chat.person("ada"),
                place=chat.place(channel),
                event=f"neighbour {channel} {number}",
                origin=Origin.COMMAND,
                line=f"imagine boat {number}",
            )
        )
        assert answer.job


async def test_a_chat_that_is_away_with_many_jobs_keeps_the_other_ones_cards_no_second(tmp_path: Path) -> None:
    async with (
        open_slack_chat() as slack,
        open_discord_chat() as discord,
        open_story(tmp_path, slack, discord, settings=LIMITS) as story,
    ):
        discord.unplug(out=True)
        await ask(story, discord, 100)
        await slack.command("ada", "imagine", prompt="a kite in the wind")
        await story.sees(lambda: [one for one in slack.messages() if "a kite in the wind" in one.text])
        discord.unplug(out=False)


async def test_a_crowded_channel_keeps_the_other_chat_waiting_no_second(tmp_path: Path) -> None:
    async with (
        open_slack_chat() as slack,
        open_discord_chat() as discord,
        open_story(tmp_path, slack, discord, settings=LIMITS) as story,
    ):
        await ask(story, discord, 150)
        await crowded(story, discord)
        await slack.command("ada", "imagine", prompt="a kite in the wind")
        await story.sees(lambda: [one for one in slack.messages() if "a kite in the wind" in one.text], within=40)
        assert len(discord.messages()) < 150, "it did not wait until the crowd was through"


async def test_two_crowded_channels_keep_a_third_one_waiting_no_second(tmp_path: Path) -> None:
    async with open_slack_chat() as slack, open_story(tmp_path, slack, settings=LIMITS) as story:
        for channel in ("general", "partners"):
            await ask(story, slack, 60, channel)
        await crowded(story, slack)
        await slack.command("ada", "imagine", slack.private, prompt="a kite in the wind")
        await story.sees(lambda: [one for one in slack.messages(slack.private) if "a kite in the wind" in one.text], within=40)
        assert len(slack.messages()) < 60, "it did not wait until the crowds were through"


async def crowded(story: Story, chat: Chat) -> None:
    """Wait until the channel has so many cards that the others wait for their turn."""
    await story.sees(lambda: len(chat.messages()) > 5)
