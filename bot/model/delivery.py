"""A delivery: what a service sent to our webhook, as it came."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """A request to `/webhooks/<provider>`. Nothing in it is to be believed before it is verified, and then only as "look again"."""

    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    """Names in lower case."""
    query: Mapping[str, str] = field(default_factory=dict[str, str])
    body: bytes = b""
    addressed: bool = False
    """Whether the path carried the token of this installation, which nobody can guess."""


@dataclass(frozen=True, kw_only=True)
class Notice:
    """What a verified delivery is about."""

    ticket: str
    event: str
    """The service's own key of the delivery; the same delivery is taken once."""
