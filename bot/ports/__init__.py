"""The sockets: what the hub asks of platforms, providers, moderators and storage.

`chats` (ChatPlatform, and the Hub that it asks), `providers`, `moderators`, `queue`, `files`, `metrics`, and `store`, the journal, in
families: `jobs`, `posts`, `people`, `rules`, `audit`, `cases`, `records`. Every implementation of a port passes the port's contract tests
(`tests/contracts`), fakes included.
"""

from bot.ports.chats import ASGI, ChatPlatform, Hub
from bot.ports.files import Files
from bot.ports.metrics import Metrics
from bot.ports.moderators import Moderator
from bot.ports.providers import ImageProvider
from bot.ports.queue import Queue
from bot.ports.store import Store

__all__ = ["ASGI", "ChatPlatform", "Files", "Hub", "ImageProvider", "Metrics", "Moderator", "Queue", "Store"]
