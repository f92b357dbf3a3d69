"""The `sketch` provider: a procedural preview, not AI; free, without an account, the same pixels for the same words and seed.

Its rule: everything random comes from `noise.Dice`, which depends on words alone; nothing else may differ between two runs.

From words to pixels:

1. `words` reads a prompt with the tables of `vocabulary` into a `scene`, `company` completes its cast, `light` gives it the colours of sky,
   sun, shade and haze.
2. `scenes` picks the painters and their order: `sky`, then the ground (`land`, `sea`, `forest`, `city`, `rooms`, `space`, `underwater`,
   `abstract`, `portrait`), then the `cast` of figures, then the `weather` before the camera. `terrain` is the ground in true perspective,
   `water` mirrors, `trees` and `growth` stand on it.
3. `figures` reads the pages of `drawings/`, `shapes` draws them with rounded light and hair.
4. `paint` develops the picture, `styles` turns it into watercolour, ink, pixels.
5. `retouch`, `enlarge` and `cutout` start from a picture. `render.Drawing` is what all of them are asked; `canvas` and `noise` are the
   paint and the brush.

To add a figure: write `drawings/<name>.txt` (the shape of a page is told in `figures`; `<name>-2.txt` is another pose), name its words in
`vocabulary.FIGURES` and its home in `vocabulary.HOMES`. To add a style: one function in `styles.STYLES` and its words in
`vocabulary.STYLES`. Then look at thirty pictures.

It is a vendor too: `vendor` is the ImageProvider, `orders` turns requests into drawings, `records` is what the vendor remembers across a
restart, `moods` is how it misbehaves on demand. numpy and Pillow are imported when the first picture is drawn, so that a command line that
draws nothing starts at once.
"""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Literal

from pydantic import Field, field_validator

from adapters.providers.sketch.moods import Moods, parse
from adapters.providers.sketch.vendor import Sketch
from bot.plugins import Kit, Plugin, PluginSettings
from bot.ports import ImageProvider


class Settings(PluginSettings):
    """How the built-in vendor behaves. The defaults are a quick and friendly one; the rest is for tests and rehearsals.

    `SKETCH_FAIL` is a comma list of moods:

    - `rate_limit`: 429, not accepted, retry after a second
    - `server_error`: 500, the work may have been accepted
    - `timeout`: no answer, the work may have been accepted
    - `credentials`, `credit`: the key is wrong, the account is empty
    - `refuse`: the vendor's own moderation says no
    - `broken_image`: the result is no picture
    - `lost`: the vendor forgets the job after taking it
    - `stuck`: the job never ends

    Each may be bounded: `rate_limit:2` for the first two submissions since the start, `server_error:0.3` for three in ten. `fail_first:2`
    answers the first two submissions with 503, not accepted; `flaky:0.3` does so to three in ten.
    """

    mode: Literal["async", "sync"] = Field(default="async", description="async: a ticket, progress, then pictures. sync: one long call.")
    delay: float = Field(default=0.0, ge=0, le=3600, description="Seconds a job takes at least.")
    fail: str = Field(default="", description="How it misbehaves, for rehearsals: rate_limit, server_error, timeout, refuse, flaky:0.3 ...")
    state: str = Field(default="", description="Folder for its ledger and open jobs; beside the data when unset.")
    pixels: int = Field(
        default=1024 * 1024, ge=256 * 256, le=2048 * 2048, description="Pixels of a picture when only a ratio is asked for."
    )
    running: int = Field(default=4, ge=1, le=10_000, description="Jobs in flight at once.")
    rough: bool = Field(default=False, description="Paint swirls, whatever is asked for: a tenth of the work, for tests and rehearsals.")

    @field_validator("fail")
    @classmethod
    def _known(cls, text: str) -> str:
        parse(text)
        return text


@asynccontextmanager
async def _open(settings: Settings, kit: Kit) -> AsyncGenerator[ImageProvider]:
    sketch = Sketch(
        kit,
        moods=Moods(parse(settings.fail)),
        patient=settings.mode == "async",
        delay=settings.delay,
        state=settings.state,
        pixels=settings.pixels,
        running=settings.running,
        rough=settings.rough,
    )
    try:
        yield sketch
    finally:
        await sketch.close()


PLUGIN = Plugin[Settings, ImageProvider](
    about="A procedural preview, not AI: draws at once, free, without an account.", settings=Settings, open=_open
)
