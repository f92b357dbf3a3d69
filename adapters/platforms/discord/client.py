"""The client: discord.py's, with our addresses and intents, commands registered when they changed, and deaf to broken dispatches."""

import asyncio
import json
import sys
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Protocol

import aiohttp
import discord
import structlog
import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route

from adapters.platforms.discord import menu
from adapters.platforms.discord.settings import API_URL, DiscordSettings
from adapters.platforms.discord.shapes import JSON
from bot.errors import LimnerError, PlatformFault, SettingFault
from bot.plugins import Vault

log = structlog.get_logger()

INTENTS = 13825
"""Servers, messages and reactions in servers, messages and reactions in direct conversations; nothing privileged (platforms.md §25)."""
_GATHERING = 0.25
"""Seconds without another server after which all of them are taken to have come."""
_PATIENCE = 60.0
"""Seconds that a request may have to wait for Discord's limits before it is given back to be tried later."""
_REFUSED, _INTENTS = {4004}, {4013, 4014}
TOKEN_REFUSED = (
    "DISCORD_TOKEN is refused by Discord. Copy the token again from the app's Bot page (Reset Token shows a new one), "  # noqa: S105 - a sentence
    "or take discord out of BOT_PLATFORMS."
)
TOKEN_MISSING = "DISCORD_TOKEN is missing. It is on the app's Bot page; or take discord out of BOT_PLATFORMS."  # noqa: S105 - a sentence
INTENT_REFUSED = (
    "Discord refuses the intents that Limner asks for (servers, messages, reactions, direct messages; 4014). None of them is privileged: "
    "check on the app's Bot page that it is the app of DISCORD_TOKEN and that Discord has not restricted it."
)


class Ears(Protocol):
    """Who hears what happens."""

    def interaction(self, interaction: discord.Interaction[Any]) -> None:
        """Somebody used a command, a button, a form, or types into an option."""
        ...

    def message(self, message: discord.Message) -> None:
        """Somebody wrote something."""
        ...

    def reaction(self, payload: discord.RawReactionActionEvent) -> None:
        """Somebody set a reaction."""
        ...


@contextmanager
def pointed_at(settings: DiscordSettings) -> Generator[None]:
    """discord.py keeps Discord's addresses in two classes: ours are in them until the block ends, and then what was there before."""
    before = Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY
    # Nobody here speaks aloud, so nobody has to hear at each start that two libraries for it are missing.
    discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False
    if settings.api_url.rstrip("/") != API_URL:
        Route.BASE = settings.api_url.rstrip("/")
    if settings.gateway_url:
        DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(settings.gateway_url)
    try:
        yield
    finally:
        Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY = before


