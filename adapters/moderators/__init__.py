"""Moderators: one file each (a folder when it brings lists); each defines `PLUGIN`, and says what it finds, never what follows.

    terms              lists of words, and the terms that a team lists itself
    combinations       words that are harmless alone, and contexts that speak for them
    personal           mail addresses, phone and card numbers, keys, ids
    nsfw               pictures, on this machine, with the extra of that name
    openai_moderation  texts and pictures, by OpenAI's endpoint, where its key is
    _words             how the first two read a text; no moderator of its own

To add one:

1. Make `adapters/moderators/<name>.py`; its settings are `<NAME>_*`, declared as a `PluginSettings`.
2. Write a class that is a `bot.ports.Moderator`: Concerns with category, score and source for a text and for a picture, spans where known;
   `remote` says whether what it is shown leaves this machine. It never raises.
3. `PLUGIN = Plugin(about=..., settings=..., open=..., configured=...)`; `configured` says whether it can work with its settings.
4. Hold it to `tests/contracts/test_moderator.py`, which finds it by its file. Where its key has a customary name, add that to `ALSO`.

A moderator never sees what another said. The policy (`bot.moderation`) makes one verdict of all that they find.
"""

from collections.abc import Mapping
from types import MappingProxyType

ALSO: Mapping[str, str] = MappingProxyType({"OPENAI_API_KEY": "OPENAI_MODERATION_API_KEY", "OPENAI_BASE_URL": "OPENAI_MODERATION_BASE_URL"})
"""Second customary names of settings. The address goes with the key: a key for one host is never shown to another."""
