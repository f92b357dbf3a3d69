"""Money in a chat: an admin sets a budget in the chat's own words, and the channel is told once when it runs low."""

from pathlib import Path

from bot.app import Fakes
from tests.flows.test_services import Service
from tests.wire.chats import Chat, Shown
from tests.wire.story import open_story


async def test_a_budget_is_set_used_and_told_of_in_the_channel_once(tmp_path: Path, chat: Chat) -> None:
    fakes = Fakes(providers={"acme": Service("acme")}, moderators=[])

    def alerts() -> list[Shown]:
        return [message for message in chat.messages() if "The budget is" in message.text]

    async with open_story(tmp_path, chat, fakes=fakes) as story:
        await chat.mention("ivy", "budget set $0.08/day --alerts here")
        await story.whispered("ivy", "admin")
        await chat.mention("grace", "budget set $0.08/day --alerts here")
        await story.whispered("grace", "$0.08", "50, 80 and 100")
        await story.draw("a first barge")
        (half,) = await story.sees(alerts)
        assert "50 % used" in half.text
        await story.draw("a second barge")
        whole = (await story.sees(lambda: alerts() if len(alerts()) > 1 else []))[-1]
        assert "used up" in whole.text
        await chat.command("ivy", "imagine", prompt="a third barge")
        await story.whispered("ivy", "$0.08 of $0.08")
        await chat.press("grace", whole, "Budget")
        await story.whispered("grace", "$0.08 spent", "$0.00 left")
        assert len(alerts()) == 2
        assert chat.refusals == []
