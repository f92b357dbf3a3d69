"""The vendor: the renderer behind the ImageProvider port, with tickets, progress and a clock of its own."""

import asyncio
import hashlib
import io
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from adapters.providers.sketch.moods import Moods
from adapters.providers.sketch.records import Order, Records
from bot.errors import FaultKind, ProviderFault
from bot.model import Capabilities, Delivery, Finished, Inputs, Notice, Operation, Pending, Progress, Promise, Request
from bot.plugins import Kit

if TYPE_CHECKING:
    from PIL import Image

VERSION = "sketch-1"
STYLES = (
    "photo", "watercolour", "oil", "ink", "line", "pencil", "pixel", "poster", "woodcut", "mosaic", "noir", "vintage", "anime", "neon",
)  # fmt: skip
ABOUT = "procedural preview, not AI"
T = TypeVar("T")
_REMEMBERED = 32
_PATIENCE = 0.4


@dataclass(kw_only=True)
class _Sheet:
    """One order at work, or done. Written by the drawing thread, read by the loop."""

    order: Order
    stop: threading.Event = field(default_factory=threading.Event)
    fraction: float = 0.0
    previews: list[tuple[float, bytes]] = field(default_factory=list[tuple[float, bytes]])
    work: "asyncio.Future[tuple[bytes, ...]]"
    rough: bool


