"""Ours to theirs: a Message or a kept Entry as the JSON that the browser draws. Text goes as it is; nothing there reads it as markup."""

import dataclasses
from collections import OrderedDict
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from adapters.platforms.playground.cast import Cast, Player
from adapters.platforms.playground.history import Entry
from bot.errors import LimnerError
from bot.model import CommandSpec, Document, Form, Message, Person, Picture, Role
from bot.plugins import Link

JSON = dict[str, Any]
_EXPIRES = timedelta(hours=24)
_RENEWED = timedelta(hours=6)
_REMEMBERED = 4096


def message_json(message: Message) -> JSON:
    """What is kept of a message: its fields, without those that are empty. Pictures and documents keep their keys, never an address."""
    content: JSON = {
        "text": message.text,
        "title": message.title,
        "body": message.body,
        "fields": [list(pair) for pair in message.fields],
        "context": message.context,
        "code": message.code,
        "pictures": [dataclasses.asdict(picture) for picture in message.pictures],
        "documents": [dataclasses.asdict(document) for document in message.documents],
        "actions": [dataclasses.asdict(action) for action in message.actions],
        "tone": message.tone.value,
        "job": message.job,
    }
    kept = {name: value for name, value in content.items() if value or name == "text"}
    if message.progress is not None:
        kept["progress"] = min(1.0, max(0.0, message.progress))
    return kept


def results(message: Message) -> int:
    """How many finished pictures a message shows; a preview is none."""
    return sum(1 for picture in message.pictures if picture.original)


def form_json(form: Form) -> JSON:
    """A form, as the browser shows it."""
    return dataclasses.asdict(form)


def menu_json(menu: Mapping[str, CommandSpec], person: Person) -> list[JSON]:
    """The commands a person may type, for completion. The hub checks again."""
    return [
        {
            "name": spec.name,
            "about": spec.about,
            "example": spec.example,
            "role": spec.role.value,
            "options": [dataclasses.asdict(option) for option in spec.options],
        }
        for spec in menu.values()
        if not spec.hidden and (spec.role is Role.MEMBER or person.administers or spec.role in person.roles)
    ]


def player_json(player: Player) -> JSON:
    """Someone of the cast."""
    return {
        "id": player.id,
        "name": player.name,
        "title": player.title,
        "colour": player.colour,
        "zone": player.zone,
        "roles": sorted(role.value for role in player.roles),
        "groups": sorted(player.groups),
    }


def channels_json(cast: Cast, person: str, unread: Mapping[str, int], read: Mapping[str, int]) -> list[JSON]:
    """The channels a person sees, in order, with how far they have read."""
    return [
        {
            "id": channel.id,
            "name": channel.name,
            "topic": channel.topic,
            "restricted": channel.age_restricted,
            "direct": bool(channel.owner),
            "closed": bool(channel.roles),
            "unread": unread.get(channel.id, 0),
            "read": read.get(channel.id, 0),
        }
        for channel in cast.seen_by(person)
    ]


class Writer:
    """Turns entries into JSON, with addresses for their pictures that end after a day.

    An address stays the same for some hours, so that an edited card does not load its pictures again.
    """

    def __init__(self, link: Link, now: Callable[[], datetime], public_url: str) -> None:
        self._link = link
        self._now = now
        self._public_url = public_url.rstrip("/")
        self._known: OrderedDict[tuple[str, str], tuple[str, datetime]] = OrderedDict()

    async def write(self, entry: Entry) -> JSON:
        """One entry."""
        content = await self.show(entry.content)
        return {
            "id": f"m{entry.number}",
            "number": entry.number,
            "change": entry.change,
            "channel": entry.channel,
            "root": None if entry.root is None else f"m{entry.root}",
            "author": entry.author,
            "whisper": entry.audience is not None,
            "gone": entry.gone,
            "at": entry.created,
            "edited": entry.edited,
            "thread": entry.thread,
            "reactions": dict(entry.reactions),
            "replies": None if entry.replies is None else dataclasses.asdict(entry.replies),
            "content": content,
        }

    async def show(self, kept: Mapping[str, Any]) -> JSON:
        """What is kept of a message, with addresses for its pictures and documents."""
        content = dict(kept)
        if pictures := content.get("pictures"):
            content["pictures"] = [await self._picture(Picture(**picture), str(content.get("job", ""))) for picture in pictures]
        if documents := content.get("documents"):
            content["documents"] = [await self._document(Document(**document)) for document in documents]
        return content

    async def _document(self, document: Document) -> JSON:
        return {"name": document.name, "title": document.title, "address": await self._address(document.key, document.name)}

    async def _picture(self, picture: Picture, job: str) -> JSON:
        kind = picture.original.rpartition(".")[2]
        name = f"limner-{job or 'picture'}-{picture.index}.{kind}"
        return {
            "key": picture.key,
            "address": await self._address(picture.key),
            "download": await self._address(picture.original, name) if picture.original else "",
            "name": name,
            "alt": picture.alt,
            "title": picture.title,
            "width": picture.width,
            "height": picture.height,
            "index": picture.index,
            "spoiler": picture.spoiler,
        }

    async def _address(self, key: str, download: str = "") -> str:
        now = self._now()
        known = self._known.get((key, download))
        if known is not None and known[1] > now:
            return known[0]
        try:
            address = await self._link(key, expires=_EXPIRES, download=download)
        except LimnerError:
            # A file that retention took away leaves a card without its picture, never a channel that cannot be shown.
            return ""
        # The page may be open under localhost or 127.0.0.1: our own addresses are given without the host.
        address = address.removeprefix(self._public_url) if self._public_url else address
        self._known[(key, download)] = (address, now + _RENEWED)
        while len(self._known) > _REMEMBERED:
            self._known.popitem(last=False)
        return address
