"""Combinations: the moderator for words that are harmless alone: a child and a bed scene, a statesman and handcuffs, a logo and a forgery.

Its lists hold words and rules over them; the words of the `terms` lists may stand in its rules too. Contexts speak for a wording: satire,
a museum, prevention. Each rule says which (`unless`, `softened`). To add rules of your own, name a list in COMBINATIONS_LISTS; the form of
lists is in `adapters.moderators._words.lexicon`.
"""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

from pydantic import Field

from adapters.moderators._words import Words
from bot.plugins import Kit, Plugin, PluginSettings

LISTS = Path(__file__).parent / "lists"
VOCABULARY = Path(__file__).parent.parent / "terms" / "lists"


class Settings(PluginSettings):
    """What the combinations moderator can be told."""

    lists: str = Field("", description="A YAML list of rules and words of your own, or a folder of them, on top of the built-in ones.")


@asynccontextmanager
async def open_combinations(settings: Settings, _: Kit) -> AsyncGenerator[Words]:
    """The moderator over the built-in lists and those of the setting. Raises SettingFault with file and line."""
    yield Words("combinations", VOCABULARY, LISTS, *([Path(settings.lists)] if settings.lists else []), vocabulary=True)


PLUGIN = Plugin(about="Words that are harmless alone", settings=Settings, open=open_combinations)
