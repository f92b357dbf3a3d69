"""Gemini: pictures from words and from up to fourteen references, in the call itself (providers.md §7).

    models.py    settings, models, prices        requests.py  a request in Gemini's words
    answers.py   the picture, or why not         failures.py  what its errors mean
    vendor.py    Gemini, the provider            examine.py   what `limner doctor` asks

- *Moderation is HTTP 200*: a block reason and no candidates, or a finish reason beside no picture. An answer in words alone is a refusal
  too: that is how the model declines. Reasons that nobody knows yet are read by the words in them.
- Its pictures are as large as `GEMINI_IMAGE_SIZE` says; prices are known for 1K alone, and unknown says unknown.
- The seed is best effort and is not returned. No cost is told, no mask and no negative prompt taken, and a call gives one picture.
- Thinking models send drafts as thoughts, which are not the picture.
- A quota for the day, or one of zero, is spent credit: waiting a minute would not help. A key may be refused with a 400.
"""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from adapters.calls import open_pictures
from adapters.providers.gemini.examine import examine
from adapters.providers.gemini.models import MODELS, Settings
from adapters.providers.gemini.vendor import Gemini, calling
from bot.plugins import Kit, Plugin
from bot.ports import ImageProvider

__all__ = ["MODELS", "PLUGIN"]


@asynccontextmanager
async def _open(settings: Settings, kit: Kit) -> AsyncGenerator[ImageProvider]:
    async with calling(settings, kit, lambda: (kit.reload() or settings).api_key) as caller, open_pictures() as pictures:
        yield Gemini(caller, pictures, settings)


PLUGIN = Plugin[Settings, ImageProvider](
    about="Gemini: pictures and edits that follow instructions",
    settings=Settings,
    open=_open,
    configured=lambda settings: settings.api_key is not None,
    examine=examine,
)
