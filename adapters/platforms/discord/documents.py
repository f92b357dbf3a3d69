"""Documents: files to download, attached where they fit, else linked, else at least named."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from adapters.platforms.discord import markdown
from adapters.platforms.discord.courier import Upload
from adapters.platforms.discord.pictures import is_public, is_writable
from bot.errors import LimnerError
from bot.model import Document
from bot.plugins import Kit

_MOST = 5
"""Documents of one message; each is a row of its own."""
_LINK_LASTS = timedelta(days=7)
_KIB = 1024


@dataclass(frozen=True, kw_only=True)
class Bundle:
    """A message's documents, ready to go."""

    uploads: tuple[Upload, ...] = ()
    notes: tuple[str, ...] = ()
    """What must be said of those that are not attached, as markup."""

    @property
    def names(self) -> tuple[str, ...]:
        """What the attached ones are called."""
        return tuple(upload.name for upload in self.uploads)

    @property
    def bytes(self) -> int:
        """What they take of a request."""
        return sum(len(upload.body) for upload in self.uploads)


async def bundle(kit: Kit, documents: Sequence[Document], *, file: int, request: int) -> Bundle:
    """Documents, none larger than `file` bytes and all together not larger than `request`."""
    uploads: list[Upload] = []
    notes: list[str] = []
    for document in documents:
        name = _name(document, [upload.name for upload in uploads])
        shown = markdown.inline(document.title or document.name, 200)
        try:
            body = (await kit.read(document.key)).body
        except LimnerError:
            notes.append(f"{shown} is not kept any more.")
            continue
        if body and len(body) <= min(file, request - sum(len(upload.body) for upload in uploads)) and len(uploads) < _MOST:
            uploads.append(Upload(name=name, body=body, alt=markdown.plain(document.title, 1024)))
            continue
        link = await _link(kit, document, name)
        why = f"has {-(-len(body) // _KIB):,} KB, more than fits here" if body else "is empty"
        notes.append(f"{shown} {why}{f': [download it]({link})' if link else '.'}")
    return Bundle(uploads=tuple(uploads), notes=tuple(notes))


def _name(document: Document, taken: Sequence[str]) -> str:
    """A name that Discord keeps as it is: an attachment that is shown is found by it."""
    name = re.sub(r"[^A-Za-z0-9._-]", "", document.name.replace(" ", "_")).lstrip(".")[-80:] or "file"
    return name if name not in taken else f"{len(taken) + 1}-{name}"


async def _link(kit: Kit, document: Document, name: str) -> str:
    if not is_public(kit.public_url):
        return ""
    try:
        link = await kit.link(document.key, expires=_LINK_LASTS, download=name)
    except LimnerError:
        return ""
    return link if is_writable(link) else ""
