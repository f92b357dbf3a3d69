"""A second opinion on what we send to Discord: simcord, somebody else's model of it, written from the same documents."""

import discord
import simcord

from adapters.platforms.discord.posts import Posts
from adapters.platforms.discord.shapes import COMPONENTS
from bot.model import Place, Tone
from tests.wire.discord_sender import CARD, JOB, RESULT, Shelf, card, result


async def test_another_model_of_discord_takes_card_thread_result_and_edit() -> None:
    client = discord.Client(intents=discord.Intents(13825), allowed_mentions=discord.AllowedMentions.none())
    async with simcord.run(client) as env:
        guild = env.create_guild()
        channel = guild.create_text_channel("general")
        await env.settle()
        shelf = Shelf()
        posts = Posts(client, shelf.kit())
        place = Place(platform="discord", workspace=str(guild.id), channel=str(channel.id))
        posted = await posts.post(place, card(), key=CARD)
        thread = await posts.open_thread(posted, "a red fox")
        assert thread.thread == posted.id
        final = await posts.post(thread, result(shelf), key=RESULT)
        await posts.edit(posted, card("Done", progress=None, tone=Tone.GOOD))
        again = Posts(client, shelf.kit())
        assert await again.post(thread, result(shelf), key=RESULT, again=True) == final
        shown = await client.http.get_message(int(posted.id), int(final.id))
        assert [each["filename"] for each in shown["attachments"]] == [f"limner-{JOB}-1.png", f"limner-{JOB}-2.png"]
        first = await client.http.get_message(channel.id, int(posted.id))
        assert first.get("flags", 0) & COMPONENTS
        assert "Done" in str(first.get("components"))
        env.raise_errors()
