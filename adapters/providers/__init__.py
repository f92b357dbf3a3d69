"""Image providers: one file each (a folder when it outgrows a page), named as people type it after `--model`; each defines `PLUGIN`.

What several services speak alike is a neighbour whose name begins with `_`, and no plugin.

To add one:

1. Make `adapters/providers/<name>.py`; its settings are `<NAME>_*`, declared as a `PluginSettings`. One that speaks to a service over HTTP
   takes `CallSettings` and a `Caller` from `adapters/calls`, and writes no transport of its own.
2. Describe its models as data: `MODELS`, a tuple of `Capabilities`, the first one is the default. It may be empty where only the settings
   or the service know them.
3. Write pure functions from Request to the vendor's request and from the vendor's answer to Progress; then `submit`, `check`, `cancel`,
   `receive`.
4. Translate every error at the edge: a moderation refusal is `Refused`, everything else a `ProviderFault` that says whether the work may
   have been accepted. Nothing else may be raised.
5. `PLUGIN = Plugin(about=..., settings=..., open=..., configured=..., examine=...)`: without its key or its address it is not configured,
   and for `limner doctor` it tries them without spending.
6. Where the vendor's own programs read the key by another name than ours, add that to `ALSO`.
7. Hold it to the contract. For a service: `tests/contracts/services/<name>.py` says in a `SERVICE` how its vendor speaks, moderation in
   every form included, over answers in `tests/recorded/<name>/`; the tests of `tests/contracts/test_service.py` are then asked of it.
   One that speaks to nobody goes into `PROVIDERS` of `tests/contracts/test_provider.py`. Its corners have a page of their own,
   `tests/adapters/providers/test_<name>.py`.
8. `.venv/bin/limner env > .env.example`, and a line in the table of the README.
"""

from collections.abc import Mapping
from types import MappingProxyType

ALSO: Mapping[str, str] = MappingProxyType(
    {
        "AIHORDE_API_KEY": "HORDE_API_KEY",
        "FAL_API_KEY": "FAL_KEY",
        "GOOGLE_API_KEY": "GEMINI_API_KEY",
        "RECRAFT_API_KEY": "RECRAFT_API_TOKEN",
        "REPLICATE_API_KEY": "REPLICATE_API_TOKEN",
        "STABILITY_KEY": "STABILITY_API_KEY",
    }
)
"""Second customary names of keys, with the setting that each means. A setting's own name goes before them."""
