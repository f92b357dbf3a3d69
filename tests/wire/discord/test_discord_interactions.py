"""Interactions over the gateway, with the real discord.py at the other end."""

import io
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import discord
import pytest
from discord import app_commands

from tests.flows.story import eventually
from tests.wire.discord.caller import calling
from tests.wire.discord.guest import Guest, connected
from tests.wire.discord.interactions import Interaction
from tests.wire.discord.server import DiscordServer, open_discord
from tests.wire.discord.window import NotOffered

Do = Callable[[discord.Interaction], Awaitable[object]]


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


@asynccontextmanager
async def bot(do: Do, **options: Any) -> AsyncGenerator[DiscordServer]:
    """A server and a bot with one command, /do, that does this."""
    guest = Guest()

    @guest.tree.command(name="do", description="Do it")
    @app_commands.allowed_installs(guilds=True, users=True)
    @app_commands.allowed_contexts(guilds=True, dms=True, private_channels=True)
    async def command(
        interaction: discord.Interaction,
        what: str = "",  # noqa: ARG001 - read from the namespace
        file: discord.Attachment | None = None,  # noqa: ARG001 - the same
    ) -> None:
        await do(interaction)

    @command.autocomplete("what")
    async def complete(_: discord.Interaction, current: str) -> list[app_commands.Choice[str]]:
        return [app_commands.Choice(name=f"{current}!", value=current)]

    @guest.tree.context_menu(name="Use as prompt")
    async def use(interaction: discord.Interaction, message: discord.Message) -> None:
        await interaction.response.send_message(message.content, ephemeral=True)

    async with open_discord(**options) as server, connected(server, guest):
        await guest.tree.sync()
        yield server


async def tell(interaction: discord.Interaction) -> None:
    await interaction.response.send_message("done")


async def test_an_answer_is_there_with_its_time() -> None:
    async with bot(tell) as server:
        said = await server.slash("ada", "general", "do")
        assert (said.response, said.text, said.failed) == (4, "done", False)
        assert said.seconds is not None
        assert 0 <= said.seconds < 3
        assert [each.content for each in server.messages("general")] == ["done"]


async def test_an_answer_for_one_person_is_seen_by_one_person() -> None:
    async def whisper(interaction: discord.Interaction) -> None:
        await interaction.response.send_message("for you", ephemeral=True)

    async with bot(whisper) as server:
        said = await server.slash("ada", "general", "do")
        assert said.ephemeral
        assert server.messages("general") == []
        assert [each.content for each in server.ephemerals("ada")] == ["for you"]
        assert server.ephemerals("ivy") == []
        assert said.message is not None
        async with calling(server) as caller:
            path = f"/channels/{server.channel('general').id}/messages/{said.message.id}"
            assert (await caller.ask("PATCH", path, {"content": "x"})).code == 10008


async def test_a_deferred_answer_is_filled_and_stays_as_private_as_it_began() -> None:
    async def later(interaction: discord.Interaction) -> None:
        await interaction.response.defer(ephemeral=True)
        await interaction.edit_original_response(content="filled", attachments=[discord.File(io.BytesIO(b"x"), "a.png", description="A")])
        await interaction.followup.send("second")

    async with bot(later) as server:
        said = await server.slash("ada", "general", "do")
        assert (said.response, said.ephemeral) == (5, True)

        async def both() -> bool:
            return len(said.replies) == 2

        await eventually(both)
        assert [(each.content, each.ephemeral, each.edits) for each in said.replies] == [("filled", True, 0), ("second", False, 0)]
        assert said.replies[0].attachments[0].description == "A"


async def test_the_first_follow_up_after_a_defer_fills_the_placeholder() -> None:
    async def later(interaction: discord.Interaction) -> None:
        await interaction.response.defer(ephemeral=True)
        await interaction.followup.send("first")
        await interaction.delete_original_response()

    async with bot(later) as server:
        said = await server.slash("ada", "general", "do")

        async def gone() -> bool:
            return said.deleted

        await eventually(gone)
        assert [(each.content, each.ephemeral) for each in said.replies] == [("first", True)]


async def test_nothing_after_three_seconds_is_a_failure_and_the_token_is_dead() -> None:
    codes: list[int] = []

    async def nothing(interaction: discord.Interaction) -> None:
        server.skip_clock(4)
        try:
            await interaction.response.send_message("too late")
        except discord.NotFound as error:
            codes.append(error.code)

    async with bot(nothing) as server:
        said = await server.slash("ada", "general", "do")
        assert said.failed

        async def refused() -> bool:
            return codes == [10062]

        await eventually(refused)
        assert server.messages("general") == []


async def test_a_second_answer_is_one_too_many() -> None:
    async with bot(tell) as server, calling(server) as caller:
        said = await server.slash("ada", "general", "do")
        path = f"/interactions/{said.id}/{said.token}/callback"
        refused = await caller.ask("POST", path, {"type": 4, "data": {"content": "again"}})
        assert (refused.status, refused.code) == (400, 40060)


