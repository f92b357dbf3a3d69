"""Stability AI: pictures from words and from pictures, edits, control and upscaling (providers.md §3).

    endpoints.py  what each endpoint takes, as data    models.py   what people can name, with prices
    requests.py   a request in Stability AI's words     answers.py  what an answer or an error means
    vendor.py     Stability, the provider               examine.py  what `limner doctor` asks

Reasons:

- *An operation of ours goes to the endpoint that fits it, whichever model is named.* Inpaint, outpaint, fast upscale and remove background
  know no models, so all the models that draw offer them, and a job goes on where it began.
- *What has no operation of ours is a model of its own:* erase, search and replace, control, the slow upscalers. People can name a model
  and nobody can type an extra. They are `special`: never chosen unasked. `Request.extras` reach the knobs of whichever endpoint is asked
  (`grow_mask`, `control_strength`, `creativity`, `left` ...), by the names of the API; other names are not passed on.
- *Search and replace takes two texts, a prompt is one:* it is written `the boat -> a red duck`.
- *A request is always multipart*, file or not: the API takes nothing else. A picture comes back as bytes, with seed and finish reason in
  headers; JSON is read as well.
- *A filtered picture is HTTP 200 with a blur.* The finish reason decides, not the status.
- Prices are credits at $0.01, per endpoint; the API does not tell what it charged. What fails is free.
"""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from adapters.calls import open_pictures
from adapters.providers.stability.examine import examine
from adapters.providers.stability.models import MODELS
from adapters.providers.stability.vendor import Settings, Stability, calling
from bot.plugins import Kit, Plugin
from bot.ports import ImageProvider

__all__ = ["MODELS", "PLUGIN"]


@asynccontextmanager
async def _open(settings: Settings, kit: Kit) -> AsyncGenerator[ImageProvider]:
    async with calling(settings, kit, lambda: (kit.reload() or settings).api_key) as caller, open_pictures() as pictures:
        yield Stability(caller, pictures)


PLUGIN = Plugin[Settings, ImageProvider](
    about="Stability AI: Stable Image and Stable Diffusion 3.5, edits, control, upscaling",
    settings=Settings,
    open=_open,
    configured=lambda settings: settings.api_key is not None,
    examine=examine,
)
