"""Messages and reactions on Discord: what is meant for the bot, without the right to read everything."""

import asyncio
from typing import Any

import pytest

from bot.model import Answer, Message, Origin, Place, Role, Tone
from tests.wire.discord.permissions import VIEW
from tests.wire.discord.server import open_discord
from tests.wire.discord_life import Scene, open_scene


def tell(text: str) -> Answer:
    return Answer(whisper=Message(text=text, body=text, tone=Tone.WARNING))


def place(scene: Scene, channel: str = "general") -> Place:
    found = scene.server.channel(channel)
    home = found.parent or found
    thread = str(found.id) if found.parent else None
    return Place(platform="discord", workspace=str(scene.server.guild.id), channel=str(home.id), thread=thread)


async def last(scene: Scene, *, before: int = 0) -> str:
    """The next line that the hub hears."""
    return (await scene.heard(before + 1))[-1].line


async def test_a_mention_in_a_channel_is_a_line() -> None:
    async with open_scene() as scene:
        message = await scene.server.say("ada", "general", f"{scene.server.bot.mention} imagine a small boat --ar 16:9")
        [invocation] = await scene.heard()
        assert (invocation.origin, invocation.line) == (Origin.MENTION, "imagine a small boat --ar 16:9")
        assert (invocation.person.name, invocation.place.channel) == ("Ada", str(scene.server.channel("general").id))
        assert str(message.id) in invocation.event


async def test_a_mention_in_a_thread_is_asked_there() -> None:
    async with open_scene() as scene:
        await scene.server.say("ada", "sketches", f"{scene.server.bot.mention} imagine a boat")
        [invocation] = await scene.heard()
        assert invocation.place.thread == str(scene.server.channel("sketches").id)
        assert invocation.place.channel == str(scene.server.channel("general").id)


async def test_a_direct_message_needs_no_mention() -> None:
    async with open_scene() as scene:
        await scene.server.direct("ivy", "imagine a small boat")
        [invocation] = await scene.heard()
        assert invocation.line == "imagine a small boat"
        assert invocation.place.direct
        assert invocation.place.workspace == invocation.person.workspace == "dm"
        assert not invocation.place.age_restricted


async def test_a_picture_sent_directly_comes_along() -> None:
    async with open_scene() as scene:
        await scene.server.direct("ivy", "imagine it at night", attachments={"fox.png": b"picture", "notes.txt": b"text"})
        [invocation] = await scene.heard()
        assert [each.name for each in invocation.attachments] == ["fox.png"]
        assert await scene.platform.fetch(invocation.attachments[0]) == b"picture"


async def test_chatter_other_bots_and_replies_are_not_meant() -> None:
    async with open_scene() as scene:
        server = scene.server
        await server.say("ada", "general", "hello everybody")
        await server.say("ada", "general", f"thanks {server.bot.mention}")
        await server.say("beep", "general", f"{server.bot.mention} imagine a boat")
        await scene.platform.post(place(scene), Message(text="card", body="card"), key="7kq2mw9x:card")
        ours = server.messages("general")[-1]
        await server.say("ada", "general", "lovely", reply_to=ours)
        await server.say("ada", "general", f"{server.bot.mention} help")
        assert [each.line for each in await scene.heard()] == ["help"]


async def test_the_bots_name_alone_asks_for_help() -> None:
    async with open_scene() as scene:
        await scene.server.say("ada", "general", scene.server.bot.mention)
        assert await last(scene) == "help"


async def test_discords_own_signs_become_words_and_people_roles_and_channels_marks() -> None:
    async with open_scene() as scene:
        ivy, general = scene.server.user("ivy"), scene.server.channel("general")
        role = next(each for each in scene.server.guild.roles if each.name == "Illustrators")
        said = f"{scene.server.bot.mention} imagine <@!{ivy.id}> in {general.mention} with {role.mention} <:fox:123456789012345678>"
        await scene.server.say("ada", "general", said)
        assert await last(scene) == f"imagine <@{ivy.id}> in <#{general.id}|general> with <@&{role.id}|Illustrators> :fox:"


async def test_a_message_delivered_twice_is_asked_once() -> None:
    async with open_scene() as scene:
        await scene.server.say("ada", "general", f"{scene.server.bot.mention} imagine a boat")
        await scene.heard()
        scene.server.replay("MESSAGE_CREATE")
        await scene.server.direct("ivy", "imagine a fox")
        assert [each.line for each in await scene.heard(2)] == ["imagine a boat", "imagine a fox"]


