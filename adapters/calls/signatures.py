"""Signatures: webhooks that prove who sent them, over the raw body, within five minutes. A body is never trusted beyond "look again"."""

import hashlib
import json
from base64 import urlsafe_b64decode
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from standardwebhooks import Webhook, WebhookVerificationError

from bot.errors import ProviderFault

WINDOW = 300.0
"""Seconds that a delivery's clock may differ from ours."""
_KEPT = 24 * 3600.0
_PAUSE = 60.0


def verify_standard(secret: str, headers: Mapping[str, str], body: bytes) -> str | None:
    """The id of a delivery in the Standard Webhooks form (providers.md §5), or None where it proves nothing. Header names in lower case."""
    if not secret:
        return None
    try:
        Webhook(secret).verify(body.decode("utf-8"), dict(headers))
    except (WebhookVerificationError, ValueError, KeyError, RuntimeError):
        return None
    return headers.get("webhook-id")


@dataclass(kw_only=True)
class Jwks:
    """A service's public keys, kept for a day, and fetched again when none of them fits, at most once a minute."""

    fetch: Sequence[Callable[[], Awaitable[bytes]]]
    """Ways to the key set, tried in order."""
    now: Callable[[], datetime]
    _keys: list[Ed25519PublicKey] = field(default_factory=list[Ed25519PublicKey])
    _asked: datetime | None = None

    async def keys(self, *, fresh: bool = False) -> list[Ed25519PublicKey]:
        """The keys as known; with `fresh`, fetched again, but at most once a minute, whoever sends what. Empty where none came yet."""
        age = (self.now() - self._asked).total_seconds() if self._asked else _KEPT
        if (age >= _KEPT or fresh or not self._keys) and age >= _PAUSE:
            self._asked = self.now()
            for way in self.fetch:
                try:
                    found = _read(await way())
                except ProviderFault:
                    continue
                if found:
                    self._keys = found
                    break
        return self._keys


async def verify_signed(jwks: Jwks, *, parts: Sequence[str], stamp: str, signature: str, body: bytes) -> bool:
    """Whether an Ed25519 signature over `parts`, stamp and the body's digest, a line each, is the service's (providers.md §6, §13)."""
    try:
        age = abs(jwks.now().timestamp() - int(stamp))
        raw = bytes.fromhex(signature)
    except (ValueError, OverflowError):
        return False
    if age > WINDOW:
        return False
    said = "\n".join([*parts, stamp, hashlib.sha256(body).hexdigest()]).encode()
    return _fits(await jwks.keys(), raw, said) or _fits(await jwks.keys(fresh=True), raw, said)


def _fits(keys: Sequence[Ed25519PublicKey], signature: bytes, said: bytes) -> bool:
    for key in keys:
        try:
            key.verify(signature, said)
        except InvalidSignature:
            continue
        return True
    return False


def _read(body: bytes) -> list[Ed25519PublicKey]:
    found: list[Ed25519PublicKey] = []
    try:
        entries: list[Any] = json.loads(body)["keys"]
        for entry in entries:
            text = str(entry["x"])
            found.append(Ed25519PublicKey.from_public_bytes(urlsafe_b64decode(text + "=" * (-len(text) % 4))))
    except (ValueError, KeyError, TypeError):
        return []
    return found
