"""The caller: one service over HTTP. Sends, times out, repeats what may be repeated, paces, and translates every error."""

import asyncio
import ssl
from collections.abc import AsyncGenerator, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from datetime import datetime
from functools import cache
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

import httpx
import stamina

from adapters.calls.downloads import Downloads
from adapters.calls.faults import Explain, of_error, of_reply
from adapters.calls.keys import Keys, mark_of
from adapters.calls.pace import Pace
from adapters.calls.reply import Reply
from bot.errors import FaultKind, ProviderFault, Refused

LARGEST = 160 * 1024 * 1024
"""Bytes of one answer: ten pictures in base64 fit."""
_AGAIN = {FaultKind.RATE_LIMITED, FaultKind.UNAVAILABLE, FaultKind.TIMEOUT}
_UNKNOWN = {FaultKind.BAD_REQUEST, FaultKind.LOST, FaultKind.CREDENTIALS}
"""How an account answers about what is another's."""
_OWNERS = 4096
_AT_ONCE = 32
"""Questions at once: httpx looks through all that wait whenever one moves, so a thousand polls wait here, and cost less."""
_PATIENCE = 20.0
_LONGEST_WAIT = 10.0
_NO_KEY = ""


class Caller:
    """One service. Every method gives a Reply with a status below 400, or raises Refused or ProviderFault and nothing else."""

    def __init__(
        self,
        http: httpx.AsyncClient,
        *,
        vendor: str,
        base_url: str,
        keys: Keys | None,
        sign: Callable[[str], Mapping[str, str]],
        explain: Explain,
        pace: Pace,
        downloads: Downloads,
        regions: Iterable[str] = (),
        now: Callable[[], datetime],
    ) -> None:
        self.vendor = vendor
        self.base_url = base_url
        self._http = http
        self._keys = keys
        self._sign = sign
        self._explain = explain
        self._pace = pace
        self._downloads = downloads
        self._now = now
        self._owners: dict[str, str] = {}
        self._gate = asyncio.Semaphore(_AT_ONCE)
        self._regions = tuple(region.lower() for region in regions)

    async def get(
        self, path: str, *, params: Mapping[str, str] | None = None, headers: Mapping[str, str] | None = None, mark: str = ""
    ) -> Reply:
        """Ask. Repeated on what passes by itself: 429, 5xx, timeouts, broken connections; a few times, within 20 seconds.

        `mark` (here and below) is `Reply.mark` of an earlier answer: the same key is used, where there are several accounts. Without one,
        what the first account does not know is asked of the others, because a job belongs to the account that ordered it.
        """
        reply: Reply | None = None
        async for attempt in stamina.retry_context(on=_passing, attempts=4, timeout=_PATIENCE, wait_initial=0.2, wait_max=5.0):
            with attempt:
                reply = await self._ask("GET", path, mark=mark, params=params, headers=headers)
        assert reply is not None  # noqa: S101 - the loop gives a reply or raises
        return reply

    async def post(
        self,
        path: str,
        *,
        json: Any = None,  # noqa: ANN401 - JSON is any value
        data: Mapping[str, Any] | None = None,
        files: Any = None,  # noqa: ANN401 - httpx's own form of multipart files
        headers: Mapping[str, str] | None = None,
        timeout: float | None = None,  # noqa: ASYNC109 - how long the service may take, which httpx counts
        watch: Callable[[bytes], None] | None = None,
        mark: str = "",
    ) -> Reply:
        """Send. Never repeated here, unless with another key after a 401: the fault says whether the work may have been taken.

        `watch` sees the body of a good answer piece by piece as it comes; the reply has all of it.
        """
        return await self._call("POST", path, mark=mark, json=json, data=data, files=files, headers=headers, timeout=timeout, watch=watch)

    async def put(self, path: str, *, mark: str = "") -> Reply:
        """Tell, where saying it twice is no harm (cancelling)."""
        return await self._ask("PUT", path, mark=mark)

    async def delete(self, path: str, *, mark: str = "") -> Reply:
        """Remove, where saying it twice is no harm."""
        return await self._ask("DELETE", path, mark=mark)

    async def fetch(self, url: str) -> bytes:
        """The bytes of a result: see Downloads. Repeated as a GET is."""
        body = b""
        async for attempt in stamina.retry_context(on=_passing, attempts=4, timeout=_PATIENCE, wait_initial=0.2, wait_max=5.0):
            with attempt:
                body = await self._downloads.fetch(url)
        return body

    def own(self, url: str) -> str:
        """An address that the service gave for asking it again, as a path for `get`; it must be of the base address or of its regions.

        Raises:
            ProviderFault: BAD_RESULT, it is neither: a key is never sent there, nor to where results lie.
        """
        if not self._is_own(url):
            raise ProviderFault(f"{self.vendor} pointed to an address that is not its own.", kind=FaultKind.BAD_RESULT)
        return url

    def _is_own(self, url: str) -> bool:
        try:
            base, there = urlsplit(self.base_url), urlsplit(url)
            regional = there.scheme == "https" and there.port in {None, 443} and there.username is None
        except ValueError:
            return False
        if (base.scheme, base.netloc) == (there.scheme, there.netloc):
            return True
        host = (there.hostname or "").lower()
        return regional and any(host == region or host.endswith(f".{region}") for region in self._regions)

    async def _ask(self, method: str, path: str, *, mark: str, **options: Any) -> Reply:  # noqa: ANN401 - httpx's own options
        """A call that may be made with any account's key: with the one that knows the path, where that is known."""
        async with self._gate:
            return await self._ask_around(method, path, mark=mark, **options)

    async def _ask_around(self, method: str, path: str, *, mark: str, **options: Any) -> Reply:  # noqa: ANN401 - httpx's own options
        marks = self._keys.marks if self._keys and not mark else []
        if len(marks) < 2:  # noqa: PLR2004 - with one account there is no choice
            return await self._call(method, path, mark=mark, **options)
        about = f"{path} {options.get('params')}"
        first: ProviderFault | None = None
        for each in sorted(marks, key=lambda each: each != self._owners.get(about)):
            try:
                reply = await self._call(method, path, mark=each, **options)
            except ProviderFault as fault:
                if fault.kind not in _UNKNOWN:
                    raise
                first = first or fault
            else:
                self._owners[about] = each
                if len(self._owners) > _OWNERS:
                    self._owners.pop(next(iter(self._owners)))
                return reply
        raise first or ProviderFault(f"{self.vendor} has no key left.", kind=FaultKind.CREDENTIALS, accepted=False)

    async def _call(self, method: str, path: str, *, mark: str, **options: Any) -> Reply:  # noqa: ANN401 - httpx's own options
        while True:
            key = self._keys.next(mark) if self._keys else _NO_KEY
            await self._pace.wait(key)
            reply = await self._send(method, path, key, options)
            fault = self._judge(reply, posted=method == "POST")
            asked = fault.retry_after if isinstance(fault, ProviderFault) and fault.kind is FaultKind.RATE_LIMITED else None
            self._pace.heed(key, reply.headers, asked=None if asked is None else min(asked, _LONGEST_WAIT))
            if fault is None:
                return reply
            # A 403 may mean the whole account; these two mean the key (Gemini says 400).
            refused_key = (
                isinstance(fault, ProviderFault)
                and fault.kind is FaultKind.CREDENTIALS
                and reply.status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.BAD_REQUEST}
            )
            if not (refused_key and self._keys and self._keys.refuse(key)):
                raise fault

    def _judge(self, reply: Reply, *, posted: bool) -> Refused | ProviderFault | None:
        if reply.status < HTTPStatus.BAD_REQUEST:
            return None
        usual = of_reply(reply, now=self._now(), posted=posted)
        special = self._explain(reply)
        if isinstance(special, ProviderFault) and special.retry_after is None and usual.retry_after is not None:
            special.retry_after = usual.retry_after
        return special or usual

    async def _send(self, method: str, path: str, key: str, options: Mapping[str, Any]) -> Reply:
        url = path if path.startswith(("http://", "https://")) else f"{self.base_url}{path}"
        given = {name: value for name, value in options.items() if value is not None}
        headers = {**(self._sign(key) if key or self._keys is None else {}), **given.pop("headers", {})}
        watch: Callable[[bytes], None] = given.pop("watch", _look_away)
        try:
            async with self._http.stream(method, url, headers=headers, **given) as answer:
                body = bytearray()
                async for chunk in answer.aiter_bytes():
                    body += chunk
                    if len(body) > LARGEST:
                        raise ProviderFault(f"{self.vendor} answered with more than {LARGEST // 1024**2} MB.", kind=FaultKind.BAD_RESULT)
                    if answer.is_success:
                        watch(chunk)
                if answer.is_redirect:
                    raise ProviderFault(
                        f"{self.vendor} points elsewhere: check its base address.", kind=FaultKind.UNAVAILABLE, accepted=False
                    )
                found = {name.lower(): value for name, value in answer.headers.items()}
                return Reply(
                    vendor=self.vendor, status=answer.status_code, headers=found, body=bytes(body), mark=mark_of(key) if key else ""
                )
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise of_error(self.vendor, error, posted=method == "POST") from None


