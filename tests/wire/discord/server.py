"""A small Discord on loopback: the real protocols with the real limits, for the real discord.py."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from itertools import pairwise
from typing import Any

from aiohttp import web

from tests.wire.discord.admin import Admin
from tests.wire.discord.app import make_app
from tests.wire.discord.cast import make_world
from tests.wire.discord.faults import Json
from tests.wire.discord.gateway import HEARTBEAT, INVALID, RECONNECT, Line
from tests.wire.discord.hands import Hands
from tests.wire.discord.messages import Message
from tests.wire.discord.mischief import Limited, fault
from tests.wire.discord.people import Channel, Guild, User, named
from tests.wire.discord.posting import remove
from tests.wire.discord.rest import Rates
from tests.wire.discord.signing import ping, send, sign
from tests.wire.discord.world import Call, World


class DiscordServer(Hands, Admin):
    """What a test has in hand."""

    def __init__(self, world: World, rates: Rates) -> None:
        self.world, self.rates = world, rates

    # Addresses and secrets.

    @property
    def api_url(self) -> str:
        return f"{self.world.base}/api/v10"

    @property
    def gateway_url(self) -> str:
        return self.world.gateway.url

    @property
    def token(self) -> str:
        return self.world.token

    @property
    def application_id(self) -> int:
        return self.world.application_id

    @property
    def public_key(self) -> str:
        return self.world.key.public_key().public_bytes_raw().hex()

    @property
    def interactions_url(self) -> str:
        return self.world.interactions_url

    @interactions_url.setter
    def interactions_url(self, url: str) -> None:
        self.world.interactions_url = url

    # What a test sees.

    @property
    def bot(self) -> User:
        return self.world.bot

    @property
    def guild(self) -> Guild:
        return self.world.guilds[0]

    @property
    def calls(self) -> list[Call]:
        return self.world.calls

    @property
    def invalid_requests(self) -> int:
        """How many 401, 403 and 429 there were in ten minutes; at ten thousand the address is banned."""
        return self.rates.count_invalid()

    @property
    def commands(self) -> dict[str, list[Json]]:
        """Registered commands by the server's name; "" for those of everywhere."""
        names = {guild.id: guild.name for guild in self.world.guilds}
        return {names.get(guild_id, ""): commands for guild_id, commands in self.world.commands.items()}

    def called(self, route: str) -> list[Call]:
        """Calls of one route, such as `POST /channels/{channel_id}/messages`."""
        return [call for call in self.calls if call.route == route]

    def guild_named(self, name: str) -> Guild:
        return named(self.world.guilds, name)

    def messages(self, channel: Channel | str) -> list[Message]:
        """What everybody in a channel sees, oldest first."""
        where = self.channel(channel)
        return [each for each in self.world.messages.values() if each.channel is where and not each.deleted and not each.ephemeral]

    def ephemerals(self, user: User | str) -> list[Message]:
        """What only this person sees."""
        who = self.user(user)
        return [each for each in self.world.messages.values() if each.only_for is who and not each.deleted]

    def dm(self, user: User | str) -> Channel:
        """The place where a person and the bot talk alone."""
        return self.world.direct(self.bot, self.user(user))

    def dms(self, user: User | str) -> list[Message]:
        """The conversation between a person and the bot."""
        return self.messages(self.dm(user))

    def threads(self, channel: Channel | str) -> list[Channel]:
        where = self.channel(channel)
        return [each for each in self.world.channels.values() if each.parent is where]

    def delete(self, message: Message) -> None:
        """Somebody deletes a message."""
        remove(self.world, message)

    # How it misbehaves.

    # A route is `POST /channels/*/messages`: a star or `{name}` is one step of the path, and without a method every method is meant.

    def rate_limit(self, route: str, seconds: float, times: float = 1, *, scope: str = "user", via: bool = True) -> None:
        """Answers 429, of scope "user", "shared" or "global"; without `via` it is the wall before Discord that does, with a page."""
        self.world.mischief.add(route, times, error=Limited(seconds, scope, via=via))

    def fail(self, route: str, status: int, code: int = 0, times: float = 1) -> None:
        self.world.mischief.add(route, times, error=fault(status, code))

    def slow(self, route: str, seconds: float, times: float = 1) -> None:
        self.world.mischief.add(route, times, seconds=seconds)

    def lost_reply(self, route: str, times: float = 1) -> None:
        """The request takes effect, and its answer never arrives."""
        self.world.mischief.add(route, times, lost=True)

    def lost_request(self, route: str, times: float = 1) -> None:
        """The request has no effect, and no answer either."""
        self.world.mischief.add(route, times, lost=True, error=fault(503, 0))

    def too_large(self, limit: int) -> None:
        """Files of more than `limit` bytes are 40005 from now on, wherever they go; 0 for what the place allows."""
        self.world.file_limit = limit

    def refuse_old_edits(self) -> None:
        """Edits of messages older than an hour are 30046 from now on."""
        self.world.old_edits = False

    async def revoke_token(self, *, close: bool = True) -> None:
        """The bot's token is worth nothing any more; with `close`, the connections end with 4004 as well."""
        self.world.revoked = self.world.gateway.revoked = True
        if close:
            await self.disconnect(4004)

    def skip_clock(self, seconds: float) -> None:
        """Puts Discord's clock forward: interactions that nobody answered fail, tokens and links run out, quiet threads are archived."""
        self.world.clock.skip(seconds)
        self.world.put_away()
        for interaction in self.world.interactions.values():
            if interaction.failed:
                interaction.settled.set()

    def go_away(self, *, away: bool = True) -> None:
        """Nobody is there: every request and every connection breaks; or everybody is there again."""
        self.world.down = away
        if away:
            self.drop_socket()

    # The gateway.

    @property
    def lines(self) -> list[Line]:
        """Connections that are open."""
        return self.world.gateway.open

    async def disconnect(self, code: int = 4000) -> None:
        for line in self.lines:
            await self.world.gateway.close(line, code)

    def drop_socket(self) -> None:
        for line in self.lines:
            line.drop()

    @property
    def longest_silence(self) -> float:
        """The longest time in seconds between two heartbeats of any connection."""
        beats = [line.beats for line in self.world.gateway.lines]
        return max((later - earlier for each in beats for earlier, later in pairwise(each)), default=0.0)

    def op7(self) -> None:
        """Asks every connection to come back."""
        self._push({"op": RECONNECT, "d": None, "s": None, "t": None})

    def op9(self, *, resumable: bool) -> None:
        """Declares every session invalid, for good or not."""
        for line in self.lines:
            if line.session and not resumable:
                line.session.alive = False
        self._push({"op": INVALID, "d": resumable, "s": None, "t": None})

    def ask_heartbeat(self) -> None:
        self._push({"op": HEARTBEAT, "d": None, "s": None, "t": None})

    def _push(self, payload: Json) -> None:
        for line in self.lines:
            line.queue.put_nowait(payload)

    def stop_answering_heartbeats(self, *, silent: bool = True) -> None:
        """Makes zombies of the open connections: heartbeats go unanswered, and with `silent` nothing else is sent either."""
        for line in self.lines:
            line.deaf, line.mute = True, silent

    def malformed_dispatch(self, event: str = "MESSAGE_CREATE", data: Any = None) -> None:
        """A dispatch that lacks everything it should have."""
        for line in self.lines:
            if line.session:
                line.session.say(event, {"id": "1"} if data is None else data)

    def replay(self, event: str = "INTERACTION_CREATE", *, back: int = 1) -> None:
        """Sends the last dispatch of a kind once more, or the one `back` before it, under a new sequence number."""
        found = [each for each in self.world.gateway.dispatches if each[0] == event][-back]
        name, data, guild_id, intent = found
        self.world.gateway.dispatch(name, data, guild_id=guild_id, intent=intent)

    # Signed requests.

    async def ping(self, *, signature: str | None = "right") -> tuple[int, Json | None]:
        """PING to the interactions address: status and JSON. `signature`: "right", "wrong", anything else as it is, or None for none."""
        return await ping(self.world, signature=signature)

    async def deliver_again(self, *, headers: dict[str, str] | None = None) -> tuple[int, Json | None]:
        """The last signed interaction once more, with these headers instead of its own."""
        body, own = self.world.deliveries[-1]
        return await send(self.world, body, own if headers is None else headers)

    def sign(self, body: bytes) -> dict[str, str]:
        return sign(self.world, body)


@asynccontextmanager
async def open_discord(
    *,
    limit: int = 5,
    window: float = 1.0,
    most: int = 50,
    patience: int = 10_000,
    heartbeat: float = 41.25,
    shards: int = 1,
    privileged: int = 0,
) -> AsyncGenerator[DiscordServer]:
    """A Discord of a test's own.

    `limit` requests in `window` seconds on each route, `most` a second in all, `patience` invalid ones before the ban; `heartbeat` is in
    seconds; `privileged` are the bits of the privileged intents that the app may ask for.
    """
    world = make_world()
    world.gateway.interval, world.gateway.shards, world.gateway.privileged = heartbeat, shards, privileged
    rates = Rates(limit=limit, window=window, most=most, patience=patience)
    runner = web.AppRunner(make_app(world, rates), access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        port = runner.addresses[0][1]
        world.base = f"http://127.0.0.1:{port}"
        world.gateway.url = f"ws://127.0.0.1:{port}/gateway"
        yield DiscordServer(world, rates)
    finally:
        for line in world.gateway.open:
            line.drop()
        await runner.cleanup()