class Sketch:
    """The ImageProvider. Open it with the plugin; `close` ends its threads."""

    name = "sketch"

    def __init__(self, kit: Kit, *, moods: Moods, patient: bool, delay: float, state: str, pixels: int, running: int, rough: bool) -> None:
        self._now = kit.now
        self._moods = moods
        self._patient = patient
        self._delay = delay
        self._rough = rough
        self._records = Records(Path(state) if state else kit.folder)
        self._easels = ThreadPoolExecutor(2, thread_name_prefix="sketch")
        self._clerk = ThreadPoolExecutor(1, thread_name_prefix="sketch-records")
        self._sheets: OrderedDict[str, _Sheet] = OrderedDict()
        self._opened = False
        self.models: Mapping[str, Capabilities] = {
            "sketch": Capabilities(
                name="sketch",
                operations=frozenset(Operation),
                sides=(256, 2048),
                multiple=8,
                pixels=pixels,
                most=10,
                promise=Promise.EXACT,
                negative=True,
                steps=(1, 100),
                guidance=(0.0, 20.0),
                strength=True,
                mask=True,
                styles=STYLES,
                any_style=True,
                price=Decimal(0),
                deadline=max(120.0, delay * 2 + 60.0),
                running=running,
                keyed=True,
                procedural=True,
                version=VERSION,
                about=ABOUT,
            )
        }

    async def submit(self, request: Request, inputs: Inputs, *, key: str) -> Progress:
        """Take a request. The same key gives the same ticket and is entered in the ledger once."""
        moods = self._moods.answer(key)
        request = request if request.seed is not None else _seeded(request, key)
        order = await self._file(lambda: self._take(key, request, inputs, moods))
        sheet = self._begin(order)
        if self._patient:
            return Pending(ticket=order.ticket, check_after=self._pause(sheet), fraction=0.0, stage="sketching")
        try:
            await asyncio.wait((sheet.work,))
            await asyncio.sleep(self._left(order))
        except asyncio.CancelledError:
            sheet.stop.set()
            self._sheets.pop(order.ticket, None)
            raise
        return self._finished(sheet)

    async def check(self, ticket: str) -> Progress:
        """How an order stands. After a restart it is drawn again, which costs nothing and gives the same pixels."""
        sheet = self._sheets.get(ticket)
        if sheet is None:
            order = await self._file(lambda: self._find(ticket))
            if order is None or "lost" in order.moods:
                raise ProviderFault("sketch does not know that ticket any more.", kind=FaultKind.LOST)
            sheet = self._begin(order)
        if "lost" in sheet.order.moods:
            raise ProviderFault("sketch does not know that ticket any more.", kind=FaultKind.LOST)
        left = self._left(sheet.order)
        if left <= 0:
            # A moment's patience here spares a round of asking.
            await asyncio.wait((sheet.work,), timeout=_PATIENCE)
        if "stuck" in sheet.order.moods or not sheet.work.done() or left > 0:
            fraction, preview = self._shown(sheet, left)
            return Pending(ticket=ticket, check_after=self._pause(sheet), fraction=fraction, stage=_stage(fraction), preview=preview)
        return self._finished(sheet)

    async def cancel(self, ticket: str) -> None:
        """Stop an order and forget it."""
        sheet = self._sheets.pop(ticket, None)
        if sheet is not None:
            sheet.stop.set()
        await self._file(lambda: self._records.drop(ticket))

    async def receive(self, delivery: Delivery) -> Notice | None:
        """It sends nothing: it lives in this process."""
        return None

    async def close(self) -> None:
        """Stop drawing and end the threads; open orders stay on disk."""
        for sheet in self._sheets.values():
            sheet.stop.set()
        await asyncio.gather(*(sheet.work for sheet in self._sheets.values()), return_exceptions=True)
        self._easels.shutdown(wait=False, cancel_futures=True)
        self._clerk.shutdown(wait=False)

    def _take(self, key: str, request: Request, inputs: Inputs, moods: frozenset[str]) -> Order:
        self._open()
        return self._records.take(key, request, inputs, moods=moods, now=self._now())

    def _find(self, ticket: str) -> Order | None:
        self._open()
        return self._records.find(ticket)

    def _open(self) -> None:
        if not self._opened:
            self._records.open(self._now())
            self._opened = True

    async def _file(self, work: Callable[[], T]) -> T:
        try:
            return await asyncio.get_running_loop().run_in_executor(self._clerk, work)
        except OSError as error:
            raise ProviderFault(
                f"sketch cannot keep its records: {error.strerror}. SKETCH_STATE names their folder.",
                kind=FaultKind.UNAVAILABLE,
                accepted=False,
            ) from error

    def _begin(self, order: Order) -> _Sheet:
        known = self._sheets.get(order.ticket)
        if known is not None:
            return known
        loop = asyncio.get_running_loop()
        sheet = _Sheet(order=order, work=loop.create_future(), rough=self._rough)
        # The work is handed over in a second step, because it writes its progress on the sheet it belongs to.
        sheet.work = loop.run_in_executor(self._easels, _draw, sheet)
        sheet.work.add_done_callback(_seen)
        self._sheets[order.ticket] = sheet
        done = [ticket for ticket, other in self._sheets.items() if other.work.done()]
        for ticket in done[: max(0, len(done) - _REMEMBERED)]:
            del self._sheets[ticket]
        return sheet

    def _left(self, order: Order) -> float:
        return max(0.0, self._delay - (self._now() - order.taken).total_seconds())

    def _pause(self, sheet: _Sheet) -> float:
        left = self._left(sheet.order)
        return min(0.5, max(0.05, left)) if left > 0 else 0.05

    def _shown(self, sheet: _Sheet, left: float) -> tuple[float, bytes | None]:
        """Progress and preview: those of the drawing, held back where the job must take longer than it needs."""
        passed = 1.0 - left / self._delay if self._delay > 0 else 1.0
        fraction = min(sheet.fraction, passed, 0.99)
        previews = [preview for reached, preview in list(sheet.previews) if reached <= fraction]
        return fraction, previews[-1] if previews else None

    def _finished(self, sheet: _Sheet) -> Finished:
        try:
            images = sheet.work.result()
        except (ValueError, OSError) as error:
            raise ProviderFault(f"sketch could not work with that: {error}", kind=FaultKind.BAD_REQUEST) from error
        if not images:
            raise ProviderFault("sketch was stopped before it was done.", kind=FaultKind.LOST)
        if "broken_image" in sheet.order.moods:
            images = tuple(image[: len(image) // 3] for image in images)
        ticket = sheet.order.ticket
        return Finished(images=images, seed=sheet.order.request.seed, cost=Decimal(0), vendor_id=ticket, version=VERSION)


def _seeded(request: Request, key: str) -> Request:
    return replace(request, seed=int.from_bytes(hashlib.sha256(key.encode()).digest()[:4], "big"))


def _stage(fraction: float) -> str:
    for limit, stage in ((0.2, "reading"), (0.45, "background"), (0.7, "shapes"), (0.85, "light")):
        if fraction < limit:
            return stage
    return "finishing"


def _seen(work: "asyncio.Future[tuple[bytes, ...]]") -> None:
    # A sheet that nobody asks about again must not be reported as an error that nobody saw.
    if not work.cancelled():
        work.exception()


def _draw(sheet: _Sheet) -> tuple[bytes, ...]:
    """Draw all images of an order, in a thread; none when it was stopped. Raises ValueError or OSError for pictures it cannot work with."""
    from adapters.providers.sketch import orders  # noqa: PLC0415 - numpy and Pillow are loaded with the first picture, in the thread

    count = sheet.order.request.count
    images: list[bytes] = []
    for index in range(count):

        def tell(fraction: float, preview: "Image.Image | None", index: int = index) -> None:
            sheet.fraction = (index + fraction) / count
            if preview is not None:
                body = io.BytesIO()
                preview.convert("RGB").save(body, "WEBP", quality=70, method=1)
                sheet.previews.append((sheet.fraction, body.getvalue()))

        try:
            images.append(orders.carry_out(sheet.order, index, rough=sheet.rough, progress=tell, cancelled=sheet.stop.is_set))
        except orders.Cancelled:
            return ()
    sheet.fraction = 1.0
    return tuple(images)
