"""A reply: status, headers and body of an answer, with its JSON read carefully."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from bot.errors import FaultKind, ProviderFault

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Reply:
    """An answer. Header names are in lower case."""

    vendor: str
    status: int
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    body: bytes = b""
    mark: str = ""
    """The mark of the key that was used, for asking about the same thing again; empty where there is no key."""

    @property
    def media_type(self) -> str:
        """Without parameters, in lower case: `application/json`."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    @cached_property
    def data(self) -> Any:  # noqa: ANN401 - JSON is whatever the service says; read it with `read`
        """The body as JSON, or None where it is none: for looking at errors, whose form nobody promises."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            return None

    @property
    def text(self) -> str:
        """The body as text on one line, cut: for the log and for recognising what a service says in words."""
        return " ".join(self.body[:4000].decode("utf-8", "replace").split())[:1000]

    def read(self, adapter: TypeAdapter[T]) -> T:
        """The body as what the adapter describes.

        Raises:
            ProviderFault: BAD_RESULT, it is no JSON or not of that form. The values are not in the sentence: they may be anybody's.
        """
        try:
            return adapter.validate_json(self.body)
        except ValidationError as error:
            where = ".".join(str(part) for part in error.errors(include_input=False, include_url=False)[0]["loc"]) or "the answer"
            raise ProviderFault(f"{self.vendor} answered in a form that we do not know ({where}).", kind=FaultKind.BAD_RESULT) from None