def _look_away(_: bytes) -> None:
    """Nobody watches."""


def _passing(error: Exception) -> bool | float:
    """Whether, or after how many seconds, asking again may help."""
    if not isinstance(error, ProviderFault) or error.kind not in _AGAIN:
        return False
    if error.retry_after is None:
        return True
    return error.retry_after if error.retry_after <= _LONGEST_WAIT else False


@cache
def _trust() -> ssl.SSLContext:
    """The certificates that services are known by. To read them takes longer than all else here, and every caller trusts the same."""
    return httpx.create_ssl_context()


@asynccontextmanager
async def open_caller(
    *,
    vendor: str,
    base_url: str,
    now: Callable[[], datetime],
    keys: Keys | None = None,
    sign: Callable[[str], Mapping[str, str]] = lambda _: {},
    explain: Explain = lambda _: None,
    pace: Pace | None = None,
    regions: Iterable[str] = (),
    hosts: Iterable[str] = (),
    trusted: Iterable[str] = (),
    timeout: float = 120.0,  # noqa: ASYNC109 - the client's own setting
) -> AsyncGenerator[Caller]:
    """A caller with connections of its own.

    Args:
        vendor: the service's name, for sentences and logs.
        base_url: without a final slash; paths are put behind it. Its host is trusted for results.
        now: the clock, UTC.
        keys: its keys, or None where it needs none.
        sign: the headers that carry a key; the key is never in an address.
        explain: the vendor's own error table.
        pace: how fast it may be asked; 20 calls a second unless told.
        regions: hosts, with all below them, whose addresses it may give for asking it again: the key is sent there too.
        hosts: the hosts that its results come from, with all below them.
        trusted: hosts that an admin allows besides.
        timeout: seconds that an answer may take.
    """
    limits = httpx.Limits(max_connections=200, max_keepalive_connections=40)
    patience = httpx.Timeout(timeout, connect=10.0)
    headers = {"User-Agent": "limner"}
    async with httpx.AsyncClient(verify=_trust(), limits=limits, timeout=patience, follow_redirects=False, headers=headers) as http:
        base = urlsplit(base_url)
        downloads = Downloads(http, vendor=vendor, suffixes=hosts, trusted=(*trusted, base.netloc))
        pace = pace or Pace(calls=20, seconds=1)
        yield Caller(
            http,
            vendor=vendor,
            base_url=base_url,
            keys=keys,
            sign=sign,
            explain=explain,
            pace=pace,
            downloads=downloads,
            regions=regions,
            now=now,
        )
