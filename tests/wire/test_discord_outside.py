"""Where the bot is no member and a person brought it along: everything goes through what that person did, as long as that lasts."""

import asyncio
from pathlib import Path

import pytest

from adapters.platforms.discord.outside import Outside
from bot.errors import PlatformFault
from bot.model import Answer, Message, Place, Role, State
from tests.flows.story import eventually
from tests.wire.discord.interactions import Interaction
from tests.wire.discord.messages import Message as Seen
from tests.wire.discord.server import open_discord
from tests.wire.discord_life import Scene, Script, open_life, open_scene
from tests.wire.discord_sender import CARD, JOB, RESULT, Shelf, card, result


def far(scene: Scene) -> Place:
    channel = scene.server.channel("far")
    assert channel.guild
    return Place(platform="discord", workspace=str(channel.guild.id), channel=str(channel.id), private=True)


@pytest.mark.parametrize("channel", ["far", "between ada and ivy"])
async def test_a_card_and_its_result_come_as_answers(tmp_path: Path, channel: str) -> None:
    async with open_discord() as server, open_life(tmp_path, server) as life:
        said = await server.slash("ada", channel, "imagine", {"prompt": "a red fox"}, by_user=True)
        job = await life.delivered()
        await life.until(job.id)
        (fine,) = [reply for reply in said.replies if "/guidelines" in reply.text]
        words, shown, pictured = [reply for reply in said.replies if reply is not fine]
        assert "not a member here" in words.text
        assert words.ephemeral
        assert fine.ephemeral
        assert "a red fox" in shown.text
        assert not shown.ephemeral
        assert len(pictured.pictures) == 1
        assert said.follow_ups == 3
        assert job.person.roles == {Role.MEMBER}
        assert server.messages(channel) == [shown, pictured]


async def test_a_refusal_is_seen_by_one_person_there_too(tmp_path: Path) -> None:
    async with open_discord() as server, open_life(tmp_path, server) as life:
        said = await server.slash("ada", "far", "imagine", {"prompt": "a n4ked woman"}, by_user=True)
        message = await filled(said)
        assert message.ephemeral
        assert (await life.jobs())[0].state is State.BLOCKED
        assert server.messages("far") == []


async def filled(said: Interaction) -> Seen:
    """The answer that took the place of the acknowledgement."""

    async def there() -> Seen | None:
        return said.message if said.message and not said.message.loading else None

    return await eventually(there)


async def test_an_admin_of_a_server_that_the_bot_is_not_in_is_nobody_special() -> None:
    async with open_scene() as scene:
        await scene.server.slash("ivy", "far", "imagine", {"prompt": "a boat"}, by_user=True)
        [invocation] = await scene.heard()
        assert not invocation.person.moderates
        assert invocation.place == far(scene)


async def test_a_button_there_answers_there() -> None:
    async with open_scene() as scene:
        scene.hub.says(Answer(job=JOB))
        first = await scene.server.slash("ada", "far", "imagine", {"prompt": "a boat"}, by_user=True)
        await scene.heard()
        await scene.platform.post(far(scene), result(scene.shelf), key=RESULT)
        scene.hub.says(Answer(job="8kq2mw9x"))
        pressed = await scene.server.press("ivy", first.replies[-1], "Vary 1")
        await scene.heard(2)
        await scene.platform.post(far(scene), card(), key="8kq2mw9x:card")
        assert pressed.replies[-1].text == scene.server.messages("far")[-1].text
        assert scene.server.called("POST /channels/{channel_id}/messages") == []


async def test_the_same_key_gives_the_same_post_after_a_restart_too() -> None:
    kit = Shelf().kit()
    hub = Script()
    hub.says(Answer(job=JOB))
    async with open_discord() as server:
        async with open_scene(server=server, hub=hub, kit=kit) as scene:
            await server.slash("ada", "far", "imagine", {"prompt": "a boat"}, by_user=True)
            first = await scene.platform.post(far(scene), card(), key=CARD)
        async with open_scene(server=server, kit=kit) as scene:
            assert await scene.platform.post(far(scene), card(), key=CARD, again=True) == first
            await scene.platform.edit(first, Message(text="done", body="done"))
            assert await scene.platform.open_thread(first, "a boat") == first.place
            assert [each.text for each in server.messages("far")] == ["done"]


