"""The gateway, with the real discord.py at the other end."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import discord
import pytest

from tests.flows.story import eventually
from tests.wire.discord.gateway import GUILDS, MESSAGE_CONTENT
from tests.wire.discord.guest import INTENTS, Guest, connected, pointed_at
from tests.wire.discord.server import DiscordServer, open_discord


def hears(guest: Guest, name: str, times: int = 1) -> Callable[[], Awaitable[list[Any]]]:
    async def look() -> list[Any]:
        found = guest.events(name)
        return found if len(found) >= times else []

    return look


async def refused(server: DiscordServer, guest: Guest, *, token: str = "") -> None:
    async with pointed_at(server.api_url, server.gateway_url), guest:
        await guest.start(token or server.token)


@asynccontextmanager
async def speaking(server: DiscordServer, *, resuming: bool = False) -> AsyncGenerator[aiohttp.ClientWebSocketResponse]:
    """A socket without a library on it."""
    url = f"{server.gateway_url}{'/resume' if resuming else ''}?v=10&encoding=json"
    async with aiohttp.ClientSession() as session, session.ws_connect(url) as socket:
        yield socket


async def test_a_wrong_token_does_not_log_in() -> None:
    async with open_discord() as server:
        with pytest.raises(discord.LoginFailure):
            await refused(server, Guest(), token="wrong")
        assert server.invalid_requests == 1


async def test_a_token_that_is_revoked_ends_the_connection_for_good() -> None:
    async with open_discord() as server:
        with pytest.RaisesGroup(pytest.RaisesExc(discord.ConnectionClosed, check=lambda error: error.code == 4004)):
            async with connected(server, Guest()) as guest:
                await server.revoke_token()
                await eventually(hears(guest, "disconnect"))
                await guest.ended.wait()


async def test_an_intent_that_is_not_switched_on_is_refused() -> None:
    intents = discord.Intents(INTENTS.value | MESSAGE_CONTENT)
    async with open_discord() as server:
        with pytest.raises(discord.PrivilegedIntentsRequired):
            await refused(server, Guest(intents=intents))
    async with open_discord(privileged=MESSAGE_CONTENT) as server, connected(server, Guest(intents=intents)) as guest:
        await server.say("ada", "general", "open")
        [message] = await eventually(hears(guest, "message"))
        assert message.content == "open"


async def test_content_comes_without_the_intent_only_where_it_is_meant_for_the_app() -> None:
    async with open_discord() as server, connected(server, Guest()) as guest:
        await server.say("ada", "general", "secret", attachments={"a.png": b"a"})
        await server.say("ada", "general", f"{server.bot.mention} draw")
        await server.direct("ada", "imagine a boat")
        await server.say("ada", "no-view", "unseen")
        answered = await server.say("ada", "general", "again", reply_to=server.messages("general")[-1])
        messages = await eventually(hears(guest, "message", 4))
        assert [each.content for each in messages] == ["", f"{server.bot.mention} draw", "imagine a boat", ""]
        assert messages[0].attachments == []
        assert messages[-1].id == answered.id


async def test_reactions_come_with_the_member_in_a_server_and_without_in_a_direct_message() -> None:
    async with open_discord() as server, connected(server, Guest()) as guest:
        public, private = await server.say("ada", "general", "x"), await server.direct("ivy", "y")
        await server.react("ivy", public, "🔁")
        await server.react("ivy", private, "🎲")
        await server.unreact("ivy", public, "🔁")
        first, second = await eventually(hears(guest, "raw_reaction_add", 2))
        assert (str(first.emoji), first.member.display_name, first.message_author_id) == ("🔁", "Ivy", server.user("ada").id)
        assert (str(second.emoji), second.member, second.guild_id) == ("🎲", None, None)
        [gone] = await eventually(hears(guest, "raw_reaction_remove"))
        assert gone.member is None


async def test_what_was_missed_comes_after_a_resume() -> None:
    async with open_discord() as server, connected(server, Guest()) as guest:
        server.drop_socket()
        await server.direct("ada", "while you were away")
        await eventually(hears(guest, "resumed"))
        assert [each.content for each in guest.events("message")] == ["while you were away"]
        assert server.lines[-1].resuming
        assert len(server.world.gateway.identifies) == 1


@pytest.mark.parametrize("code", [4000, 1001, 4008])
async def test_a_close_that_is_not_final_is_resumed(code: int) -> None:
    async with open_discord() as server, connected(server, Guest()) as guest:
        await server.disconnect(code)
        await eventually(hears(guest, "resumed"))
        assert len(server.world.gateway.identifies) == 1


async def test_a_session_that_timed_out_begins_anew() -> None:
    async with open_discord() as server, connected(server, Guest()) as guest:
        await server.disconnect(4009)
        await eventually(hears(guest, "ready", 2))
        assert len(server.world.gateway.identifies) == 2


async def test_op_7_is_followed_by_a_resume() -> None:
    async with open_discord() as server, connected(server, Guest()) as guest:
        server.op7()
        await eventually(hears(guest, "resumed"))
        assert len(server.world.gateway.identifies) == 1


@pytest.mark.parametrize(("resumable", "event", "identifies"), [(True, "resumed", 1), (False, "ready", 2)])
async def test_op_9_says_whether_the_session_lives(resumable: bool, event: str, identifies: int) -> None:
    async with open_discord() as server, connected(server, Guest()) as guest:
        server.op9(resumable=resumable)
        await eventually(hears(guest, event, 1 if resumable else 2))
        assert len(server.world.gateway.identifies) == identifies


async def test_a_zombie_is_left_and_resumed() -> None:
    async with open_discord(heartbeat=0.1) as server, connected(server, Guest(heartbeat_timeout=0.5)) as guest:
        server.stop_answering_heartbeats()
        await eventually(hears(guest, "resumed"))


async def test_a_heartbeat_that_is_asked_for_comes_at_once() -> None:
    async with open_discord() as server, connected(server, Guest()):
        before = len(server.lines[-1].beats)
        server.ask_heartbeat()

        async def beat() -> bool:
            return len(server.lines[-1].beats) > before

        await eventually(beat)


async def test_the_longest_silence_is_measured() -> None:
    async with open_discord(heartbeat=0.05) as server, connected(server, Guest()):

        async def some() -> bool:
            return len(server.lines[-1].beats) > 4

        await eventually(some)
        assert 0.02 < server.longest_silence < 5


async def test_shards_hear_of_their_own_servers_and_the_first_of_direct_messages() -> None:
    async with open_discord(shards=2) as server, connected(server, Guest()) as guest:
        assert len(guest.shards) == 2
        assert sorted(session.shard for session in server.world.gateway.sessions.values()) == [(0, 2), (1, 2)]
        await server.direct("ada", "once")
        await server.say("ada", "general", f"{server.bot.mention} twice?")
        await server.say("ada", "lobby", f"{server.bot.mention} no")
        assert len(await eventually(hears(guest, "message", 3))) == 3


async def test_a_dispatch_comes_again_when_it_is_replayed() -> None:
    async with open_discord() as server, connected(server, Guest()) as guest:
        message = await server.direct("ada", "once")
        server.replay("MESSAGE_CREATE")
        assert [each.id for each in await eventually(hears(guest, "message", 2))] == [message.id] * 2


async def test_a_malformed_dispatch_is_too_much_for_the_library_alone() -> None:
    async with open_discord() as server:
        with pytest.RaisesGroup(KeyError):
            async with connected(server, Guest()) as guest:
                server.malformed_dispatch()
                await guest.ended.wait()


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("no json", 4002),
        ("x" * 5000, 4002),
        ('{"op": 3, "d": {}}', 4003),
        ('{"op": 2, "d": {"token": "wrong", "intents": 0}}', 4004),
        ('{"op": 2, "d": {"token": TOKEN, "intents": -1}}', 4013),
        ('{"op": 2, "d": {"token": TOKEN, "intents": 0, "shard": [2, 2]}}', 4010),
        ('{"op": 6, "d": {"token": "wrong", "session_id": "s", "seq": 1}}', 4004),
    ],
)
async def test_what_a_client_does_wrong_has_a_code(said: str, code: int) -> None:
    async with (
        open_discord() as server,
        aiohttp.ClientSession() as session,
        session.ws_connect(f"{server.gateway_url}?v=10&encoding=json") as socket,
    ):
        assert (await socket.receive_json())["op"] == 10
        await socket.send_str(said.replace("TOKEN", f'"{server.token}"'))
        closing = await socket.receive()
        assert (closing.type, closing.data) == (aiohttp.WSMsgType.CLOSE, code)


async def test_more_than_a_hundred_and_twenty_messages_a_minute_are_too_many() -> None:
    async with (
        open_discord() as server,
        aiohttp.ClientSession() as session,
        session.ws_connect(f"{server.gateway_url}?v=10&encoding=json") as socket,
    ):
        for _ in range(121):
            await socket.send_str('{"op": 1, "d": null}')
        async for _ in socket:
            pass
        assert socket.close_code == 4008


async def test_a_session_that_never_was_cannot_be_resumed() -> None:
    async with (
        open_discord() as server,
        aiohttp.ClientSession() as session,
        session.ws_connect(f"{server.gateway_url}/resume?v=10&encoding=json") as socket,
    ):
        await socket.receive_json()
        await socket.send_json({"op": 6, "d": {"token": server.token, "session_id": "never", "seq": 1}})
        assert await socket.receive_json() == {"op": 9, "d": False, "s": None, "t": None}


async def test_an_event_needs_its_intent() -> None:
    async with open_discord() as server, connected(server, Guest(intents=discord.Intents(GUILDS))) as guest:
        await server.say("ada", "general", f"{server.bot.mention} unheard")
        channel = guest.get_channel(server.channel("general").id)
        assert isinstance(channel, discord.TextChannel)
        await (await channel.send("x")).create_thread(name="t")
        await eventually(hears(guest, "thread_create"))
        assert guest.events("message") == []
