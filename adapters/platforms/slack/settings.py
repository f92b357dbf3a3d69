"""Slack's settings."""

from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, SecretStr

from bot.plugins import PluginSettings

API_URL = "https://slack.com/api/"


def _an_api(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.netloc or not value.endswith("/api/"):
        raise ValueError("is no address of an API; it must end in /api/, as https://slack.com/api/ does")
    return value


class SlackSettings(PluginSettings):
    """Slack's settings. One workspace: a bot token. Several: client id and secret, and people install the app by `/slack/install`."""

    bot_token: SecretStr | None = Field(
        None, description="Bot token, xoxb-..., of the one workspace; not needed where workspaces install the app by themselves."
    )
    app_token: SecretStr | None = Field(None, description="App-level token, xapp-..., with connections:write; for SLACK_MODE=socket.")
    signing_secret: SecretStr | None = Field(None, description="Signing secret of the app; for SLACK_MODE=http.")
    mode: Literal["socket", "http"] = Field(
        "socket", description="socket needs no public address; http takes signed requests at /slack/events."
    )
    api_url: Annotated[str, AfterValidator(_an_api)] = Field(API_URL, description="Slack's Web API; must end in /api/.")
    client_id: str = Field("", description="Client id, for installing into many workspaces at /slack/install.")
    client_secret: SecretStr | None = Field(None, description="Client secret, likewise.")
    admin_group: str = Field(
        "", description="Id of a user group (S...) whose members are admins of Limner, beside workspace admins and owners."
    )

    @property
    def many(self) -> bool:
        """Whether workspaces install the app by themselves."""
        return bool(self.client_id and self.client_secret)

    @property
    def complete(self) -> bool:
        """Whether any of it is set that makes sense alone: then Slack is on, and what is missing is said at the start."""
        return bool(self.bot_token or self.app_token or self.client_id)


def missing(settings: SlackSettings) -> str:
    """What is missing to work with, in a sentence that says where to find it; empty where nothing is."""
    if settings.bot_token is None and not settings.many:
        return (
            "SLACK_BOT_TOKEN is missing: the bot token, xoxb-..., from OAuth & Permissions of your Slack app. "
            "Where workspaces install the app by themselves, set SLACK_CLIENT_ID and SLACK_CLIENT_SECRET instead."
        )
    if settings.mode == "socket" and settings.app_token is None:
        return (
            "SLACK_APP_TOKEN is missing: the app-level token, xapp-..., with connections:write, from Basic Information of your Slack app. "
            "Without it, set SLACK_MODE=http."
        )
    if settings.mode == "http" and settings.signing_secret is None:
        return (
            "SLACK_SIGNING_SECRET is missing: Slack's requests are checked with it; it stands in Basic Information of your Slack app. "
            "Without it, set SLACK_MODE=socket."
        )
    return ""