async def test_after_the_end_it_is_a_lasting_fault_and_progress_is_dropped() -> None:
    async with open_scene() as scene:
        scene.hub.says(Answer(job=JOB))
        await scene.server.slash("ada", "far", "imagine", {"prompt": "a boat"}, by_user=True)
        await scene.heard()
        post = await scene.platform.post(far(scene), card(), key=CARD)
        scene.server.skip_clock(16 * 60)
        for attempt in (scene.platform.edit(post, Message(text="done", body="done")), scene.platform.post(far(scene), card(), key=RESULT)):
            with pytest.raises(PlatformFault) as fault:
                await attempt
            assert fault.value.permanent


async def test_before_the_end_a_card_that_still_waits_says_so() -> None:
    async with open_scene() as scene:
        scene.hub.says(Answer(job="other"))
        said = await scene.server.slash("ada", "far", "imagine", {"prompt": "a boat"}, by_user=True)
        await scene.heard()
        connection = scene.platform._connection  # pyright: ignore[reportPrivateUsage] - a shorter end than Discord's needs one of its own
        assert connection is not None
        reply = connection.whispers._last[  # pyright: ignore[reportPrivateUsage] - see above
            str(scene.server.user("ada").id), far(scene).channel
        ]
        short = Outside(connection.client, connection.posts, scene.shelf.kit().vault, life=reply.age + 2.0)
        await short.bind(JOB, reply)
        await short.post(far(scene), card(), key=CARD)
        async with asyncio.timeout(5):
            await short.watch(JOB)
        assert "longer than the 15 minutes" in said.replies[-1].text
        await short.bind("9kq2mw9x", reply)
        await short.post(far(scene), card(), key="9kq2mw9x:card")
        await short.post(far(scene), result(scene.shelf), key="9kq2mw9x:result")
        await short.watch("9kq2mw9x")
        assert "Drawing" in said.replies[-2].text


async def test_what_is_over_is_forgotten_at_the_next_start() -> None:
    kit = Shelf().kit()
    hub = Script()
    hub.says(Answer(job=JOB))
    async with open_discord() as server:
        async with open_scene(server=server, hub=hub, kit=kit) as scene:
            await server.slash("ada", "far", "imagine", {"prompt": "a boat"}, by_user=True)
            post = await scene.platform.post(far(scene), card(), key=CARD)
        name = f"outside:job:{JOB}"
        kept = await kit.vault.get(name)
        assert kept is not None
        await kit.vault.put(name, kept.replace(b'"ends": 1', b'"ends": -1'))
        async with open_scene(server=server, kit=kit) as scene:

            async def forgotten() -> bool:
                return not await kit.vault.names("outside:")

            await eventually(forgotten)
            with pytest.raises(PlatformFault):
                await scene.platform.edit(post, card("Done", progress=None))


async def test_a_machine_that_did_not_hear_it_posts_it_as_soon_as_the_other_has_bound_it() -> None:
    kit = Shelf().kit()
    async with open_discord() as server, open_scene(server=server, kit=kit) as scene:
        scene.hub.says(Answer(job="other"))
        await server.slash("ada", "far", "imagine", {"prompt": "a boat"}, by_user=True)
        await scene.heard()
        connection = scene.platform._connection  # pyright: ignore[reportPrivateUsage] - the other machine shares its client here
        assert connection is not None
        reply = connection.whispers._last[  # pyright: ignore[reportPrivateUsage] - see above
            str(server.user("ada").id), far(scene).channel
        ]
        here, there = (Outside(connection.client, connection.posts, kit.vault) for _ in range(2))
        async with asyncio.timeout(8), asyncio.TaskGroup() as tasks:
            posting = tasks.create_task(there.post(far(scene), card(), key=CARD))
            await asyncio.wait({posting}, timeout=0.2)
            await here.bind(JOB, reply)
            first = await posting
        assert await here.post(far(scene), card(), key=CARD) == first
        assert [each.id for each in server.messages("far") if "Drawing" in each.text] == [int(first.id)]