async def test_a_refusal_of_a_mention_is_told_to_its_person_alone() -> None:
    async with open_scene() as scene:
        scene.hub.says(tell("You have none left."))
        await scene.server.say("ada", "general", f"{scene.server.bot.mention} imagine a boat")
        [message] = await scene.seen(lambda: scene.server.dms("ada"))
        assert "You have none left." in message.text
        assert len(scene.server.messages("general")) == 1


async def test_who_takes_no_direct_messages_is_told_that_there_is_one_but_not_what() -> None:
    async with open_scene() as scene:
        scene.server.user("ada").takes_messages = False
        scene.hub.says(tell("You have none left."))
        await scene.server.say("ada", "general", f"{scene.server.bot.mention} imagine a boat")
        message = await scene.seen(lambda: scene.server.messages("general")[1:])
        assert "direct messages" in message[0].text
        assert "none left" not in message[0].text


async def test_a_direct_refusal_is_told_in_the_direct_conversation() -> None:
    async with open_scene() as scene:
        scene.hub.says(tell("You have none left."))
        await scene.server.direct("ada", "imagine a boat")
        await scene.seen(lambda: [each.text for each in scene.server.dms("ada")][1:] == ["⚠️ You have none left."])


async def test_a_mention_where_the_bot_may_not_post_names_what_it_lacks() -> None:
    async with open_scene() as scene:
        await scene.server.say("ada", "no-files", f"{scene.server.bot.mention} imagine a boat")
        [message] = await scene.seen(lambda: scene.server.dms("ada"))
        assert "Attach Files" in message.text
        assert scene.hub.heard == []


async def test_a_reaction_to_a_message_of_ours_is_an_emoji_and_a_post() -> None:
    async with open_scene() as scene:
        post = await scene.platform.post(place(scene), Message(text="card", body="card"), key="7kq2mw9x:card")
        [message] = scene.server.messages("general")
        await scene.server.react("ivy", message, "🔁")
        [invocation] = await scene.heard()
        assert (invocation.origin, invocation.emoji, invocation.post) == (Origin.REACTION, "🔁", post)
        assert invocation.person.name == "Ivy"
        assert Role.REVIEWER in invocation.person.roles
        first = invocation.event
        await scene.server.unreact("ivy", message, "🔁")
        await scene.server.react("ivy", message, "🔁")
        assert (await scene.heard(2))[-1].event == first


async def test_a_reaction_in_a_thread_knows_its_channel() -> None:
    async with open_scene() as scene:
        await scene.platform.post(place(scene, "sketches"), Message(text="result", body="result"), key="7kq2mw9x:result")
        await scene.server.react("ivy", scene.server.messages("sketches")[0], "⭐")
        [invocation] = await scene.heard()
        assert invocation.place == place(scene, "sketches")


async def test_a_thread_that_nobody_knows_is_asked_for_behind_the_brake() -> None:
    async with open_scene() as scene:
        await scene.platform.post(place(scene, "sketches"), Message(text="result", body="result"), key="7kq2mw9x:result")
        thread = scene.server.channel("sketches")
        connection = scene.platform._connection  # pyright: ignore[reportPrivateUsage] - it forgets a thread as a restart does
        assert connection is not None
        guild = connection.client.guilds[0]
        for each in connection.client.guilds:
            each._threads.clear()  # pyright: ignore[reportPrivateUsage] - see above
        assert guild.get_thread(thread.id) is None
        route = "GET /channels/{channel_id}"
        scene.server.lost_reply(route)
        await scene.server.react("ivy", scene.server.messages("sketches")[0], "⭐")
        assert (await scene.heard())[0].place == place(scene, "sketches")
        asked = len(scene.server.called(route))
        connection.posts.courier._brake._revoked = True  # pyright: ignore[reportPrivateUsage] - the token is refused
        await scene.server.react("ivy", scene.server.messages("sketches")[0], "👍")
        await scene.server.react("ada", scene.server.messages("sketches")[0], "👍")
        await scene.server.direct("ada", "hello")
        await scene.heard(2)
        assert len(scene.server.called(route)) == asked


async def test_a_reaction_in_a_direct_conversation_keeps_the_name_that_is_known() -> None:
    async with open_scene() as scene:
        await scene.server.direct("ada", "hello")
        here = (await scene.heard())[0].place
        await scene.platform.post(here, Message(text="card", body="card"), key="7kq2mw9x:card")
        await scene.server.react("ada", scene.server.dms("ada")[-1], "✉️")
        invocation = (await scene.heard(2))[-1]
        assert invocation.person.name == "Ada"
        assert invocation.place == here


