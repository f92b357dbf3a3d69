"""Images: the provider of a service that speaks the images API, and in what such services differ."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urljoin

import structlog

from adapters.calls import AtOnce, Caller, Events, Masks, Reply
from adapters.providers._openai_images.answers import Found, cost_of, drawn_by, preview_of, unpacked
from adapters.providers._openai_images.facts import Facts, facts_of
from adapters.providers._openai_images.faults import Unstreamed
from adapters.providers._openai_images.requests import fields_of, files_of, form_of
from bot.model import Capabilities, Finished, Inputs, Operation, Pending, Request

log = structlog.get_logger()

Show = Callable[[str, Pending], None]


@dataclass(frozen=True, kw_only=True)
class Dialect:
    """In what one service differs from the next."""

    name: str
    """The provider's."""
    usual: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """What is said with every request."""
    path: Callable[[str, str], str] = lambda _, what: f"/images/{what}"
    """Model and what is asked for (`generations`, `edits`) -> path."""
    facts: Callable[[str], Facts] = facts_of
    """Model -> what is known of it."""
    previews: int = 0
    """Previews to ask for, 0 to 3; the service may send fewer."""
    seeds: bool = False
    """Whether it takes a seed, though the API has none."""


class Images(AtOnce):
    """A service that speaks the images API."""

    def __init__(self, caller: Caller, masks: Masks, show: Show, *, dialect: Dialect, models: Mapping[str, Capabilities]) -> None:
        self.name = dialect.name
        self.models = models
        self._caller = caller
        self._masks = masks
        self._show = show
        self._dialect = dialect
        self._unstreamed: set[str] = set()

    async def submit(self, request: Request, inputs: Inputs, *, key: str) -> Finished:
        """Ask and wait, with previews on the way where they are asked for."""
        model = request.model or ""
        facts = self._dialect.facts(model)
        fields = fields_of(request, facts, usual=self._dialect.usual, seeds=self._dialect.seeds)
        mask = await self._masks.clear(inputs.mask, like=inputs.sources[0]) if inputs.mask is not None and inputs.sources else None
        reply = await self._ask(request, fields, inputs, mask, key=key)
        drawn = drawn_by(reply, name=self.name)
        return Finished(
            images=tuple([await self._picture(found) for found in drawn.pictures]),
            seed=request.seed if self._dialect.seeds else None,
            cost=cost_of(drawn.usage, facts.rates),
            vendor_id=reply.headers.get("x-request-id") or reply.headers.get("apim-request-id", ""),
            version=drawn.model,
        )

    async def _ask(self, request: Request, fields: Mapping[str, Any], inputs: Inputs, mask: bytes | None, *, key: str) -> Reply:
        model = request.model or ""
        # A stream with several pictures is described nowhere: previews are for one.
        if self._dialect.previews and request.count == 1 and model not in self._unstreamed:
            streamed = {**fields, "stream": True, "partial_images": self._dialect.previews}
            try:
                return await self._send(request, streamed, inputs, mask, watch=self._watch(key))
            except Unstreamed as fault:
                # It was refused for this alone, and so certainly not taken.
                log.info("no previews", provider=self.name, model=model, reason=fault.sentence)
                self._unstreamed.add(model)
        return await self._send(request, fields, inputs, mask)

    async def _send(
        self,
        request: Request,
        fields: Mapping[str, Any],
        inputs: Inputs,
        mask: bytes | None,
        *,
        watch: Callable[[bytes], None] | None = None,
    ) -> Reply:
        model = request.model or ""
        if request.operation is Operation.DRAW:
            return await self._caller.post(self._dialect.path(model, "generations"), json=fields, watch=watch)
        path = self._dialect.path(model, "edits")
        return await self._caller.post(path, data=form_of(fields), files=files_of(inputs.sources, mask), watch=watch)

    def _watch(self, key: str) -> Callable[[bytes], None]:
        events = Events()

        def watch(piece: bytes) -> None:
            for event in events.feed(piece):
                if found := preview_of(event):
                    number, picture = found
                    self._show(key, Pending(ticket="", stage=f"preview {number}", preview=picture))

        return watch

    async def _picture(self, found: Found) -> bytes:
        if found.address:
            # Some servers write where it is on themselves, without their own name.
            return await self._caller.fetch(urljoin(f"{self._caller.base_url}/", found.content))
        return unpacked(self._caller.vendor, found.content)
