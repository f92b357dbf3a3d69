"""Terms: the moderator that reads words. It answers in microseconds, needs no network, and can say which list spoke.

To change what is found, write a list of your own and name it in TERMS_LISTS: its groups add to those of the same name here, and its
`allow` terms win over all lists; or list a term from chat with `/policy term`. Terms see words and not meaning: words that are harmless
alone are the affair of `combinations`, and a paraphrase passes both. They are the first layers, not the only ones.
"""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

from pydantic import Field

from adapters.moderators._words import Words
from bot.plugins import Kit, Plugin, PluginSettings

LISTS = Path(__file__).parent / "lists"


class Settings(PluginSettings):
    """What the terms moderator can be told."""

    lists: str = Field("", description="A YAML list of terms of your own, or a folder of them, on top of the built-in lists.")


@asynccontextmanager
async def open_terms(settings: Settings, _: Kit) -> AsyncGenerator[Words]:
    """The moderator over the built-in lists and those of the setting. Raises SettingFault with file and line."""
    yield Words("terms", LISTS, *([Path(settings.lists)] if settings.lists else []), house=True)


PLUGIN = Plugin(about="Lists of terms, against every spelling", settings=Settings, open=open_terms)
