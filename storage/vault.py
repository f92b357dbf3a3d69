"""The vault: what plugins must remember and nobody else may read, encrypted in the journal's database.

AES-256-GCM with a key derived from `BOT_SECRET_KEY` for each owner. Owner and name are authenticated too, so that a sealed value
moved under another name does not open.
"""

import secrets
from collections.abc import Callable
from datetime import datetime
from functools import cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import Delete, Select, bindparam, delete, select
from sqlalchemy.sql.dml import ReturningDelete

from bot.errors import StoreFault
from storage.journal.database import Database
from storage.journal.documents import micros
from storage.journal.part import Insert, insert
from storage.schema import vault

_NONCE = 12
_LONGEST = 200


class Vault:
    """One owner's part of the vault."""

    def __init__(self, database: Database, *, owner: str, secret: bytes, now: Callable[[], datetime]) -> None:
        self._database = database
        self._owner = owner
        self._cipher = AESGCM(HKDF(algorithm=SHA256(), length=32, salt=None, info=f"limner vault {owner}".encode()).derive(secret))
        self._now = now

    async def get(self, name: str) -> bytes | None:
        """What is kept under a name, or None. Raises StoreFault where it was sealed with another key."""
        here = self._here(name)
        sealed = await self._database.read(lambda connection: connection.execute(_kept(), here).scalar_one_or_none())
        return None if sealed is None else self._open(name, sealed)

    async def put(self, name: str, value: bytes) -> None:
        """Keep a value under a name, in place of what was there."""
        nonce = secrets.token_bytes(_NONCE)
        sealed = nonce + self._cipher.encrypt(nonce, value, self._bound(name))
        values = {"owner": self._owner, "name": _checked(name), "sealed": sealed, "changed": micros(self._now())}
        await self._database.write(lambda connection: connection.execute(_keeping(connection.dialect.name), values) and None)

    async def take(self, name: str) -> bytes | None:
        """Give what is kept under a name and forget it: of several who ask at once, one gets it."""
        here = self._here(name)
        sealed = await self._database.write(lambda connection: connection.execute(_taking(), here).scalar_one_or_none())
        return None if sealed is None else self._open(name, sealed)

    async def delete(self, name: str) -> None:
        """Forget a name. Forgetting what is not there is no error."""
        here = self._here(name)
        await self._database.write(lambda connection: connection.execute(_deleting(), here) and None)

    async def names(self, prefix: str = "") -> list[str]:
        """The names that begin so, sorted."""
        # Above every name with the prefix: a range that the primary key answers.
        values = {"of": self._owner, "low": prefix, "high": prefix + "\U0010ffff"}
        return list(await self._database.read(lambda connection: connection.execute(_named(), values).scalars().all()))

    def _here(self, name: str) -> dict[str, str]:
        return {"of": self._owner, "called": _checked(name)}

    def _bound(self, name: str) -> bytes:
        return f"{self._owner}\0{name}".encode()

    def _open(self, name: str, sealed: bytes) -> bytes:
        try:
            return self._cipher.decrypt(sealed[:_NONCE], sealed[_NONCE:], self._bound(name))
        except (InvalidTag, ValueError):
            raise StoreFault(
                f"What {self._owner} keeps in the database was sealed with another BOT_SECRET_KEY. "
                "Set the key that was used before; or remove the rows of the table vault, and connect anew."
            ) from None


def _checked(name: str) -> str:
    if not 0 < len(name) <= _LONGEST:
        raise ValueError(f"a name in the vault has 1 to {_LONGEST} characters")
    return name


@cache
def _kept() -> Select[bytes]:
    return select(vault.c.sealed).where(vault.c.owner == bindparam("of"), vault.c.name == bindparam("called"))


@cache
def _named() -> Select[str]:
    within = (vault.c.owner == bindparam("of"), vault.c.name >= bindparam("low"), vault.c.name < bindparam("high"))
    return select(vault.c.name).where(*within).order_by(vault.c.name)


@cache
def _keeping(dialect: str) -> Insert:
    keep = insert(dialect, vault)
    kept = {"sealed": keep.excluded.sealed, "changed": keep.excluded.changed}
    return keep.on_conflict_do_update(index_elements=[vault.c.owner, vault.c.name], set_=kept)


@cache
def _deleting() -> Delete:
    return delete(vault).where(vault.c.owner == bindparam("of"), vault.c.name == bindparam("called"))


@cache
def _taking() -> ReturningDelete[bytes]:
    return _deleting().returning(vault.c.sealed)
