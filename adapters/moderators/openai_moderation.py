"""OpenAI's moderation endpoint, free of charge, for texts and pictures: on wherever OPENAI_API_KEY is.

What is shown to it leaves this machine; so it is asked after the layers that look here, and sees no personal data that the policy masks.
When it cannot be asked it says so once in the log, rests a minute and finds nothing meanwhile; with OPENAI_MODERATION_STRICT it finds
`unchecked` instead, and a reviewer looks.
"""

import base64
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any

import structlog
from pydantic import BaseModel, Field, SecretStr, TypeAdapter

from adapters.calls import Address, Caller, Keys, Pace, open_caller
from bot.errors import ProviderFault, Refused
from bot.model import Concern, Person, Place, Term
from bot.plugins import Finding, Kit, Plugin, PluginSettings

log = structlog.get_logger()

CATEGORIES: Mapping[str, str] = MappingProxyType(
    {
        "sexual": "sexual",
        "sexual/minors": "minors",
        "harassment": "harassment",
        "harassment/threatening": "harassment",
        "hate": "hate",
        "hate/threatening": "hate",
        "illicit": "illegal",
        "illicit/violent": "weapons",
        "self-harm": "self-harm",
        "self-harm/intent": "self-harm",
        "self-harm/instructions": "self-harm",
        "violence": "violence",
        "violence/graphic": "gore",
    }
)
"""Its categories in ours."""
_FLAGGED = 0.5
"""The least score of what it flagged: its own thresholds are lower for some categories."""
_MILD = 0.7
"""The most score of `violence`, which it finds in every battle on a canvas: a look, and no refusal."""
_MOST = 20_000_000
"""Bytes of a picture that it takes."""
_REST = timedelta(minutes=1)


class Settings(PluginSettings):
    """What the moderation endpoint needs."""

    api_key: SecretStr | None = Field(None, description="API key, sk-..., for the moderation endpoint.")
    base_url: Address = Field("https://api.openai.com/v1", description="Address of the API, with /v1.")
    model: str = Field("omni-moderation-latest", description="Which of its models looks.")
    timeout: float = Field(8, gt=0, le=60, description="Seconds that one answer may take.")
    strict: bool = Field(default=False, description="true: what it could not look at waits for a reviewer. false: the other layers decide.")


class _Result(BaseModel):
    categories: dict[str, bool]
    category_scores: dict[str, float]


class _Answer(BaseModel):
    results: list[_Result] = Field(min_length=1)


_ANSWER = TypeAdapter(_Answer)


class Endpoint:
    """The moderator that asks the endpoint."""

    name = "openai_moderation"
    remote = True

    def __init__(self, caller: Caller, *, model: str, strict: bool, now: Callable[[], datetime]) -> None:
        self._caller = caller
        self._model = model
        self._strict = strict
        self._now = now
        self._rests_until = datetime.min.replace(tzinfo=UTC)
        self._told = False

    async def prompt(self, person: Person, place: Place, text: str, *, listed: Sequence[Term] = ()) -> list[Concern]:
        """What it finds in a text."""
        return await self._ask([{"type": "text", "text": text}]) if text.strip() else []

    async def image(self, place: Place, image: bytes) -> list[Concern]:
        """What it finds in a picture."""
        if len(image) > _MOST:
            return self._unseen()
        encoded = base64.b64encode(image).decode()
        return await self._ask([{"type": "image_url", "image_url": {"url": f"data:{_media_type(image)};base64,{encoded}"}}])

    async def _ask(self, content: Sequence[Mapping[str, Any]]) -> list[Concern]:
        if self._now() < self._rests_until:
            return self._unseen()
        try:
            reply = await self._caller.post("/moderations", json={"model": self._model, "input": content})
            answer = reply.read(_ANSWER)
        except (ProviderFault, Refused) as fault:
            self._rests_until = self._now() + _REST
            if not self._told:
                self._told = True
                log.warning("moderation layer rests", moderator=self.name, reason=fault.sentence, strict=self._strict)
            return self._unseen()
        if self._told:
            self._told = False
            log.info("moderation layer is back", moderator=self.name)
        return [concern for result in answer.results for concern in self._concerns(result)]

    def _concerns(self, result: _Result) -> list[Concern]:
        found: dict[str, Concern] = {}
        for theirs, flagged in result.categories.items():
            if not flagged:
                continue
            # A category that we do not know is new: somebody should look.
            category = CATEGORIES.get(theirs, "custom")
            score = min(1.0, max(result.category_scores.get(theirs, 0.0), _FLAGGED))
            score = min(score, _MILD) if theirs == "violence" or theirs not in CATEGORIES else score
            if category not in found or score > found[category].score:
                found[category] = Concern(category=category, score=score, source=f"{self.name}/{theirs.replace('/', '-')}")
        return list(found.values())

    def _unseen(self) -> list[Concern]:
        return [Concern(category="unchecked", source=self.name)] if self._strict else []


def _media_type(image: bytes) -> str:
    if image.startswith(b"\xff\xd8"):
        return "image/jpeg"
    return "image/webp" if image[8:12] == b"WEBP" else "image/gif" if image.startswith(b"GIF8") else "image/png"


@asynccontextmanager
async def open_endpoint(settings: Settings, kit: Kit) -> AsyncGenerator[Endpoint]:
    """The moderator, with connections of its own."""
    keys = Keys(lambda: (kit.reload() or settings).api_key, variable="OPENAI_MODERATION_API_KEY")
    async with open_caller(
        vendor="OpenAI moderation",
        base_url=settings.base_url,
        now=kit.now,
        keys=keys,
        sign=lambda key: {"Authorization": f"Bearer {key}"},
        pace=Pace(calls=500, seconds=60),
        timeout=settings.timeout,
    ) as caller:
        yield Endpoint(caller, model=settings.model, strict=settings.strict, now=kit.now)


async def _examine(settings: Settings, kit: Kit) -> AsyncIterator[Finding]:
    """Ask it about a harmless word, which is free."""
    async with open_endpoint(settings.model_copy(update={"strict": True}), kit) as endpoint:
        answer = await endpoint.prompt(Person(platform="", workspace="", id=""), Place(platform="", workspace="", channel=""), "fox")
    unseen = any(concern.category == "unchecked" for concern in answer)
    advice = "It does not answer; see OPENAI_MODERATION_API_KEY and OPENAI_MODERATION_BASE_URL. The other layers go on without it."
    yield Finding(subject="OpenAI moderation", good=not unseen, sentence=advice if unseen else "It answers.")


PLUGIN = Plugin[Settings, Endpoint](
    about="OpenAI's moderation endpoint, for texts and pictures",
    settings=Settings,
    open=open_endpoint,
    configured=lambda settings: settings.api_key is not None,
    examine=_examine,
)
