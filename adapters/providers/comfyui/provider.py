"""The provider: orders under ids of our own, and asks the history how they ended."""

import hashlib
import uuid
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager, suppress

from adapters.calls import Caller, Masks, open_masks
from adapters.providers.comfyui.answers import (
    TAKEN,
    UPLOADED,
    VENDOR,
    File,
    Ticket,
    Turn,
    entry_of,
    files_of,
    over,
    ticket_of,
    turn_of,
)
from adapters.providers.comfyui.library import Library, capabilities, library_of
from adapters.providers.comfyui.listening import Ears, listening
from adapters.providers.comfyui.settings import Settings
from adapters.providers.comfyui.vendor import calling, headers_of
from adapters.providers.comfyui.workflows import IMAGES, Value, Workflow, fill
from bot.errors import FaultKind, ProviderFault, Refused
from bot.model import Capabilities, Delivery, Finished, Inputs, Notice, Pending, Progress, Request
from bot.plugins import Kit
from bot.ports import ImageProvider

_OURS = uuid.UUID("6c0a7f0e-52a5-5d3c-9f2b-6f1d1e1f5a17")
"""What our ids are made under."""
_AT_WORK, _WAITING = 1.0, 2.0
"""Seconds between two looks at a job that is drawn, and at one that waits in the queue."""
_FOLDER = "limner"
_ABSENT = frozenset({FaultKind.BAD_REQUEST, FaultKind.BAD_RESULT})


class ComfyUI:
    """ComfyUI over its HTTP API and its websocket."""

    name = "comfyui"

    def __init__(
        self, caller: Caller, masks: Masks, ears: Ears, *, library: Library, models: Mapping[str, Capabilities], usual: Mapping[str, Value]
    ) -> None:
        self.models = models
        self._caller = caller
        self._masks = masks
        self._ears = ears
        self._library = library
        self._usual = usual

    async def submit(self, request: Request, inputs: Inputs, *, key: str) -> Progress:
        """Order one picture; the same key is the same job, even where an earlier process ordered it."""
        workflow = self._workflow(request, inputs)
        job = id_of(key)
        seed = request.seed if request.seed is not None else seed_of(key)
        ticket = Ticket(id=job, outputs=list(workflow.outputs), seed=seed, version=workflow.digest)
        if await self._has(job):
            return Pending(ticket=str(ticket), check_after=_AT_WORK)
        values = {**_values(request), "seed": seed, "key": job, **await self._uploads(workflow, inputs)}
        graph = fill(workflow, values, self._usual, prefix=f"{_FOLDER}/{job}")
        self._ears.follow(job, workflow.titles)
        try:
            reply = await self._caller.post("/prompt", json={"prompt": graph, "client_id": self._ears.client, "prompt_id": job})
            taken = reply.read(TAKEN).prompt_id
        except ProviderFault as fault:
            if fault.accepted and await self._has(job, surely=False):
                # The answer was lost on the way, the order was not.
                return Pending(ticket=str(ticket), check_after=_AT_WORK)
            self._ears.forget(job)
            raise
        if taken != job:
            # A server of before it took ids of ours.
            self._ears.forget(job)
            self._ears.follow(taken, workflow.titles)
            ticket = ticket.model_copy(update={"id": taken})
        return Pending(ticket=str(ticket), check_after=_AT_WORK)

    async def check(self, ticket: str) -> Progress:
        """How a job stands: in the history it is over, in the queue it is not, and in neither it is lost."""
        known = ticket_of(ticket)
        entry = await self._entry(known.id)
        if entry is None:
            turn = await self._turn(known.id)
            if turn is not None:
                return self._pending(ticket, known.id, turn)
            # It may have ended between the two questions.
            entry = await self._entry(known.id)
        if entry is None:
            self._ears.forget(known.id)
            raise ProviderFault(f"{VENDOR} does not know the job any more: it was started anew, or cleared.", kind=FaultKind.LOST)
        try:
            if not over(entry):
                return Pending(ticket=ticket, check_after=_AT_WORK)
            pictures = [await self._picture(file) for file in files_of(entry, known.outputs)]
        except ProviderFault as fault:
            if fault.kind not in {FaultKind.UNAVAILABLE, FaultKind.TIMEOUT, FaultKind.RATE_LIMITED}:
                self._ears.forget(known.id)
            raise
        self._ears.forget(known.id)
        return Finished(images=tuple(pictures[:1]), seed=known.seed, vendor_id=known.id, version=known.version)

    async def cancel(self, ticket: str) -> None:
        """Take a job out of the queue, and stop it where it runs."""
        try:
            job = ticket_of(ticket).id
        except ProviderFault:
            return
        self._ears.forget(job)
        with suppress(_Gone):
            await self._tell("/queue", {"delete": [job]})
        with suppress(_Gone):
            # Servers of before stop whatever runs, and so it must be ours.
            turn = await self._turn(job)
            if turn is not None and turn.running:
                await self._tell("/interrupt", {"prompt_id": job})

    async def receive(self, delivery: Delivery) -> Notice | None:
        """It sends nothing."""
        return None

    def _workflow(self, request: Request, inputs: Inputs) -> Workflow:
        workflows = self._library.get(request.model or "", [])
        found = next((each for each in workflows if request.operation in each.operations), None)
        why = f"{request.model} has no workflow for that" if found is None else ""
        if found is not None and "image" in found.inputs and not inputs.sources:
            why = "There is no picture to start from"
        elif found is not None and "mask" in found.inputs and inputs.mask is None:
            why = "There is no mask"
        if found is None or why:
            raise ProviderFault(f"{why}.", kind=FaultKind.BAD_REQUEST, accepted=False)
        return found

    def _pending(self, ticket: str, job: str, turn: Turn) -> Pending:
        heard = self._ears.heard(job)
        if turn.running or heard.at_work:
            return Pending(ticket=ticket, check_after=_AT_WORK, fraction=heard.fraction, stage=heard.stage, preview=heard.preview)
        return Pending(ticket=ticket, check_after=_WAITING, stage=f"waiting at {VENDOR}, {turn.ahead} before it")

    async def _uploads(self, workflow: Workflow, inputs: Inputs) -> Mapping[str, Value]:
        """The pictures that a workflow asks for, brought there; their names by input."""
        found: dict[str, Value] = {}
        for number, name in enumerate(IMAGES):
            if name in workflow.inputs:
                # One source for a workflow that wants two is both.
                found[name] = await self._upload(inputs.sources[min(number, len(inputs.sources) - 1)])
        if "mask" in workflow.inputs and inputs.mask is not None:
            like = inputs.sources[0] if inputs.sources else inputs.mask
            found["mask"] = await self._upload(await self._masks.both(inputs.mask, like=like))
        return found

    async def _upload(self, picture: bytes) -> str:
        """Bring a picture there, under a name made of what is in it: the same picture twice is one file."""
        name = f"{hashlib.sha256(picture).hexdigest()[:32]}.{_ending(picture)}"
        fields = {"type": "input", "subfolder": _FOLDER, "overwrite": "true"}
        try:
            reply = await self._caller.post("/upload/image", data=fields, files={"image": (name, picture)})
            return reply.read(UPLOADED).path
        except ProviderFault as fault:
            # Nothing was ordered yet, whatever became of the picture.
            fault.accepted = False
            raise

    async def _has(self, job: str, *, surely: bool = True) -> bool:
        """Whether it has a job. The queue first: what leaves it meanwhile is in the history.

        Raises:
            ProviderFault: it cannot be asked; not where an answer is only hoped for (`surely=False`).
        """
        try:
            return await self._turn(job) is not None or await self._entry(job) is not None
        except (Refused, ProviderFault) as fault:
            if not surely or (isinstance(fault, ProviderFault) and fault.kind in _ABSENT):
                return False
            raise

    async def _entry(self, job: str) -> Mapping[str, object] | None:
        return entry_of(await self._caller.get(f"/history/{job}"), job)

    async def _turn(self, job: str) -> Turn | None:
        return turn_of(await self._caller.get("/queue"), job)

    async def _picture(self, file: File) -> bytes:
        params = {"filename": file.filename, "subfolder": file.subfolder, "type": file.type}
        try:
            return (await self._caller.get("/view", params=params)).body
        except ProviderFault as fault:
            if fault.kind is not FaultKind.BAD_REQUEST:
                raise
            raise ProviderFault(f"The picture is not at {VENDOR} any more.", kind=FaultKind.BAD_RESULT) from None

    async def _tell(self, path: str, said: Mapping[str, object]) -> None:
        try:
            await self._caller.post(path, json=said)
        except ProviderFault as fault:
            raise (_Gone() if fault.kind in _ABSENT else fault) from None


