"""Moderators: one file each (a folder when it brings lists), asked in the order of their names; each defines `PLUGIN`.

To add one:

1. Make `adapters/moderators/<name>.py`; its settings are `<NAME>_*`, declared as a `PluginSettings`.
2. Write a class that is a `bot.ports.Moderator`: a Verdict with level, category and source for a text and for a picture.
3. `PLUGIN = Plugin(about=..., settings=..., open=..., configured=...)`; `configured` says whether it can work with its settings.
4. Add it to `tests/contracts/test_moderator.py`.

The strictest verdict wins; a moderator never sees what another said.
"""
