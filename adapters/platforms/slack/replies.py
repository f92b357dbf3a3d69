"""Replies: how an answer reaches the one who asked: as a whisper, in their direct messages, or by the address that their click came with.

That address (`response_url`) is good for half an hour and five uses, and shows a text even where the bot is not and has no token.
"""

import aiohttp
import structlog

from adapters.platforms.slack.clients import Clients
from adapters.platforms.slack.inbound import Deed
from adapters.platforms.slack.outbound import blocks_of, text_of
from adapters.platforms.slack.posts import Posts
from bot.errors import PlatformFault
from bot.model import Message, Person, Place, Tone

log = structlog.get_logger()

_OK = 200


class Replies:
    """Brings answers to people."""

    def __init__(self, clients: Clients, posts: Posts) -> None:
        self._clients = clients
        self._posts = posts

    async def tell(self, deed: Deed, person: Person, place: Place, message: Message, *, lasting: bool) -> None:
        """Tell one person, where they asked; with `lasting`, where it stays. Raises PlatformFault where no way is left."""
        try:
            if lasting and not place.direct:
                await self._posts.direct(person, place, message)
            else:
                await self._posts.whisper(person, place, message)
        except PlatformFault as fault:
            log.info("a whisper was not heard", reason=fault.sentence)
            # The click's own address takes words alone; what has a picture is worth the way into the direct messages.
            words = not message.pictures and not message.documents
            if words and await self._respond(deed, message):
                return
            try:
                await self._posts.direct(person, place, message)
            except PlatformFault:
                if words or not await self._respond(deed, message):
                    raise

    async def apologise(self, deed: Deed, sentence: str) -> None:
        """Say why nothing came of it, where only the click's own address is left to say it by. Never raises."""
        await self._respond(deed, Message(text=sentence, body=sentence, tone=Tone.BAD))

    async def _respond(self, deed: Deed, message: Message) -> bool:
        if not self._clients.trusts(deed.response_url):
            return False
        body = {"response_type": "ephemeral", "replace_original": False, "text": text_of(message), "blocks": blocks_of(message)}
        try:
            async with self._clients.session.post(deed.response_url, json=body) as answer:
                return answer.status == _OK
        except (aiohttp.ClientError, TimeoutError) as error:
            log.info("slack took no response", error=type(error).__name__)
            return False
