"""The Files: pictures under the hash of their content, in a folder or a bucket, by obstore.

A folder hands out links to our own route (`/files/<key>?expires=...&signature=...`), a bucket presigned ones of its own. The facts of a
file (prompt, seed, parameters ...) lie beside it as `<key>.json`, readable without us; no link ever leads to them.

obstore writes a file whole or not at all, also in a folder. It cannot presign a name to save under, so that a bucket's links ignore it.
"""

import asyncio
import hashlib
import hmac
import json
import re
import secrets
import unicodedata
from base64 import urlsafe_b64encode
from collections.abc import AsyncGenerator, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlencode, urlsplit

import obstore
from obstore.exceptions import BaseError, UnknownConfigurationKeyError
from obstore.store import AzureStore, GCSStore, LocalStore, MemoryStore, S3Store, from_url

from bot.errors import Expired, NotFound, SettingFault, StoreFault
from bot.model import Content

Keeper = LocalStore | MemoryStore | S3Store | GCSStore | AzureStore

_EXTENSIONS = {
    "image/png": "png",
    "image/jpeg": "jpg",
    "image/webp": "webp",
    "image/gif": "gif",
    "image/avif": "avif",
    "text/plain": "txt",
    "text/csv": "csv",
    "application/x-ndjson": "jsonl",
    "application/zip": "zip",
}
_MEDIA_TYPES = {extension: media_type for media_type, extension in _EXTENSIONS.items()}
_OTHER = "bin"
_UNKNOWN = "application/octet-stream"
_KIND = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*(?:/[A-Za-z0-9][A-Za-z0-9_.-]*)*")
_OWNER = re.compile(r"[a-z0-9]{0,32}")
_KEY = re.compile(_KIND.pattern + r"/[0-9]{4}/[0-9]{2}/(?:[a-z0-9]{1,32}-)?[0-9a-f]{64}\.[a-z0-9]{2,5}")
_ROUTE = "/files/"
_PING = "ping.txt"
_SMALL = 64 * 1024
"""Bytes that take no more than 0.1 ms to hash."""
_LONGEST_NAME = 120
_LONGEST_PRESIGNED = timedelta(days=7)
_BUCKETS = ("s3", "s3a", "gs", "az", "azure", "abfs", "abfss")
_GONE = "That picture is not kept any more."
_TROUBLES = (BaseError, OSError)