class _Gone(Exception):  # noqa: N818 - it is no error
    """There is nothing to cancel any more."""


def id_of(key: str) -> str:
    """The id of an order: a UUID that is the same for the same key."""
    return str(uuid.uuid5(_OURS, key))


def seed_of(key: str) -> int:
    """The seed of an order that names none; the same for the same key, so that the ticket of a job found again is true."""
    return int.from_bytes(hashlib.sha256(key.encode()).digest()[:4])


def _values(request: Request) -> dict[str, Value | None]:
    width, height = request.size or (None, None)
    return {
        "prompt": request.prompt,
        "negative": request.negative or None,
        "style": request.style,
        "width": width,
        "height": height,
        "steps": request.steps,
        "guidance": request.guidance,
        "strength": request.strength,
        "scale": request.scale,
    }


def _ending(picture: bytes) -> str:
    if picture.startswith(b"\xff\xd8"):
        return "jpg"
    return "webp" if picture[8:12] == b"WEBP" else "png"


@asynccontextmanager
async def open_provider(settings: Settings, kit: Kit) -> AsyncGenerator[ImageProvider]:
    """The provider, listening until the block ends. Raises SettingFault where there is no workflow."""
    library = library_of(settings)
    usual: dict[str, Value] = {
        "steps": settings.steps,
        "guidance": settings.guidance,
        "strength": settings.strength,
        "scale": 2,
        "width": 1024,
        "height": 1024,
        "checkpoint": settings.checkpoint[0] if settings.checkpoint else "",
    }
    ears = Ears(address=settings.base_url or "", client=uuid.uuid4().hex, headers=headers_of(settings))
    models = {model: capabilities(model, workflows, settings) for model, workflows in library.items()}
    async with calling(settings, kit) as caller, open_masks() as masks, listening(ears):
        yield ComfyUI(caller, masks, ears, library=library, models=models, usual=usual)
