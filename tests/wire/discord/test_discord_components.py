"""Buttons, menus, forms and choices, with the real discord.py at the other end."""

from typing import Any

import discord
import pytest

from tests.flows.story import eventually
from tests.wire.discord.caller import calling
from tests.wire.discord.guest import answering, tell
from tests.wire.discord.window import NotOffered


class Form(discord.ui.Modal, title="Remix"):
    """A form with a text, a menu and a file."""

    prompt: "discord.ui.Label[Form]" = discord.ui.Label(text="Prompt", component=discord.ui.TextInput(default="a boat", max_length=20))
    style: "discord.ui.Label[Form]" = discord.ui.Label(
        text="Style", component=discord.ui.Select(options=[discord.SelectOption(label="Ink", value="ink", default=True)])
    )
    file: "discord.ui.Label[Form]" = discord.ui.Label(text="Picture", component=discord.ui.FileUpload(required=False))
    sent: discord.Interaction | None = None

    async def on_submit(self, interaction: discord.Interaction, /) -> None:
        self.sent = interaction
        words: Any = (self.prompt.component, self.style.component, self.file.component)
        names = [attachment.filename for attachment in words[2].values]
        await interaction.response.send_message(f"{words[0].value} {words[1].values} {names}", ephemeral=True)


async def test_a_form_is_shown_filled_in_and_sent() -> None:
    forms: list[Form] = []

    async def show(interaction: discord.Interaction) -> None:
        forms.append(Form())
        await interaction.response.send_modal(forms[-1])

    async with answering(show) as server:
        said = await server.slash("ada", "general", "do")
        assert said.modal is not None
        assert (said.modal.title, [each.label for each in said.modal.fields]) == ("Remix", ["Prompt", "Style", "Picture"])
        assert said.modal.field("Prompt").value == "a boat"
        with pytest.raises(NotOffered):
            await server.submit("ivy", said, {})
        with pytest.raises(NotOffered):
            await server.submit("ada", said, {"Prompt": "x" * 21})
        sent = await server.submit("ada", said, {"Prompt": "a ship"}, files={"Picture": {"in.png": b"bytes"}})
        assert sent.text == "a ship ['ink'] ['in.png']"
        async with calling(server) as caller:
            again = await server.submit("ada", said, {}, wait=False)
            body = {"type": 9, "data": {"title": "t", "custom_id": "c", "components": [{"type": 10, "content": "x"}]}}
            assert (await caller.ask("POST", f"/interactions/{again.id}/{again.token}/callback", body)).errors("type")


async def test_a_button_updates_its_message_and_a_menu_chooses() -> None:
    class Panel(discord.ui.View):
        @discord.ui.button(label="Next", custom_id="next")
        async def next(self, interaction: discord.Interaction, _: "discord.ui.Button[Panel]") -> None:
            await interaction.response.edit_message(content="second page")

        @discord.ui.button(label="Slow", custom_id="slow")
        async def slow(self, interaction: discord.Interaction, _: "discord.ui.Button[Panel]") -> None:
            await interaction.response.defer()
            await interaction.edit_original_response(content="third page")

        @discord.ui.button(label="Off", custom_id="off", disabled=True)
        async def off(self, interaction: discord.Interaction, _: "discord.ui.Button[Panel]") -> None:
            """Never."""

        @discord.ui.select(placeholder="Style", options=[discord.SelectOption(label="Ink", value="ink")])
        async def style(self, interaction: discord.Interaction, menu: "discord.ui.Select[Panel]") -> None:
            await interaction.response.send_message(menu.values[0], ephemeral=True)

    async def panel(interaction: discord.Interaction) -> None:
        await interaction.response.send_message("first page", view=Panel())

    async with answering(panel) as server:
        message = (await server.slash("ada", "general", "do")).message
        assert message is not None
        assert message.labels == ["Next", "Slow", "Off"]
        pressed = await server.press("ivy", message, "Next")
        assert (pressed.response, message.content, message.edits) == (7, "second page", 1)
        slow = await server.press("ivy", message, "slow")
        assert slow.response == 6

        async def third() -> bool:
            return message.content == "third page"

        await eventually(third)
        assert (await server.select("ada", message, "Style", ["Ink"])).text == "ink"
        for name in ("Off", "No such button"):
            with pytest.raises(NotOffered):
                await server.press("ada", message, name)


async def test_choices_appear_while_somebody_types() -> None:
    async with answering(tell) as server:
        assert await server.autocomplete("ada", "general", "do", "what", "fo") == [{"name": "fo!", "value": "fo"}]
        with pytest.raises(NotOffered):
            await server.autocomplete("ada", "general", "do", "file", "fo")


async def test_an_entry_in_a_messages_menu_has_the_whole_message() -> None:
    async with answering(tell) as server:
        message = await server.say("ivy", "general", "a red fox")
        said = await server.context_menu("ada", "Use as prompt", message)
        assert (said.text, said.ephemeral) == ("a red fox", True)


async def test_a_file_comes_with_a_command_and_can_be_read() -> None:
    contents: list[bytes] = []

    async def look(interaction: discord.Interaction) -> None:
        contents.append(await interaction.namespace.file.read())
        await interaction.response.send_message(str(interaction.filesize_limit))

    async with answering(look) as server:
        server.guild.tier = 2
        said = await server.slash("ada", "general", "do", {"file": "a.png"}, attachments={"a.png": b"bytes"})
        assert contents == [b"bytes"]
        assert said.text == str(50 * 1024 * 1024)


@pytest.mark.parametrize("options", [{"nothing": 1}, {"what": 3}])
async def test_the_window_sends_only_what_was_registered(options: dict[str, Any]) -> None:
    async with answering(tell) as server:
        with pytest.raises(NotOffered):
            await server.slash("ada", "general", "do", options)
        with pytest.raises(NotOffered):
            await server.slash("ada", "general", "undone")
        with pytest.raises(NotOffered):
            await server.slash("ada", "attic", "do")
