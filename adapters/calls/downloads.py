"""Downloads: results fetched from a service's own hosts alone, without a key, never from a private address.

An address in an answer is whatever somebody wrote there. It must be https and of an allowed host; the name is resolved here, every address
it has must be public, and the connection goes to the address that was checked. Each redirect is checked in the same way. Hosts that an
admin names (`*_DOWNLOAD_HOSTS`, the host of a base address that was set) may be private and http.
"""

import asyncio
import base64
import binascii
import ipaddress
import socket
from collections.abc import Iterable
from http import HTTPStatus
from urllib.parse import SplitResult, urljoin, urlsplit

import httpx

from adapters.calls.faults import of_error
from bot.errors import FaultKind, ProviderFault

LARGEST = 64 * 1024 * 1024
"""Bytes of one result."""
_HOPS = 5
_GONE = {403, 404, 410}


class Downloads:
    """Fetches results of one service."""

    def __init__(self, http: httpx.AsyncClient, *, vendor: str, suffixes: Iterable[str], trusted: Iterable[str]) -> None:
        """`suffixes`: the service's own hosts, each with all below it. `trusted`: `host` or `host:port`, as admins name them."""
        self._http = http
        self._vendor = vendor
        self._suffixes = tuple(suffix.lower().lstrip(".") for suffix in suffixes)
        self._trusted = frozenset(host.lower() for host in trusted)

    async def fetch(self, url: str) -> bytes:
        """The bytes behind an address of a result, or inside a data URI.

        Raises:
            ProviderFault: BAD_RESULT, it may not be fetched, is too large or has ended; UNAVAILABLE or TIMEOUT, it could not be now.
        """
        if url.startswith("data:"):
            return self._inline(url)
        for _ in range(_HOPS):
            answer = await self._get(await self._checked(url))
            if isinstance(answer, bytes):
                return answer
            url = urljoin(url, answer)
        raise self._bad("was sent from one address to the next too often")

    def allows(self, url: str) -> bool:
        """Whether an address is of a host that results may come from, as far as its name tells."""
        parts = _split(url)
        if parts is None or not parts.hostname or parts.username is not None:
            return False
        return self._is_trusted(parts) or (parts.scheme == "https" and self._is_own(parts.hostname))

    async def _get(self, where: "tuple[SplitResult, str]") -> bytes | str:
        """The body, or the address that the answer points to."""
        parts, address = where
        host = f"[{address}]" if ":" in address else address
        pinned = parts._replace(netloc=f"{host}:{parts.port}" if parts.port else host).geturl()
        extensions = {"sni_hostname": parts.hostname} if parts.scheme == "https" else {}
        try:
            async with self._http.stream("GET", pinned, headers={"Host": parts.netloc}, extensions=extensions) as answer:
                if answer.is_redirect:
                    return answer.headers.get("location", "")
                if answer.status_code in _GONE:
                    raise self._bad(f"is not there any more ({answer.status_code})")
                if answer.status_code != HTTPStatus.OK:
                    kind = (
                        FaultKind.UNAVAILABLE
                        if answer.is_server_error or answer.status_code == HTTPStatus.TOO_MANY_REQUESTS
                        else FaultKind.BAD_RESULT
                    )
                    raise ProviderFault(f"A result of {self._vendor} answered {answer.status_code}.", kind=kind)
                body = bytearray()
                async for chunk in answer.aiter_bytes():
                    body += chunk
                    if len(body) > LARGEST:
                        raise self._bad(f"is larger than {LARGEST // 1024**2} MB")
                return bytes(body)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise of_error(f"A result of {self._vendor}", error, posted=False) from None

    async def _checked(self, url: str) -> "tuple[SplitResult, str]":
        """The address taken apart, and the IP address to connect to."""
        parts = _split(url)
        if parts is None or not parts.hostname or not self.allows(url):
            raise self._bad(f"is at {parts.hostname if parts else 'no address'}, which is none of its own hosts; an admin can allow it")
        try:
            found = await asyncio.get_running_loop().getaddrinfo(parts.hostname, parts.port or 443, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError):
            raise ProviderFault(
                f"The host {parts.hostname} of a result of {self._vendor} is unknown.", kind=FaultKind.UNAVAILABLE
            ) from None
        addresses = [str(entry[4][0]) for entry in found]
        if not self._is_trusted(parts) and not all(ipaddress.ip_address(address.partition("%")[0]).is_global for address in addresses):
            raise self._bad(f"is at a private address of {parts.hostname}")
        return parts, addresses[0]

    def _is_own(self, host: str) -> bool:
        return any(host.lower() == suffix or host.lower().endswith(f".{suffix}") for suffix in self._suffixes)

    def _is_trusted(self, parts: SplitResult) -> bool:
        host = (parts.hostname or "").lower()
        port = parts.port or (443 if parts.scheme == "https" else 80)
        return bool({host, f"{host}:{port}"} & self._trusted)

    def _inline(self, url: str) -> bytes:
        head, _, data = url.partition(",")
        if head.endswith(";base64") and len(data) <= LARGEST * 4 // 3 + 4:
            try:
                return base64.b64decode(data, validate=True)
            except (ValueError, binascii.Error):
                pass
        raise self._bad("is a data URI that cannot be read")

    def _bad(self, how: str) -> ProviderFault:
        return ProviderFault(f"A result of {self._vendor} {how}.", kind=FaultKind.BAD_RESULT)


def _split(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return None
    return parts if parts.scheme in ("http", "https") else None