class ObFiles:
    """A `bot.ports.Files` over any store of obstore."""

    def __init__(self, keeper: Keeper, *, secret: bytes, public_url: str, now: Callable[[], datetime], hashing: ThreadPoolExecutor) -> None:
        self._keeper = keeper
        # A key of its own, so that nothing signed elsewhere with the same secret passes here.
        self._secret = hmac.digest(secret, b"links to files", "sha256")
        self._public_url = public_url.rstrip("/")
        self._now = now
        self._hashing = hashing

    async def put(self, content: bytes, *, kind: str, media_type: str, owner: str = "", facts: Mapping[str, str] | None = None) -> str:
        """Keep bytes; gives their key. Raises ValueError for a kind that is no plain path or an owner that is no id, StoreFault."""
        if not _KIND.fullmatch(kind):
            raise ValueError(f"{kind!r} is no kind of file: names of letters, digits, '-', '_' and '.', parted by '/'")
        if not _OWNER.fullmatch(owner):
            raise ValueError(f"{owner!r} is no owner of a file: at most 32 small letters and digits")
        # What is small is hashed sooner than a thread is woken for it.
        small = len(content) <= _SMALL
        digest = _digest(content) if small else await asyncio.get_running_loop().run_in_executor(self._hashing, _digest, content)
        extension = _EXTENSIONS.get(media_type, _OTHER)
        # The owner is part of the name, not a folder: a folder for each job would cost more than the file in it.
        key = f"{kind}/{self._now().astimezone(UTC):%Y/%m}/{owner}{'-' if owner else ''}{digest}.{extension}"
        try:
            if facts or extension == _OTHER:
                # Before the file itself: whoever finds the file finds its facts.
                said = json.dumps({"media_type": media_type, "facts": dict(facts or {})}, ensure_ascii=False, indent=1)
                await self._write(f"{key}.json", said.encode(), "application/json")
            await self._write(key, content, media_type)
        except _TROUBLES as trouble:
            raise _fault("kept", trouble) from trouble
        return key

    async def get(self, key: str) -> Content:
        """The bytes, media type and facts. Raises NotFound, StoreFault."""
        _check(key)
        try:
            body, said = await asyncio.gather(self._read(key), self._read_facts(key))
        except FileNotFoundError:
            raise NotFound(_GONE) from None
        except _TROUBLES as trouble:
            raise _fault("read", trouble) from trouble
        known = _MEDIA_TYPES.get(key.rpartition(".")[2], _UNKNOWN)
        return Content(body=body, media_type=said.get("media_type", known), facts=said.get("facts", {}))

    async def delete(self, key: str) -> None:
        """Remove a file and its facts. Removing what is gone is no error."""
        _check(key)
        try:
            for path in (key, f"{key}.json"):
                with suppress(FileNotFoundError):
                    await obstore.delete_async(self._keeper, path)
        except _TROUBLES as trouble:
            raise _fault("removed", trouble) from trouble

    async def strip(self, key: str) -> None:
        """Remove the facts beside a file. Where they alone tell its media type, it is an unknown one from then on. Raises StoreFault."""
        _check(key)
        try:
            with suppress(FileNotFoundError):
                await obstore.delete_async(self._keeper, f"{key}.json")
        except _TROUBLES as trouble:
            raise _fault("removed", trouble) from trouble

    async def aged(self, kind: str, *, before: datetime) -> list[str]:
        """Keys of a kind that were last written before a moment. Raises ValueError for a kind that is no plain path, StoreFault."""
        if not _KIND.fullmatch(kind):
            raise ValueError(f"{kind!r} is no kind of file")
        found: list[str] = []
        try:
            async for batch in obstore.list(self._keeper, prefix=f"{kind}/"):  # pyright: ignore[reportUnknownMemberType] - one overload speaks of Arrow
                found += [each["path"] for each in batch if each["last_modified"] < before and _KEY.fullmatch(each["path"])]
        except _TROUBLES as trouble:
            raise _fault("listed", trouble) from trouble
        return sorted(found)

    async def link(self, key: str, *, expires: timedelta, download: str = "") -> str:
        """A signed link that ends. Raises NotFound for what is no key, StoreFault when a bucket cannot sign."""
        _check(key)
        if not isinstance(self._keeper, LocalStore | MemoryStore):
            try:
                return await obstore.sign_async(self._keeper, "GET", key, min(expires, _LONGEST_PRESIGNED))
            except _TROUBLES as trouble:
                raise _fault("linked to", trouble) from trouble
        path = f"{_ROUTE}{key}"
        query = {"expires": str(int((self._now() + expires).timestamp()))}
        if download:
            query["download"] = _plain(download)
        return f"{self._public_url}{path}?{urlencode({**query, 'signature': self._sign(path, query)})}"

    async def redeem(self, path: str, query: Mapping[str, str]) -> Content:
        """The content behind a link of ours. Raises Expired, NotFound, StoreFault."""
        said = dict(query)
        signature = said.pop("signature", "")
        if not hmac.compare_digest(self._sign(path, said).encode(), signature.encode(errors="replace")):
            raise NotFound("This is no link of ours, or not all of it.")
        if self._now().timestamp() >= int(said["expires"]):
            raise Expired("This link has ended. Look the picture up again in the chat to get a new one.")
        return await self.get(path.removeprefix(_ROUTE))

    async def ping(self) -> None:
        """Raise StoreFault when files cannot be written and read."""
        word = secrets.token_bytes(8)
        try:
            await self._write(_PING, word, "text/plain")
            await self._read(_PING)
        except _TROUBLES as trouble:
            raise _fault("written and read", trouble) from trouble

    async def _write(self, path: str, content: bytes, media_type: str) -> None:
        # A folder has no place for a media type: there the extension, or the facts, tell it.
        attributes: Any = None if isinstance(self._keeper, LocalStore) else {"Content-Type": media_type}
        await obstore.put_async(self._keeper, path, content, attributes=attributes)

    async def _read(self, path: str) -> bytes:
        return bytes(await (await obstore.get_async(self._keeper, path)).bytes_async())

    async def _read_facts(self, key: str) -> Mapping[str, Any]:
        try:
            return json.loads(await self._read(f"{key}.json"))
        except FileNotFoundError:
            return {}

    def _sign(self, path: str, query: Mapping[str, str]) -> str:
        # As JSON, in which no two different links read alike.
        said = json.dumps([path, sorted(query.items())]).encode()
        return urlsafe_b64encode(hmac.digest(self._secret, said, "sha256")).decode().rstrip("=")