async def test_after_fifteen_minutes_the_token_is_worth_nothing_but_the_message_can_still_be_edited() -> None:
    async with bot(tell) as server, calling(server) as caller:
        said = await server.slash("ada", "general", "do")
        path = f"/webhooks/{server.application_id}/{said.token}/messages/@original"
        assert (await caller.ask("PATCH", path, {"content": "in time"})).status == 200
        server.skip_clock(15 * 60 + 1)
        late = await caller.ask("PATCH", path, {"content": "late"})
        assert (late.status, late.code) == (401, 50027)
        assert (await caller.ask("POST", f"/webhooks/{server.application_id}/{said.token}", {"content": "late"})).code == 50027
        assert server.invalid_requests == 2
        assert said.message is not None
        own = f"/channels/{said.channel.id}/messages/{said.message.id}"
        assert (await caller.ask("PATCH", own, {"content": "by its own token"})).status == 200
        assert said.text == "by its own token"


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({"type": 6}, "type"),
        ({"type": 7, "data": {"content": "x"}}, "type"),
        ({"type": 8, "data": {"choices": []}}, "type"),
        ({"type": 9, "data": {"title": "t" * 46, "custom_id": "c", "components": [{"type": 10, "content": "x"}]}}, "data.title"),
        ({"type": 9, "data": {"title": "t", "custom_id": "c", "components": []}}, "data.components"),
        ({"type": 9, "data": {"title": "t", "custom_id": "c", "components": [{"type": 10, "content": "x"}] * 6}}, "data.components"),
        ({"type": 9, "data": {"title": "t", "custom_id": "c", "components": [{"type": 18, "label": "l" * 46}]}}, "data.components.0.label"),
        (
            {
                "type": 9,
                "data": {
                    "title": "t",
                    "custom_id": "c",
                    "components": [{"type": 18, "label": "l", "component": {"type": 4, "style": 1, "custom_id": "c", "value": "v" * 4001}}],
                },
            },
            "data.components.0.component.value",
        ),
    ],
)
async def test_an_answer_of_the_wrong_kind_is_refused(body: dict[str, Any], path: str) -> None:
    async def nothing(interaction: discord.Interaction) -> None:
        """Leaves the answer to the test."""

    async with bot(nothing) as server, calling(server) as caller:
        said = await server.slash("ada", "general", "do", wait=False)
        reply = await caller.ask("POST", f"/interactions/{said.id}/{said.token}/callback", body)
        assert reply.errors(path)
        assert said.response is None


async def test_a_form_is_shown_filled_in_and_sent() -> None:
    forms: list[Form] = []

    async def show(interaction: discord.Interaction) -> None:
        forms.append(Form())
        await interaction.response.send_modal(forms[-1])

    async with bot(show) as server:
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

    async with bot(panel) as server:
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
    async with bot(tell) as server:
        assert await server.autocomplete("ada", "general", "do", "what", "fo") == [{"name": "fo!", "value": "fo"}]
        with pytest.raises(NotOffered):
            await server.autocomplete("ada", "general", "do", "file", "fo")


async def test_an_entry_in_a_messages_menu_has_the_whole_message() -> None:
    async with bot(tell) as server:
        message = await server.say("ivy", "general", "a red fox")
        said = await server.context_menu("ada", "Use as prompt", message)
        assert (said.text, said.ephemeral) == ("a red fox", True)


async def test_a_file_comes_with_a_command_and_can_be_read() -> None:
    contents: list[bytes] = []

    async def look(interaction: discord.Interaction) -> None:
        contents.append(await interaction.namespace.file.read())
        await interaction.response.send_message(str(interaction.filesize_limit))

    async with bot(look) as server:
        server.guild.tier = 2
        said = await server.slash("ada", "general", "do", {"file": "a.png"}, attachments={"a.png": b"bytes"})
        assert contents == [b"bytes"]
        assert said.text == str(50 * 1024 * 1024)


@pytest.mark.parametrize("options", [{"nothing": 1}, {"what": 3}])
async def test_the_window_sends_only_what_was_registered(options: dict[str, Any]) -> None:
    async with bot(tell) as server:
        with pytest.raises(NotOffered):
            await server.slash("ada", "general", "do", options)
        with pytest.raises(NotOffered):
            await server.slash("ada", "general", "undone")
        with pytest.raises(NotOffered):
            await server.slash("ada", "attic", "do")


async def test_an_app_that_only_the_person_installed_has_five_follow_ups_and_no_channel() -> None:
    async with bot(tell, limit=20) as server, calling(server) as caller:
        with pytest.raises(NotOffered):
            await server.slash("ivy", "far", "do")
        said = await server.slash("ivy", "far", "do", by_user=True)
        assert said.text == "done"
        assert said.owners == {"1": str(server.user("ivy").id)}
        path = f"/webhooks/{server.application_id}/{said.token}"
        replies = [await caller.ask("POST", path, {"content": str(number)}) for number in range(6)]
        assert [reply.status for reply in replies] == [200] * 5 + [400]
        assert replies[-1].code == 40094
        assert (await caller.post("far", {"content": "x"})).code == 50001
        closed = await server.slash("ada", "far-and-closed", "do", by_user=True)
        assert closed.ephemeral


async def test_a_command_works_in_a_direct_message_and_between_two_people() -> None:
    async with bot(tell) as server:
        assert (await server.slash("ada", server.dm("ada"), "do")).context == 1
        assert [each.content for each in server.dms("ada")] == ["done"]
        assert (await server.slash("ada", "between ada and ivy", "do", by_user=True)).context == 2


async def test_the_same_interaction_can_come_twice() -> None:
    seen: list[int] = []

    async def note(interaction: discord.Interaction) -> None:
        seen.append(interaction.id)

    async with bot(note) as server:
        said: Interaction = await server.slash("ada", "general", "do", wait=False)
        server.replay()

        async def twice() -> bool:
            return seen == [said.id, said.id]

        await eventually(twice)
