"""Discord's settings."""

from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr

from bot.plugins import PluginSettings

API_URL = "https://discord.com/api/v10"


def _words(value: object) -> object:
    return tuple(word.strip() for word in value.split(",") if word.strip()) if isinstance(value, str) else value


def _ids(value: tuple[str, ...]) -> tuple[str, ...]:
    for each in value:
        if not each.isdecimal():
            raise ValueError(f"{each[:40]!r} is no id; with Developer Mode on, right-click the server and choose Copy Server ID")
    return value


def _a_key(value: str) -> str:
    if value and (len(value) != 64 or any(character not in "0123456789abcdef" for character in value.lower())):  # noqa: PLR2004 - Ed25519
        raise ValueError("is no public key: it has 64 hexadecimal digits and is shown on the app's General Information page")
    return value


Ids = Annotated[tuple[str, ...], BeforeValidator(_words), AfterValidator(_ids)]


class DiscordSettings(PluginSettings):
    """Discord's settings."""

    token: SecretStr | None = Field(None, description="Bot token, from the app's Bot page.")
    api_url: str = Field(API_URL, description="Discord's REST API.")
    gateway_url: str = Field("", description="Discord's gateway. Empty: the one that the API names.")
    guilds: Ids = Field(
        (), description="Ids of servers that get the commands at once, for development; everywhere else they come within minutes."
    )
    public_key: Annotated[str, AfterValidator(_a_key)] = Field(
        "", description="The app's public key. Set: commands and buttons come as signed requests to /discord/interactions."
    )
    admin_roles: Ids = Field((), description="Ids of roles whose members are admins of Limner, beside those who may manage the server.")
    reviewer_roles: Ids = Field((), description="Ids of roles whose members are reviewers, beside those who may manage messages.")
