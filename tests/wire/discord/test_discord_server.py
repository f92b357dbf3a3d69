"""The server itself, driven by the real discord.py."""

import io
import time

import aiohttp
import discord
import pytest
from discord import app_commands

from tests.flows.story import eventually
from tests.wire.discord.guest import Guest, connected, pointed_at
from tests.wire.discord.people import MIB
from tests.wire.discord.permissions import ATTACH_FILES
from tests.wire.discord.server import open_discord


async def test_a_bot_logs_in_and_sees_its_servers() -> None:
    async with open_discord() as server, connected(server, Guest()) as guest:
        assert guest.user is not None
        assert guest.user.id == server.application_id
        assert server.lines[-1].deflate is not None
        assert {guild.name for guild in guest.guilds} == {"Workshop", "Elsewhere"}


async def test_a_message_arrives_with_its_file() -> None:
    async with open_discord() as server, connected(server, Guest()) as guest:
        channel = guest.get_channel(server.channel("general").id)
        assert isinstance(channel, discord.TextChannel)
        await channel.send("Hello", file=discord.File(io.BytesIO(b"bytes"), "a b.png", description="A boat"))
        [message] = server.messages("general")
        assert message.content == "Hello"
        assert [(each.filename, each.content, each.description) for each in message.attachments] == [("a_b.png", b"bytes", "A boat")]


async def test_a_command_is_registered_typed_and_answered() -> None:
    async with open_discord() as server:
        guest = Guest()

        @guest.tree.command(name="imagine", description="Draw")
        @app_commands.describe(prompt="What")
        async def imagine(interaction: discord.Interaction, prompt: str, count: app_commands.Range[int, 1, 4] = 1) -> None:
            view = discord.ui.View()
            button: discord.ui.Button[discord.ui.View] = discord.ui.Button(label="Again", custom_id="again")
            view.add_item(button)
            await interaction.response.send_message(f"{prompt} {count}", view=view)

        async with connected(server, guest):
            await guest.tree.sync()
            said = await server.slash("ada", "general", "imagine", {"prompt": "a boat", "count": 2})
            assert said.text == "a boat 2"
            assert said.message is not None
            pressed = await server.press("ada", said.message, "Again", wait=False)

            async def heard() -> list[object]:
                return [each for each in guest.events("interaction") if each.id == pressed.id]

            await eventually(heard)


async def test_a_limit_is_waited_out_and_a_wall_is_not() -> None:
    async with open_discord() as server, connected(server, Guest()) as guest:
        channel = guest.get_partial_messageable(server.channel("general").id)
        server.rate_limit("POST /channels/*/messages", 0.05)
        await channel.send("after a while")
        assert [call.status for call in server.called("POST /channels/{channel_id}/messages")] == [429, 200]
        server.rate_limit("POST /channels/*/messages", 60, via=False)
        with pytest.raises(discord.HTTPException, match="1015"):
            await channel.send("never")
        assert [each.content for each in server.messages("general")] == ["after a while"]
        assert server.invalid_requests == 2


async def test_a_global_limit_holds_everything_back() -> None:
    async with open_discord() as server, connected(server, Guest()) as guest:
        server.rate_limit("POST /channels/*/messages", 0.05, scope="global")
        await guest.get_partial_messageable(server.channel("general").id).send("x")
        assert [call.status for call in server.calls[-2:]] == [429, 200]


async def test_a_slow_answer_comes_late_and_a_lost_request_does_nothing() -> None:
    async with open_discord() as server, connected(server, Guest()) as guest:
        channel = guest.get_partial_messageable(server.channel("general").id)
        server.slow("POST /channels/*/messages", 0.1)
        began = time.monotonic()
        await channel.send("slow")
        assert time.monotonic() - began >= 0.1
        server.lost_request("POST /channels/*/messages")
        with pytest.raises(aiohttp.ClientError):
            await channel.send("lost")
        assert [each.content for each in server.messages("general")] == ["slow"]


