"""The pages: the chat's HTML, its files, and uploads."""

from pathlib import Path

from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from adapters.platforms.playground.cast import Cast
from adapters.platforms.playground.switchboard import Switchboard
from adapters.platforms.playground.uploads import LARGEST, Uploads, sniff
from bot.ports import ASGI

_STATIC = Path(__file__).parent / "static"


class _Files(StaticFiles):
    """Static files that a browser asks about every time: a new version of Limner is seen at the next reload."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        response.headers["Cache-Control"] = "no-cache"
        return response


class Pages:
    """The ASGI application."""

    def __init__(self, cast: Cast, uploads: Uploads, switchboard: Switchboard) -> None:
        self._cast = cast
        self._uploads = uploads
        self.app: ASGI = Starlette(
            routes=[
                Route("/", self._index),
                Route("/uploads", self._take_upload, methods=["POST"]),
                Route("/uploads/{id}", self._show_upload),
                WebSocketRoute("/live", switchboard.connect),
                Mount("/assets", _Files(directory=_STATIC)),
            ]
        )

    async def _index(self, _: Request) -> Response:
        return FileResponse(_STATIC / "index.html", headers={"Cache-Control": "no-cache"})

    async def _take_upload(self, request: Request) -> Response:
        player = self._cast.players.get(request.query_params.get("as", ""))
        if player is None:
            return JSONResponse({"problem": "Say who you are: choose a person at the bottom left."}, status_code=400)
        body = bytearray()
        try:
            async for piece in request.stream():
                body += piece
                if len(body) > LARGEST:
                    return JSONResponse(
                        {"problem": f"That file is larger than {LARGEST // 1024**2} MB; send a smaller one."}, status_code=413
                    )
        except ClientDisconnect:
            return Response(status_code=400)
        media_type = sniff(bytes(body))
        if media_type is None:
            return JSONResponse({"problem": "Limner takes PNG, JPEG, WebP and GIF pictures; this file is none of them."}, status_code=415)
        name = request.query_params.get("name", "picture")
        attachment = await self._uploads.keep(player.id, name, media_type, bytes(body))
        return JSONResponse({"id": attachment.id, "name": attachment.name, "media_type": media_type, "bytes": attachment.bytes})

    async def _show_upload(self, request: Request) -> Response:
        upload = await self._uploads.find(request.path_params["id"])
        if upload is None:
            return Response("That upload is not kept any more.", status_code=404, media_type="text/plain")
        return Response(
            upload.body,
            media_type=upload.attachment.media_type,
            headers={"Cache-Control": "private, max-age=86400, immutable", "Content-Security-Policy": "default-src 'none'; sandbox"},
        )
