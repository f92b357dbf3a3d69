"""Commands: one file each, named as people type it; each defines `COMMAND`.

To add one:

1. Make `commands/<name>.py`; `<name>` is what people type after the slash.
2. Define `COMMAND = Command(spec=CommandSpec(...), run=run)`. The spec's options become the text grammar, the typed options of platforms
   that have them, and the hints of those that complete.
3. In `run`, ask the Context; give an Answer; raise a Refusal with a sentence for whatever may not be.

That is all: the file is found by its name. Commands see `bot.command`, `bot.model` and `bot.errors`, nothing else, so that a command stays
a page of what a person may do and holds no vendor, no table and no markup.
"""
