"""Chat platforms: one folder each, named as in `BOT_PLATFORMS`; each defines `PLUGIN`.

To add one:

1. Make `adapters/platforms/<name>/`; its settings are `<NAME>_*`, declared as a `PluginSettings`.
2. `platform.py` holds its life and its sending: a class that is a `bot.ports.ChatPlatform`.
3. `inbound.py` makes an Invocation of what people do; `outbound.py` makes the platform's markup of a Message.
4. In `__init__.py`: `PLUGIN = Plugin(about=..., settings=..., open=...)`.
5. Add it to `tests/contracts/test_platform.py`: the same key gives the same post, an edit may repeat, a whisper is seen by one.

A platform acknowledges by itself: the hub never hears of three-second deadlines. It escapes all text, because all text is untrusted.
"""
