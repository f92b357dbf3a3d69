"""The settings that every service has."""

from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field

from bot.plugins import PluginSettings


def _words(value: object) -> object:
    return tuple(word.strip() for word in value.split(",") if word.strip()) if isinstance(value, str) else value


def _address(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("is no address; write all of it, as in https://api.example.com")
    return value.rstrip("/")


Words = Annotated[tuple[str, ...], BeforeValidator(_words)]
Address = Annotated[str, AfterValidator(_address)]


class CallSettings(PluginSettings):
    """Patience and download hosts; a provider adds its key and its address (`base_url: Address = Field(..., description=...)`)."""

    timeout: float = Field(180, gt=0, le=3600, description="Seconds that one answer may take.")
    download_hosts: Words = Field(
        (), description="More hosts that its results may be fetched from, host or host:port, comma list; private and http ones too."
    )