class LimnerClient(discord.AutoShardedClient):
    """One connection to Discord, from login to close. Work is not done here: what happens goes to `ears`."""

    def __init__(self, settings: DiscordSettings, vault: Vault, registered: Sequence[JSON] = (), **options: Any) -> None:  # noqa: ANN401 - discord.py's own
        """`registered` are the commands to have; `options` are discord.py's, for tests."""
        super().__init__(
            intents=discord.Intents(INTENTS),
            allowed_mentions=discord.AllowedMentions.none(),
            # Nothing of what people write is kept in memory.
            max_messages=None,
            chunk_guilds_at_startup=False,
            guild_ready_timeout=_GATHERING,
            max_ratelimit_timeout=_PATIENCE,
            **options,
        )
        self.ears: Ears | None = None
        self._settings = settings
        self._vault = vault
        self._registered = registered
        self._up: set[int] = set()
        self._counted = "shard_count" in options
        # A dispatch that is not as discord.py expects would end the connection: each parser gets a net of its own.
        parsers = self._connection.parsers
        for event, parser in list(parsers.items()):
            parsers[event] = _netted(event, parser)

    @property
    def online(self) -> bool:
        """Whether every shard is connected and the servers are known."""
        return self.is_ready() and not self.is_closed() and len(self._up) == (self.shard_count or 1)

    def take(self, payload: Mapping[str, Any]) -> None:
        """An interaction that did not come over the gateway, treated as if it had."""
        self._connection.parsers["INTERACTION_CREATE"](payload)

    async def setup_hook(self) -> None:
        """After login, before anything is heard: have the commands registered. What fails is told and left for the next start."""
        for guild in ("", *self._settings.guilds):
            await self._register(guild, self._registered)
        marked = await self._marks()
        for guild in marked - {"", *self._settings.guilds}:
            # No longer named in DISCORD_GUILDS: its own copies would stand beside those of everywhere.
            await self._register(guild, ())

    async def launch_shards(self) -> None:
        """Connect with as many shards as the API recommends, to DISCORD_GATEWAY_URL or to the gateway that the API names.

        discord.py begins a session anew at an address of its own, so the named one is put there where the API is not Discord's.
        """
        if not self._counted:
            self.shard_count, gateway, _ = await self.http.get_bot_gateway()
            self._counted = True
            if not self._settings.gateway_url and Route.BASE != API_URL:
                DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(gateway)
        await super().launch_shards()

    async def hush(self) -> None:
        """Hear nothing more, and still be able to send."""
        self.ears = None
        self._up.clear()
        for shard in list(self.shards.values()):
            await shard.disconnect()

    async def on_ready(self) -> None:
        """All servers have come, the first time or after a session that could not be resumed."""
        log.info("connected", platform="discord", guilds=len(self.guilds), shards=self.shard_count)

    async def on_shard_connect(self, shard_id: int) -> None:
        """A shard has a session."""
        self._up.add(shard_id)

    async def on_shard_resumed(self, shard_id: int) -> None:
        """A shard has its session again."""
        self._up.add(shard_id)

    async def on_shard_disconnect(self, shard_id: int) -> None:
        """A shard lost its connection; discord.py brings it back."""
        self._up.discard(shard_id)

    async def on_interaction(self, interaction: discord.Interaction[Any]) -> None:
        """See Ears."""
        if self.ears:
            self.ears.interaction(interaction)

    async def on_message(self, message: discord.Message) -> None:
        """See Ears."""
        if self.ears:
            self.ears.message(message)

    async def on_raw_reaction_add(self, payload: discord.RawReactionActionEvent) -> None:
        """See Ears."""
        if self.ears:
            self.ears.reaction(payload)

    async def on_error(self, event_method: str, /, *_: object, **__: object) -> None:
        """Whatever breaks while an event is handled ends that event only. Its contents are not logged: people's words are in them."""
        log.error("event lost", event_method=event_method, error=sys.exc_info()[0])

    async def _register(self, guild: str, registered: Sequence[JSON]) -> None:
        name, digest = self._mark(guild), menu.fingerprint(registered)
        where = f"/guilds/{guild}" if guild else ""
        try:
            if await self._vault.get(name) == digest:
                return
            await self.http.request(Route("PUT", f"/applications/{self.application_id}{where}/commands"), json=list(registered))
            if registered:
                await self._vault.put(name, digest)
            else:
                await self._vault.delete(name)
            log.info("commands registered", guild=guild or "everywhere", commands=len(registered))
        except (discord.HTTPException, discord.RateLimited, aiohttp.ClientError, OSError, LimnerError) as error:
            log.warning("commands not registered", guild=guild or "everywhere", reason=str(error)[:300])

    async def _marks(self) -> set[str]:
        try:
            return {name.rsplit(":", 1)[-1] for name in await self._vault.names(self._mark(""))}
        except LimnerError:
            return set()

    def _mark(self, guild: str) -> str:
        return f"commands:{self.application_id}:{guild}"


async def connect(client: LimnerClient, token: str) -> None:
    """Log in and listen until cancelled.

    Raises:
        SettingFault: Discord refuses the token or the intents; trying again cannot help.
        PlatformFault: the connection is over for another reason.
    """
    try:
        await client.login(token)
        await client.connect()
    except (SettingFault, PlatformFault, asyncio.CancelledError):
        raise
    except Exception as error:
        raise explain(error) from error
    raise PlatformFault("Discord closed the connection.")


def explain(error: Exception) -> SettingFault | PlatformFault:
    """Why there is no connection."""
    code = error.code if isinstance(error, discord.ConnectionClosed) else None
    unauthorized = isinstance(error, discord.HTTPException) and error.status == 401  # noqa: PLR2004 - HTTP's number
    if isinstance(error, discord.LoginFailure) or unauthorized or code in _REFUSED:
        return SettingFault(TOKEN_REFUSED)
    if isinstance(error, discord.PrivilegedIntentsRequired) or code in _INTENTS:
        return SettingFault(INTENT_REFUSED)
    if isinstance(error, discord.HTTPException):
        return PlatformFault(f"Discord answered {error.status} at login.")
    if isinstance(error, aiohttp.ClientError | OSError | TimeoutError):
        return PlatformFault(f"Discord cannot be reached ({type(error).__name__}).")
    if isinstance(error, json.JSONDecodeError):
        return PlatformFault("What answers at DISCORD_API_URL or DISCORD_GATEWAY_URL is not Discord.")
    return PlatformFault(f"The connection to Discord broke ({type(error).__name__}{f', {code}' if code else ''}).")


def _netted(event: str, parser: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def parse(data: Any) -> None:  # noqa: ANN401 - JSON
        try:
            parser(data)
        except Exception as error:  # noqa: BLE001 - an entry point: what one dispatch breaks must not cost the connection
            # The traceback would quote the dispatch, and people's words with it.
            log.warning("dispatch dropped", dispatch=event, error=type(error).__name__)

    return parse
