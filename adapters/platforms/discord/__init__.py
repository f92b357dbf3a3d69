"""Discord: the gateway or signed requests in, the REST API out, both through discord.py.

    settings.py      DISCORD_* variables
    platform.py      its life, and what the hub asks of it (post, edit, whisper, thread, fetch)
    client.py        discord.py's client: addresses, intents, registered commands, a net under every dispatch
    menu.py          commands as Discord registers them
    interactions.py  signed interactions over HTTP, as a page of the bot's own server
    inbound.py       theirs to ours: people, places, interactions, messages, reactions (hearing, directory: what was written, whom it names)
    desk.py          takes what happens, once each, in the platform's own tasks
    clerk.py         reads an interaction, acknowledges it, asks the hub, shows the answer (sentences: its own words)
    answers.py       what goes back through an interaction's own address; whispers
    outside.py       places where the bot is no member, reached through interactions alone
    posts.py         everything said with the bot's own token (threads, earlier, downloads, permissions: its parts)
    outbound.py      ours to theirs: a Message as components (markdown, buttons, forms, pictures, documents, shapes: its parts)
    courier.py       carries requests, within Discord's limits (pace, faults: its parts)
    examine.py       what the doctor asks

Reasons:

- *Acknowledge first.* Discord waits three seconds. Every interaction is answered before the hub is asked, or, where a form may have to be
  that answer, 1.3 seconds later at most. Acknowledgements never queue behind other requests.
- *The bot's token for what lasts.* An interaction's address ends after 15 minutes, a job may not. So cards and results are posted and
  edited with the bot's token; only whispers use the interaction. Where a person brought the bot along and it is no member, there is no
  other way: then it says so at once, and again before the end.
- *No state in memory.* A button's id is the line it says, a form's id too. discord.py's views, dynamic items and command tree keep
  registries that a restart empties and that can lose a whole class of buttons; interactions are read as they are instead.
- *No privileged intents.* Messages that mention the bot and direct messages come with their words without them.
- *One net per dispatch.* What discord.py cannot parse is dropped and logged; without the net it would end the connection.
- *Several machines.* Each opens a session of its own with the one token, and each hears everything. An interaction is done by the one that
  acknowledges it first; a message or a reaction is known by its key, and the journal takes it once and lets it be answered once. Any of
  them may tell about a job. A start costs one of the day's 1,000 sessions for each shard.
- *Receiving ends before sending.* When the bot stops, the gateway is left first; running jobs can still post until the platform is closed.
"""

from adapters.platforms.discord.examine import examine
from adapters.platforms.discord.platform import Discord, open_discord
from adapters.platforms.discord.settings import DiscordSettings
from bot.plugins import Plugin

PLUGIN = Plugin[DiscordSettings, Discord](
    about="Discord",
    settings=DiscordSettings,
    open=open_discord,
    configured=lambda settings: settings.token is not None,
    examine=examine,
)

__all__ = ["PLUGIN", "Discord", "DiscordSettings", "open_discord"]