async def test_reactions_of_ours_of_bots_and_to_others_are_not_meant() -> None:
    async with open_scene() as scene:
        theirs = await scene.server.say("ada", "general", "hello")
        await scene.server.react("ivy", theirs, "🔁")
        await scene.platform.post(place(scene), Message(text="card", body="card"), key="7kq2mw9x:card")
        ours = scene.server.messages("general")[-1]
        await scene.server.react("beep", ours, "🔁")
        await scene.server.react("limner", ours, "🔁")
        await scene.server.react("ada", ours, "🎲")
        assert [(each.person.name, each.emoji) for each in await scene.heard()] == [("Ada", "🎲")]


async def test_roles_come_from_permissions() -> None:
    async with open_scene() as scene:
        for name in ("ada", "ivy", "grace"):
            await scene.server.slash(name, "general", "imagine", {"prompt": "a boat"})
            await scene.server.say(name, "general", f"{scene.server.bot.mention} help")
        heard = await scene.heard(6)
        roles = {(each.person.name, each.origin): each.person.roles for each in heard}
        for origin in (Origin.COMMAND, Origin.MENTION):
            assert roles["Ada", origin] == {Role.MEMBER}
            assert roles["Ivy", origin] == {Role.MEMBER, Role.REVIEWER}
            assert roles["Grace", origin] == set(Role)


async def test_roles_come_from_role_ids_too() -> None:
    async with open_discord() as server:
        role = next(each for each in server.guild.roles if each.name == "Illustrators")
        async with open_scene(server=server, settings={"admin_roles": str(role.id)}) as scene:
            await server.slash("ivy", "general", "settings")
            [invocation] = await scene.heard()
            assert Role.ADMIN in invocation.person.roles


async def test_a_persons_language_is_kept_where_a_message_does_not_tell() -> None:
    async with open_scene() as scene:
        await scene.server.slash("ivy", "general", "imagine", {"prompt": "a boat"})
        await scene.server.say("ivy", "general", f"{scene.server.bot.mention} help")
        assert [each.person.language for each in await scene.heard(2)] == ["de", "de"]


async def test_age_restricted_and_closed_channels_are_known_as_such() -> None:
    async with open_discord() as server:
        closed = server.channel("grown-ups")
        closed.overwrites[server.guild.everyone.id] = (0, VIEW)
        closed.overwrites |= {user.id: (VIEW, 0) for user in (server.bot, server.user("ada"))}
        async with open_scene(server=server) as scene:
            await server.slash("ada", "grown-ups", "imagine", {"prompt": "a boat"})
            await server.slash("ada", "general", "imagine", {"prompt": "a boat"})
            first, second = await scene.heard(2)
            assert (first.place.age_restricted, first.place.private) == (True, True)
            assert (second.place.age_restricted, second.place.private) == (False, False)


@pytest.mark.parametrize("event", ["MESSAGE_CREATE", "INTERACTION_CREATE", "MESSAGE_REACTION_ADD", "GUILD_CREATE", "CHANNEL_UPDATE"])
async def test_a_dispatch_that_lacks_everything_is_dropped_and_nothing_else(event: str) -> None:
    async with open_scene() as scene:
        broken: tuple[Any, ...] = (None, {}, [], "text", {"id": None, "type": 2})
        for data in broken:
            scene.server.malformed_dispatch(event, data)
        await scene.server.slash("ada", "general", "imagine", {"prompt": "a boat"})
        await scene.heard()
        assert scene.platform.ready
        assert len(scene.server.world.gateway.identifies) == 1


async def test_a_storm_of_reactions_keeps_commands_in_time() -> None:
    async with open_scene() as scene:
        await scene.server.direct("ada", "hello")
        here = (await scene.heard())[0].place
        await scene.platform.post(here, Message(text="card", body="card"), key="7kq2mw9x:card")
        card = scene.server.dms("ada")[-1]
        scene.hub.hold = asyncio.Event()
        for number in range(500):
            await scene.server.react("ada", card, chr(0x1F300 + number))
        said = await scene.server.slash("ivy", "general", "imagine", {"prompt": "a boat"})
        assert said.seconds is not None
        assert said.seconds < 2.5
        scene.hub.hold.set()
        await scene.heard(502)
        assert len({each.event for each in scene.hub.heard}) == 502
