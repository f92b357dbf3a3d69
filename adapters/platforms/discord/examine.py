"""What `limner doctor` asks of Discord: the token, the connection's limits, the commands, and the permissions in each server."""

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

import aiohttp
import discord
from discord.http import Route

from adapters.platforms.discord.client import TOKEN_MISSING, explain, pointed_at
from adapters.platforms.discord.settings import DiscordSettings
from bot.errors import LimnerError
from bot.plugins import Finding, Kit

JSON = dict[str, Any]

NEEDED: Mapping[str, str] = {
    "view_channel": "View Channels",
    "send_messages": "Send Messages",
    "send_messages_in_threads": "Send Messages in Threads",
    "create_public_threads": "Create Public Threads",
    "attach_files": "Attach Files",
    "embed_links": "Embed Links",
    "read_message_history": "Read Message History",
    "add_reactions": "Add Reactions",
}
"""What the invite link asks for, as Discord's settings name it (platforms.md §29)."""
INVITE = 309237763136
_SHOWN = 20
_FEW_STARTS = 20


def invite(application: str | int) -> str:
    """The link with which somebody who manages a server lets the bot in."""
    return f"https://discord.com/oauth2/authorize?client_id={application}&scope=bot+applications.commands&permissions={INVITE}"


async def examine(settings: DiscordSettings, kit: Kit) -> AsyncIterator[Finding]:
    """Look at everything without connecting: a second connection would cost one of a day's starts."""
    if settings.token is None:
        yield Finding(subject="discord token", good=False, sentence=TOKEN_MISSING)
        return
    with pointed_at(settings):
        async with discord.Client(intents=discord.Intents.none()) as client:
            try:
                await client.login(settings.token.get_secret_value())
            except (discord.HTTPException, discord.LoginFailure, aiohttp.ClientError, OSError) as error:
                yield Finding(subject="discord token", good=False, sentence=_sentence(error))
                return
            async for finding in _look(client, settings, kit):
                yield finding


async def _look(client: discord.Client, settings: DiscordSettings, kit: Kit) -> AsyncIterator[Finding]:
    application = client.application
    user = client.user
    if application is None or user is None:
        return
    yield Finding(subject="discord token", good=True, sentence=f"I am {user} (application {application.id}).")
    yield Finding(subject="discord invite", good=True, sentence=f"To let me into a server: {invite(application.id)}")
    yield _way_in(application, settings, kit)
    if settings.public_key and settings.public_key.lower() != application.verify_key.lower():
        sentence = "DISCORD_PUBLIC_KEY is another app's; copy the one from this app's General Information page."
        yield Finding(subject="discord public key", good=False, sentence=sentence)
    yield Finding(subject="discord intents", good=True, sentence="none of the privileged ones is needed.")
    try:
        yield await _starts(client)
        yield await _commands(client, application.id)
        guilds: Sequence[JSON] = await client.http.request(Route("GET", "/users/@me/guilds"))
    except (discord.HTTPException, aiohttp.ClientError, OSError) as error:
        yield Finding(subject="discord", good=False, sentence=_sentence(error))
        return
    if not guilds:
        yield Finding(subject="discord servers", good=False, sentence="I am in no server yet; the invite link above lets me in.")
    for guild in guilds[:_SHOWN]:
        yield _permissions(guild)
    if len(guilds) > _SHOWN:
        yield Finding(subject="discord servers", good=True, sentence=f"{len(guilds) - _SHOWN} more servers not looked at.")
    known = {str(guild["id"]) for guild in guilds}
    for strange in [each for each in settings.guilds if each not in known]:
        yield Finding(subject="discord servers", good=False, sentence=f"DISCORD_GUILDS names {strange}, and I am not in that server.")


def _way_in(application: discord.AppInfo, settings: DiscordSettings, kit: Kit) -> Finding:
    """Whether Discord sends interactions where they are waited for."""
    set_there, wanted = application.interactions_endpoint_url or "", f"{kit.public_url}/discord/interactions"
    if not set_there and not settings.public_key:
        return Finding(subject="discord interactions", good=True, sentence="they come over the gateway.")
    if set_there and settings.public_key:
        good = set_there.rstrip("/") == wanted
        sentence = f"they come to {set_there}." if good else f"the app's page says {set_there}, and I am at {wanted}; set it there."
        return Finding(subject="discord interactions", good=good, sentence=sentence)
    if set_there:
        sentence = (
            f"the app sends commands to {set_there}, so I hear none: clear Interactions Endpoint URL on its General Information page, "
            "or set DISCORD_PUBLIC_KEY."
        )
        return Finding(subject="discord interactions", good=False, sentence=sentence)
    sentence = f"DISCORD_PUBLIC_KEY is set: put {wanted} as Interactions Endpoint URL on the app's page."
    return Finding(subject="discord interactions", good=False, sentence=sentence)


async def _starts(client: discord.Client) -> Finding:
    """How often it may connect today; at none, Discord takes the token away."""
    found: JSON = await client.http.request(Route("GET", "/gateway/bot"))
    left = int(found["session_start_limit"]["remaining"])
    good = left > _FEW_STARTS
    sentence = f"{left} connections left today, {found['shards']} shards recommended."
    if not good:
        sentence += " Something restarts me all the time; with none left, Discord resets the token."
    return Finding(subject="discord gateway", good=good, sentence=sentence)


async def _commands(client: discord.Client, application: int) -> Finding:
    found: Sequence[JSON] = await client.http.request(Route("GET", f"/applications/{application}/commands"))
    sentence = f"{len(found)} registered." if found else "none are registered yet; the first start does that."
    return Finding(subject="discord commands", good=True, sentence=sentence)


def _permissions(guild: JSON) -> Finding:
    """What the bot may do in a server as a whole; single channels may still say otherwise."""
    rights = discord.Permissions(int(guild.get("permissions") or 0))
    lacking = [] if rights.administrator else [shown for name, shown in NEEDED.items() if not getattr(rights, name)]
    sentence = (
        f"I lack {', '.join(lacking)}: give my role that, or use the invite link once more." if lacking else "all permissions are there."
    )
    return Finding(subject=f"discord server {guild['name']}", good=not lacking, sentence=sentence)


def _sentence(error: Exception) -> str:
    found: LimnerError = explain(error)
    return str(found)