@asynccontextmanager
async def open_files(
    url_or_folder: str, *, secret: bytes, public_url: str, now: Callable[[], datetime], options: Mapping[str, str] | None = None
) -> AsyncGenerator[ObFiles]:
    """Files in a folder (a path or `file:///...`, made when it is missing), in memory (`memory:///`), or in a bucket (`s3://`, `gs://`, `az://`).

    Args:
        url_or_folder: as in BOT_FILES_URL.
        secret: signs links to our own route.
        public_url: where our own route is reached from outside.
        now: the clock, UTC.
        options: the cloud's own variables (`AWS_ACCESS_KEY_ID`, `AWS_ENDPOINT_URL` ...); those that say nothing about a bucket are ignored.

    Raises:
        SettingFault: the folder cannot be made, or the URL is none that we know.
    """
    keeper = _open(url_or_folder, options or {})
    with ThreadPoolExecutor(1, thread_name_prefix="hash") as hashing:
        yield ObFiles(keeper, secret=secret, public_url=public_url, now=now, hashing=hashing)


def _open(place: str, options: Mapping[str, str]) -> Keeper:
    scheme, parted, rest = place.partition("://")
    if not parted:
        return _folder(Path(place))
    if scheme == "file":
        parts = urlsplit(place)
        if parts.netloc:
            raise SettingFault(f"BOT_FILES_URL={place}: a folder's URL begins with three strokes, file:///; or write its path alone.")
        return _folder(Path(unquote(parts.path)))
    if scheme == "memory":
        return MemoryStore()
    if scheme not in _BUCKETS or not rest.strip("/"):
        raise SettingFault(
            f"BOT_FILES_URL={place} is no place for files; write a folder, file:///path, s3://bucket/prefix, gs:// or az://."
        )
    return _bucket(place, options)


def _folder(path: Path) -> LocalStore:
    path = path.expanduser().absolute()
    try:
        path.mkdir(parents=True, exist_ok=True)
        return LocalStore(prefix=path)
    except _TROUBLES as trouble:
        raise SettingFault(f"BOT_FILES_URL: the folder {path} cannot be made: {_first_line(trouble)}") from trouble


def _bucket(url: str, options: Mapping[str, str]) -> Keeper:
    config: Any = {name: value for name, value in options.items() if _is_known(url, name, value)}
    client: Any = {"connect_timeout": timedelta(seconds=5), "timeout": timedelta(seconds=60)}
    if any(value.startswith("http://") for name, value in config.items() if "endpoint" in name.lower()):
        # Said by whoever wrote a plain address: a store in their own network.
        client["allow_http"] = True
    retry: Any = {"max_retries": 3, "retry_timeout": timedelta(seconds=30)}
    try:
        opened = from_url(url, config=config, client_options=client, retry_config=retry)
    except (*_TROUBLES, ValueError) as trouble:
        raise SettingFault(f"BOT_FILES_URL={url} cannot be opened: {_first_line(trouble)}") from trouble
    if not isinstance(opened, S3Store | GCSStore | AzureStore):
        raise SettingFault(f"BOT_FILES_URL={url} is no bucket.")
    return opened


def _is_known(url: str, name: str, value: str) -> bool:
    # obstore refuses a setting that it does not know, and clouds have many that are not about buckets (AWS_PROFILE ...).
    alone: Any = {name: value}
    try:
        from_url(url, config=alone)
    except UnknownConfigurationKeyError:
        return False
    except (*_TROUBLES, ValueError):
        return True
    return True


def _check(key: str) -> None:
    if not _KEY.fullmatch(key):
        raise NotFound("There is no such picture.")


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _plain(name: str) -> str:
    """A file name that no system reads as a folder, or as something else than it shows."""
    shown = "".join("-" if unicodedata.category(letter) in ("Cc", "Cf", "Cs", "Zl", "Zp") else letter for letter in name)
    stem, dot, extension = re.sub(r'[\\/:*?"<>|]+', "-", shown).strip(". ").rpartition(".")
    stem, extension = (stem, f"{dot}{extension}") if dot else (extension, "")
    return f"{stem[: _LONGEST_NAME - len(extension)]}{extension}"[:_LONGEST_NAME] or "picture"


def _fault(what: str, trouble: Exception) -> StoreFault:
    return StoreFault(f"A file could not be {what}: {_first_line(trouble)}")


def _first_line(trouble: Exception) -> str:
    # obstore adds pages of its own structures below.
    return str(trouble).partition("\n")[0]
