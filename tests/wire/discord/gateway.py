"""The gateway: sessions that remember what they sent, and the sockets on which they speak."""

import asyncio
import json
import secrets
import time
import zlib
from dataclasses import dataclass, field
from typing import Any

from aiohttp import WSMsgType, web

from tests.wire.discord.clock import Clock
from tests.wire.discord.faults import Json, items
from tests.wire.discord.people import Guild, User
from tests.wire.discord.sessions import Line, Session

GUILDS, MEMBERS, PRESENCES, GUILD_MESSAGES, GUILD_REACTIONS = 1 << 0, 1 << 1, 1 << 8, 1 << 9, 1 << 10
DIRECT_MESSAGES, DIRECT_REACTIONS, MESSAGE_CONTENT = 1 << 12, 1 << 13, 1 << 15
PRIVILEGED = MEMBERS | PRESENCES | MESSAGE_CONTENT
KNOWN_INTENTS = (1 << 26) - 1
HEARTBEAT, IDENTIFY, PRESENCE, VOICE, RESUME, RECONNECT, REQUEST_MEMBERS, INVALID, HELLO, ACK = 1, 2, 3, 4, 6, 7, 8, 9, 10, 11
LARGEST = 4096
"""Bytes of one message from the client."""
SENDS, WINDOW = 120, 60.0
FATAL = (4004, 4007, 4009, 4010, 4011, 4012, 4013, 4014)
"""Close codes after which a session cannot be resumed."""


