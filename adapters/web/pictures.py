"""Pictures: what a signed link leads to."""

import re
from collections.abc import Callable
from datetime import datetime
from pathlib import PurePosixPath
from urllib.parse import parse_qsl, quote

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from bot.errors import Expired, NotFound, StoreFault
from bot.ports import Files

_POLICY = "default-src 'none'; sandbox"
_PARAMETERS = 8


class Pictures:
    """The route below `/files/`."""

    def __init__(self, files: Files, now: Callable[[], datetime]) -> None:
        self._files = files
        self._now = now

    async def __call__(self, request: Request) -> Response:
        """The file, or a sentence: 404 for a link that is not ours, 410 for one that has ended."""
        path: str = request.scope["path"]
        try:
            query = _parameters(request.scope["query_string"].decode("latin-1"))
            content = await self._files.redeem(path, query)
        except Expired as expired:
            return _sentence(expired.sentence, 410)
        except NotFound as missing:
            return _sentence(missing.sentence, 404)
        except StoreFault:
            return _sentence("The pictures cannot be read just now; try again in a minute.", 503)
        # A key ends in the digest of what it names, so that it is the best tag there is.
        tag = f'"{PurePosixPath(path).stem}"'
        left = max(0, int(query.get("expires", "0")) - int(self._now().timestamp()))
        headers = {
            "ETag": tag,
            "Cache-Control": f"private, max-age={left}, immutable",
            "Content-Security-Policy": _POLICY,
            "Content-Disposition": _disposition(query.get("download", ""), content.media_type),
            # The playground may be open under another name (localhost) than the one in its links.
            "Cross-Origin-Resource-Policy": "cross-origin",
        }
        if tag in re.split(r"\s*,\s*", request.headers.get("if-none-match", "").replace("W/", "")):
            return Response(status_code=304, headers=headers)
        return Response(content.body, media_type=content.media_type, headers=headers)


def _parameters(written: str) -> dict[str, str]:
    """The query, each name once: a second value could be what one reader signs and another obeys."""
    try:
        pairs = parse_qsl(written, keep_blank_values=True, strict_parsing=bool(written), max_num_fields=_PARAMETERS)
    except ValueError:
        raise NotFound("This link is not complete; copy all of it.") from None
    query = dict(pairs)
    if len(query) != len(pairs):
        raise NotFound("This link is not one of ours: it says a thing twice.")
    return query


def _disposition(download: str, media_type: str) -> str:
    """How a browser takes it: shown if it is a picture, saved if a name was asked for or it is anything else."""
    if not download:
        return "inline" if media_type.startswith("image/") else "attachment"
    plain = re.sub(r"[^A-Za-z0-9._ -]", "_", download)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(download, safe='')}"


def _sentence(sentence: str, status: int) -> Response:
    return PlainTextResponse(f"{sentence}\n", status_code=status, headers={"Cache-Control": "no-store"})
