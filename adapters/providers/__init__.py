"""Image providers: one file each (a folder when it outgrows a page), named as people type it after `--model`; each defines `PLUGIN`.

What several services speak alike is a neighbour whose name begins with `_`, and no plugin.

To add one:

1. Make `adapters/providers/<name>.py`; its settings are `<NAME>_*`, declared as a `PluginSettings`.
2. Describe its models as data: `Capabilities`, the first one is the default.
3. Write pure functions from Request to the vendor's request and from the vendor's answer to Progress; then `submit`, `check`, `cancel`.
4. Translate every error at the edge: a moderation refusal is `Refused`, everything else a `ProviderFault` that says whether the work may
   have been accepted. Nothing else may be raised.
5. `PLUGIN = Plugin(about=..., settings=..., open=...)`, and add it to `tests/contracts/test_provider.py`.
6. Where the vendor's own programs read the key by another name than ours, add that to `ALSO`.
"""

from collections.abc import Mapping
from types import MappingProxyType

ALSO: Mapping[str, str] = MappingProxyType(
    {
        "FAL_API_KEY": "FAL_KEY",
        "GOOGLE_API_KEY": "GEMINI_API_KEY",
        "RECRAFT_API_KEY": "RECRAFT_API_TOKEN",
        "REPLICATE_API_KEY": "REPLICATE_API_TOKEN",
        "STABILITY_KEY": "STABILITY_API_KEY",
    }
)
"""Second customary names of keys, with the setting that each means. A setting's own name goes before them."""
