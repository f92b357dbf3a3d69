"""AI Horde: pictures drawn by volunteers' machines, for kudos and not for money (providers.md §12).

    models.py     the settings, and what each model can do, as data
    requests.py   a request in the service's words
    answers.py    how a request stands, refusals, faults
    provider.py   submit, check, cancel, receive, over the shared calls
    examine.py    what the doctor asks

Reasons:

- *Nothing here is confidential, and each model says so.* A stranger's machine reads the prompt and the source; what is ordered with the
  anonymous key may even be shown to everybody. So that key is used only where an admin wrote it down.
- *One picture a request*, because several of one request share a seed. Each of ours has its own, and can be drawn again alone.
- *Two questions, not one.* Whether a request is done may be asked ten times a second, what came of it ten times a minute: the second is
  asked when the first said yes.
- *Orders have a pace of their own*, slower than that of questions: 2 a second and 90 a minute.
"""

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from importlib.metadata import version

from adapters.calls import Caller, Keys, Pace, open_caller, open_masks, open_pictures
from adapters.providers.horde.answers import VENDOR, explain
from adapters.providers.horde.examine import examine
from adapters.providers.horde.models import MODELS, Settings, models_of, recipes_of
from adapters.providers.horde.provider import Horde
from adapters.providers.horde.requests import Manners
from bot.plugins import Finding, Kit, Plugin
from bot.ports import ImageProvider

__all__ = ["MODELS", "PLUGIN", "Settings"]

_VARIABLE = "HORDE_API_KEY"
_RESULTS = "a223539ccf6caa2d76459c9727d276e6.r2.cloudflarestorage.com"
"""Its own storage. Its neighbours under the same name belong to anybody."""


@asynccontextmanager
async def _calling(settings: Settings, kit: Kit, keys: Keys, pace: Pace) -> AsyncGenerator[Caller]:
    agent = f"limner:{version('limner')}:{settings.contact or kit.public_url}"
    async with open_caller(
        vendor=VENDOR,
        base_url=settings.base_url,
        now=kit.now,
        keys=keys,
        sign=lambda key: {"apikey": key, "Client-Agent": agent},
        explain=explain,
        pace=pace,
        hosts=["aihorde.net", _RESULTS],
        trusted=(*kit.download_hosts, *settings.download_hosts),
        timeout=settings.timeout,
    ) as caller:
        yield caller


@asynccontextmanager
async def _open(settings: Settings, kit: Kit) -> AsyncGenerator[ImageProvider]:
    keys = Keys(lambda: (kit.reload() or settings).api_key, variable=_VARIABLE)
    manners = Manners(
        recipes=recipes_of(settings),
        sampler=settings.sampler,
        adult=settings.adult,
        trusted=settings.trusted_workers,
        rewrite=settings.rewrite,
        # It calls https addresses alone.
        webhook=kit.webhook if kit.webhook.startswith("https://") else "",
    )
    async with (
        _calling(settings, kit, keys, Pace(calls=2, seconds=1.4)) as orders,
        _calling(settings, kit, keys, Pace(calls=10, seconds=1)) as questions,
        open_masks() as masks,
        open_pictures() as pictures,
    ):
        yield Horde(orders, questions, models=models_of(settings), manners=manners, masks=masks, pictures=pictures)


async def _examine(settings: Settings, kit: Kit) -> AsyncIterator[Finding]:
    """Each key asks whose it is, and the first that is accepted asks which models have machines; neither costs kudos."""

    def calling(keys: Keys) -> AbstractAsyncContextManager[Caller]:
        return _calling(settings, kit, keys, Pace(calls=2, seconds=1))

    async for finding in examine(settings, calling, variable=_VARIABLE):
        yield finding


PLUGIN = Plugin[Settings, ImageProvider](
    about="AI Horde: pictures by volunteers' machines, free, not confidential",
    settings=Settings,
    open=_open,
    configured=lambda settings: settings.api_key is not None,
    examine=_examine,
)