async def test_pictures_are_seen_with_their_words_and_covers() -> None:
    async with open_discord() as server, connected(server, Guest()) as guest:
        channel = guest.get_partial_messageable(server.channel("general").id)
        await channel.send(file=discord.File(io.BytesIO(b"a"), "a.png", description="A", spoiler=True))
        view = discord.ui.LayoutView()
        gallery: discord.ui.MediaGallery[discord.ui.LayoutView] = discord.ui.MediaGallery()
        gallery.add_item(media="attachment://b.png", description="B", spoiler=True)
        gallery.add_item(media="attachment://c.png")
        view.add_item(discord.ui.Container(gallery))
        files = [discord.File(io.BytesIO(name.encode()), f"{name}.png", description=name) for name in "bcd"]
        await channel.send(view=view, files=files)
        plain, laid_out = server.messages("general")
        assert [(each.filename, each.alt, each.spoiler) for each in plain.pictures] == [("SPOILER_a.png", "A", True)]
        assert [(each.filename, each.alt, each.spoiler) for each in laid_out.pictures] == [("b.png", "B", True), ("c.png", "c", False)]
        assert [each.filename for each in laid_out.hidden] == ["d.png"]


async def test_an_edit_keeps_the_files_it_names() -> None:
    async with open_discord() as server, connected(server, Guest()) as guest:
        channel = guest.get_partial_messageable(server.channel("general").id)
        message = await channel.send(files=[discord.File(io.BytesIO(b"a"), "a.png"), discord.File(io.BytesIO(b"b"), "b.png")])
        await message.edit(attachments=[message.attachments[1], discord.File(io.BytesIO(b"c"), "c.png")])
        [seen] = server.messages("general")
        assert [each.filename for each in seen.attachments] == ["b.png", "c.png"]
        assert (await channel.fetch_message(message.id)).attachments[0].id == message.attachments[1].id


async def test_what_admins_change_is_known_to_the_library() -> None:
    async with open_discord() as server, connected(server, Guest()) as guest:
        general = server.channel("general")
        server.deny(general, ATTACH_FILES)
        server.guild.tier = 3
        server.changed(server.guild)
        server.remove_bot(server.guild_named("Elsewhere"))
        server.delete_channel(server.channel("ideas"))

        async def known() -> bool:
            channel, guild = guest.get_channel(general.id), guest.get_guild(server.guild.id)
            assert isinstance(channel, discord.TextChannel)
            assert guild is not None
            rights = channel.permissions_for(guild.me)
            gone = guest.get_channel_named("ideas") is None and len(guest.guilds) == 1
            return not rights.attach_files and rights.send_messages and guild.filesize_limit == 100 * MIB and gone

        await eventually(known)
        server.allow(general, ATTACH_FILES)
        await guest.get_partial_messageable(general.id).send(file=discord.File(io.BytesIO(b"a"), "a.png"))
        assert server.messages("general")[-1].attachments


async def test_one_session_too_many_resets_the_token() -> None:
    async with open_discord() as server:
        server.world.gateway.starts = 1
        async with connected(server, Guest()):
            pass
        with pytest.raises(discord.ConnectionClosed, match="4004"):
            async with pointed_at(server.api_url, server.gateway_url), Guest() as guest:
                await guest.start(server.token)
        with pytest.raises(discord.LoginFailure):
            async with pointed_at(server.api_url, server.gateway_url), Guest() as guest:
                await guest.start(server.token)


async def test_a_thread_takes_messages_by_a_permission_of_its_own() -> None:
    async with open_discord() as server, connected(server, Guest()) as guest:
        channel = guest.get_channel(server.channel("no-posts-in-threads").id)
        assert isinstance(channel, discord.TextChannel)
        message = await channel.send("x")
        thread = await message.create_thread(name="t")
        assert thread.id == message.id
        assert [each.name for each in server.threads("no-posts-in-threads")] == ["t"]
        with pytest.raises(discord.Forbidden):
            await thread.send("y")
        assert server.calls[-1].code == 50013
