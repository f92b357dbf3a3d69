"""`python -m tests.wire.view.pictures`: the README's pictures of Slack and Discord, drawn from what Limner posts to the tests' servers."""

import asyncio
import io
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image
from playwright.async_api import Browser

from bot.ports import ChatPlatform
from tests.flows.story import eventually
from tests.wire.discord.messages import Message as DiscordMessage
from tests.wire.discord.server import open_discord
from tests.wire.slack.nouns import Message as SlackMessage
from tests.wire.slack.server import SlackServer, open_slack
from tests.wire.view import discord, slack
from tests.wire.view.onlookers import discord_screen, slack_screen
from tests.wire.view.shoot import open_browser, open_page
from tests.wire.view.stage import discord_settings, open_bot, slack_settings

_FOLDER = Path(__file__).parents[3] / ".github" / "images"
_PROMPT = "a red fox in the snow"
_TALK = (
    ("grace", "The winter newsletter goes out on Thursday. Does anybody have a picture for the top?"),
    ("ivy", "Not yet. Snow would be good, and something warm in it."),
    ("ada", "A fox! Let me try a few."),
)
_IN_SLACK = (1240, 1250)
_IN_DISCORD = (1320, 860)
_WIDTH = 1600
"""Pixels of the file, so that it is sharp where a README shows it half as wide."""
_COLOURS = 256
"""Enough for a screen with small paintings on it, and a file that a README can afford."""


async def picture_slack(browser: Browser, into: Path) -> None:
    """A card in a channel and its thread with four pictures, in Slack; an earlier card stands above."""
    with TemporaryDirectory() as folder:
        async with open_slack(limits=False) as server, open_bot(Path(folder), slack_settings(server)):
            await server.connected()
            await server.command("grace", "general", "/imagine", "a lighthouse in a storm --ar 16:9 --seed 42")
            await eventually(lambda: done_in_slack(server, 1), within=60)
            for who, words in _TALK:
                server.write(server.find_channel("general"), server.find_user(who).id, words)
            await server.command("ada", "general", "/imagine", f"{_PROMPT} --ar 21:9 --count 4 --seed 660992")
            card = await eventually(lambda: done_in_slack(server, 2), within=60)
            screen = slack_screen(server, "ada", "general", thread=card, whispers=False, sidebar=False)
    await take(browser, slack.draw(screen), into, size=_IN_SLACK)


async def done_in_slack(server: SlackServer, many: int) -> SlackMessage | None:
    """The last card, once so many are done and have their pictures in their threads."""
    cards = [card for card in server.messages("general") if "Done in" in card.text and server.messages("general", card.ts)]
    return cards[-1] if len(cards) == many else None


async def picture_discord(browser: Browser, into: Path) -> None:
    """A card in a channel and its thread with four pictures, in Discord."""
    with TemporaryDirectory() as folder:
        async with open_discord() as server, open_bot(Path(folder), discord_settings(server)) as app:
            await eventually(lambda: ready(app.platforms["discord"]))
            for who, words in _TALK:
                await server.say(who, "general", words)
            await server.slash("ada", "general", "imagine", {"prompt": _PROMPT, "ar": "16:9", "count": 4, "seed": 660992})

            async def drawn() -> DiscordMessage | None:
                cards = [card for card in server.messages("general") if "Done in" in card.text and card.thread]
                return cards[-1] if cards and cards[-1].thread and server.messages(cards[-1].thread) else None

            card = await eventually(drawn, within=60)
            screen = discord_screen(server, "ada", "general", thread=card, whispers=False)
    await take(browser, discord.draw(screen), into, size=_IN_DISCORD)


async def ready(platform: ChatPlatform) -> bool:
    return platform.ready


async def take(browser: Browser, drawn: str, into: Path, *, size: tuple[int, int]) -> None:
    """Write the page as a PNG of few colours."""
    async with open_page(browser, drawn, size=size, scale=_WIDTH / size[0]) as page:
        shot = await page.screenshot()
    with Image.open(io.BytesIO(shot)) as picture:
        small = picture.convert("RGB").quantize(_COLOURS, method=Image.Quantize.MEDIANCUT, kmeans=3)
    into.parent.mkdir(parents=True, exist_ok=True)
    small.save(into, optimize=True)


async def main() -> None:
    async with open_browser() as browser:
        await picture_slack(browser, _FOLDER / "slack.png")
        await picture_discord(browser, _FOLDER / "discord.png")
    sys.stdout.write(f"{_FOLDER}/slack.png and discord.png are new\n")


if __name__ == "__main__":
    asyncio.run(main())
