"""The server itself, driven by the real discord.py."""

import io

import discord
from discord import app_commands

from tests.flows.story import eventually
from tests.wire.discord.guest import Guest, connected
from tests.wire.discord.server import open_discord


async def test_a_bot_logs_in_and_sees_its_servers() -> None:
    async with open_discord() as server, connected(server, Guest()) as guest:
        assert guest.user is not None
        assert guest.user.id == server.application_id
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
