"""Terms: the moderator that reads words. It answers in microseconds, needs no network, and can say which list spoke.

`lexicon` reads the YAML lists (their form is in its docstring), `spellings` undoes what people do to get a word past a list,
`matcher` finds every listed term in a text at once, and `moderator` turns what was found into a verdict.

To change what is allowed, write a list of your own and name it in TERMS_LISTS: its groups add to those of the same name here, and
its `allow` terms win over all lists. Terms see words and not meaning: a paraphrase passes. They are the first layer, not the only one.
"""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

from pydantic import Field

from adapters.moderators.terms.lexicon import read
from adapters.moderators.terms.moderator import Terms
from bot.plugins import Kit, Plugin, PluginSettings

LISTS = Path(__file__).parent / "lists"


class Settings(PluginSettings):
    """What the terms moderator can be told."""

    lists: str = Field("", description="A YAML list of terms of your own, or a folder of them, on top of the built-in lists.")


@asynccontextmanager
async def open_terms(settings: Settings, _: Kit) -> AsyncGenerator[Terms]:
    """The moderator over the built-in lists and those of the setting. Raises SettingFault with file and line."""
    yield Terms(read(LISTS, *([Path(settings.lists)] if settings.lists else [])))


PLUGIN = Plugin(about="Lists of terms, against every spelling", settings=Settings, open=open_terms)
