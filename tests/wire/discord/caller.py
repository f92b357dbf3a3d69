"""A bare HTTP client with the bot's token, for what discord.py would not even send."""

import io
import json
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp

from tests.wire.discord.server import DiscordServer


@dataclass(frozen=True, kw_only=True)
class Reply:
    """An answer of the API."""

    status: int
    body: Any
    headers: Mapping[str, str]

    @property
    def code(self) -> int:
        return self.body["code"]

    def errors(self, path: str) -> list[str]:
        """What is wrong with one field of a form."""
        spot = self.body["errors"]
        for step in path.split("."):
            spot = spot[step]
        return [each["code"] for each in spot["_errors"]]


@dataclass(kw_only=True)
class Caller:
    """Sends requests as they are."""

    session: aiohttp.ClientSession
    server: DiscordServer

    async def ask(self, method: str, path: str, body: Any = None, *, files: Mapping[str, bytes] | None = None, **more: Any) -> Reply:
        headers = {"Authorization": f"Bot {self.server.token}", **more.pop("headers", {})}
        data: Any = None if body is None else json.dumps(body)
        if files is not None:
            data = aiohttp.FormData(quote_fields=False)
            data.add_field("payload_json", json.dumps(body or {}))
            for number, (name, content) in enumerate(files.items()):
                data.add_field(f"files[{number}]", io.BytesIO(content), filename=name, content_type="application/octet-stream")
        elif body is not None:
            headers["Content-Type"] = "application/json"
        async with self.session.request(method, self.server.api_url + path, data=data, headers=headers, **more) as response:
            text = await response.text()
            is_json = response.content_type == "application/json"
            return Reply(status=response.status, body=json.loads(text) if is_json else text, headers=response.headers)

    async def post(self, channel: str, body: Any, *, files: Mapping[str, bytes] | None = None) -> Reply:
        return await self.ask("POST", f"/channels/{self.server.channel(channel).id}/messages", body, files=files)


@asynccontextmanager
async def calling(server: DiscordServer) -> AsyncGenerator[Caller]:
    async with aiohttp.ClientSession(headers={"User-Agent": "DiscordBot (https://example.com, 1)"}) as session:
        yield Caller(session=session, server=server)
