"""Answers to interactions over the gateway, with the real discord.py at the other end."""

import io
from typing import Any

import discord
import pytest

from tests.flows.story import eventually
from tests.wire.discord.caller import calling
from tests.wire.discord.guest import answering, tell
from tests.wire.discord.interactions import Interaction
from tests.wire.discord.window import NotOffered


async def test_an_answer_is_there_with_its_time() -> None:
    async with answering(tell) as server:
        said = await server.slash("ada", "general", "do")
        assert (said.response, said.text, said.failed) == (4, "done", False)
        assert said.seconds is not None
        assert 0 <= said.seconds < 3
        assert [each.content for each in server.messages("general")] == ["done"]


async def test_an_answer_for_one_person_is_seen_by_one_person() -> None:
    async def whisper(interaction: discord.Interaction) -> None:
        await interaction.response.send_message("for you", ephemeral=True)

    async with answering(whisper) as server:
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

    async with answering(later) as server:
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

    async with answering(later) as server:
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

    async with answering(nothing) as server:
        said = await server.slash("ada", "general", "do")
        assert said.failed

        async def refused() -> bool:
            return codes == [10062]

        await eventually(refused)
        assert server.messages("general") == []


async def test_a_second_answer_is_one_too_many() -> None:
    async with answering(tell) as server, calling(server) as caller:
        said = await server.slash("ada", "general", "do")
        path = f"/interactions/{said.id}/{said.token}/callback"
        refused = await caller.ask("POST", path, {"type": 4, "data": {"content": "again"}})
        assert (refused.status, refused.code) == (400, 40060)


async def test_after_fifteen_minutes_the_token_is_worth_nothing_but_the_message_can_still_be_edited() -> None:
    async with answering(tell) as server, calling(server) as caller:
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

    async with answering(nothing) as server, calling(server) as caller:
        said = await server.slash("ada", "general", "do", wait=False)
        reply = await caller.ask("POST", f"/interactions/{said.id}/{said.token}/callback", body)
        assert reply.errors(path)
        assert said.response is None


async def test_an_app_that_only_the_person_installed_has_five_follow_ups_and_no_channel() -> None:
    async with answering(tell, limit=20) as server, calling(server) as caller:
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
    async with answering(tell) as server:
        assert (await server.slash("ada", server.dm("ada"), "do")).context == 1
        assert [each.content for each in server.dms("ada")] == ["done"]
        assert (await server.slash("ada", "between ada and ivy", "do", by_user=True)).context == 2


async def test_the_same_interaction_can_come_twice() -> None:
    seen: list[int] = []

    async def note(interaction: discord.Interaction) -> None:
        seen.append(interaction.id)

    async with answering(note) as server:
        said: Interaction = await server.slash("ada", "general", "do", wait=False)
        server.replay()

        async def twice() -> bool:
            return seen == [said.id, said.id]

        await eventually(twice)