class Closing(Exception):  # noqa: N818 - the end of a connection is no error
    """The connection ends with this code."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code, self.reason = code, reason


@dataclass(kw_only=True, eq=False)
class Gateway:
    """All sessions of the app."""

    clock: Clock
    bot: User
    token: str
    guilds: list[Guild] = field(default_factory=list[Guild])
    privileged: int = 0
    """Privileged intents that are switched on for the app."""
    interval: float = 41.25
    """Seconds between heartbeats."""
    url: str = ""
    shards: int = 1
    """How many shards the API recommends."""
    revoked: bool = False
    sessions: dict[str, Session] = field(default_factory=dict[str, Session])
    lines: list[Line] = field(default_factory=list[Line])
    """Every socket that ever was, the last one last."""
    dispatches: list[tuple[str, Json, int | None, int]] = field(default_factory=list[tuple[str, Json, int | None, int]])
    starts: int = 1000
    """How many sessions may begin in a day; one more, and Discord resets the token."""
    identifies: list[Json] = field(default_factory=list[Json])

    @property
    def resume_url(self) -> str:
        return f"{self.url}/resume"

    @property
    def open(self) -> list[Line]:
        return [line for line in self.lines if line.closed_with is None]

    def dispatch(self, event: str, data: Json, *, guild_id: int | None, intent: int, redacted: Json | None = None) -> None:
        """Says something to every session that wants to hear it; 0 is no intent, for what always comes."""
        self.dispatches.append((event, data, guild_id, intent))
        for session in self.sessions.values():
            if session.alive and session.hears(guild_id) and (not intent or session.intents & intent):
                session.say(event, data if redacted is None or session.intents & MESSAGE_CONTENT else redacted)

    def begin(self, line: Line, data: Json) -> None:
        """IDENTIFY: checks everything, makes a session and greets it."""
        self.identifies.append(data)
        self.revoked |= len(self.identifies) > self.starts
        if self.revoked or data.get("token", "").removeprefix("Bot ") != self.token:
            raise Closing(4004, "Authentication failed.")
        shard, count = data.get("shard") or (0, 1)
        if not 0 <= shard < count:
            raise Closing(4010, "Invalid shard.")
        intents = data.get("intents")
        if not isinstance(intents, int) or intents & ~KNOWN_INTENTS:
            raise Closing(4013, "Invalid intent(s).")
        if intents & PRIVILEGED & ~self.privileged:
            raise Closing(4014, "Disallowed intent(s).")
        session = Session(id=secrets.token_hex(16), shard=(shard, count), intents=intents, line=line)
        self.sessions[session.id] = line.session = session
        mine = [guild for guild in self.guilds if self.bot.id in guild.members and session.hears(guild.id)]
        session.say("READY", {
            "v": 10, "user": {**self.bot.payload, "verified": True, "mfa_enabled": True, "email": None}, "session_id": session.id,
            "guilds": [{"id": str(guild.id), "unavailable": True} for guild in mine], "resume_gateway_url": self.resume_url,
            "session_type": "normal", "private_channels": [], "relationships": [], "presences": [], "user_settings": {},
            "application": {"id": str(self.bot.id), "flags": 1 << 23}, "shard": [shard, count], "_trace": ["[]"],
        })  # fmt: skip
        for guild in mine if intents & GUILDS else []:
            session.say("GUILD_CREATE", guild.full(self.bot))

    def resume(self, line: Line, data: Json) -> None:
        """RESUME: what was missed, once more; op 9 when the session is gone."""
        if self.revoked or data.get("token", "").removeprefix("Bot ") != self.token:
            raise Closing(4004, "Authentication failed.")
        session = self.sessions.get(str(data.get("session_id")))
        if session is None or not session.alive:
            line.queue.put_nowait({"op": INVALID, "d": False, "s": None, "t": None})
            return
        sequence = data.get("seq") or 0
        if sequence > len(session.sent):
            raise Closing(4007, "Invalid seq.")
        if session.line and session.line is not line:
            session.line.drop()
        for payload in session.sent[sequence:]:
            line.queue.put_nowait(payload)
        session.line, line.session = line, session
        session.resumes += 1
        session.say("RESUMED", {"_trace": ["[]"]})

    def received(self, line: Line, text: str) -> None:
        """One message from the client."""
        now = time.monotonic()
        line.received.append(now)
        while now - line.received[0] > WINDOW:
            line.received.popleft()
        if len(line.received) > SENDS:
            raise Closing(4008, "You are being rate limited.")
        if len(text.encode()) > LARGEST:
            raise Closing(4002, "Payload too large.")
        try:
            payload = json.loads(text)
            op, data = payload["op"], payload.get("d")
        except (ValueError, TypeError, KeyError):
            raise Closing(4002, "Error while decoding payload.") from None
        self._handle(line, op, data)

    def _handle(self, line: Line, op: int, data: Any) -> None:
        if op == HEARTBEAT:
            line.beats.append(time.monotonic())
            if not line.deaf:
                line.queue.put_nowait({"op": ACK, "d": None, "s": None, "t": None})
        elif op in {IDENTIFY, RESUME}:
            if line.session:
                raise Closing(4005, "Already authenticated.")
            (self.begin if op == IDENTIFY else self.resume)(line, data)
        elif line.session is None:
            raise Closing(4003, "Not authenticated.")
        elif op == REQUEST_MEMBERS:
            self._members(line.session, data)
        elif op not in {PRESENCE, VOICE}:
            raise Closing(4001, "Unknown opcode.")

    def _members(self, session: Session, data: Json) -> None:
        guild = next(each for each in self.guilds if str(each.id) == str(data["guild_id"]))
        wanted = [str(each) for each in items(data, "user_ids")]
        found = [member for member in guild.members.values() if not wanted or str(member.user.id) in wanted]
        chunk = {
            "guild_id": str(guild.id),
            "members": [each.payload for each in found],
            "chunk_index": 0,
            "chunk_count": 1,
            "not_found": [],
        }
        session.say("GUILD_MEMBERS_CHUNK", chunk | ({"nonce": data["nonce"]} if "nonce" in data else {}))

    async def serve(self, request: web.Request) -> web.WebSocketResponse:
        """One connection, from hello to its end."""
        socket = web.WebSocketResponse(max_msg_size=1 << 20, autoping=True)
        await socket.prepare(request)
        line = Line(socket=socket, request=request, resuming=request.path.endswith("/resume"))
        if request.query.get("compress") == "zlib-stream":
            line.deflate = zlib.compressobj()
        self.lines.append(line)
        if request.query.get("v") != "10" or request.query.get("encoding") != "json":
            await self.close(line, 4012, "Invalid API version.")
            return socket
        await line.send({"op": HELLO, "d": {"heartbeat_interval": int(self.interval * 1000), "_trace": ["[]"]}, "s": None, "t": None})
        try:
            async with asyncio.TaskGroup() as tasks:
                writing = tasks.create_task(self._write(line))
                await self._read(line)
                writing.cancel()
        finally:
            self._ended(line)
        return socket

    async def _read(self, line: Line) -> None:
        async for message in line.socket:
            if message.type is not WSMsgType.TEXT:
                await self.close(line, 4002, "Error while decoding payload.")
                return
            try:
                self.received(line, message.data)
            except Closing as closing:
                await self.close(line, closing.code, closing.reason)
                return

    async def _write(self, line: Line) -> None:
        while True:
            payload = await line.queue.get()
            if line.mute:
                continue
            try:
                await line.send(payload)
            except ConnectionError:
                return  # The session keeps it for whoever resumes.

    async def close(self, line: Line, code: int, reason: str = "") -> None:
        """Ends a connection from this side."""
        if line.closed_with is None:
            line.closed_with = code
            if line.session and code in FATAL:
                line.session.alive = False
            await line.socket.close(code=code, message=reason.encode())

    def _ended(self, line: Line) -> None:
        if line.closed_with is None:
            line.closed_with = line.socket.close_code or 1006
            if line.session and line.closed_with in {1000, 1001}:
                line.session.alive = False
        if line.session and line.session.line is line:
            line.session.line = None
