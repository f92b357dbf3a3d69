"""Calls: how providers and moderators speak to services over HTTP, in one behaviour.

    caller.py      Caller: one service; sends, times out, repeats what may be repeated, paces, translates every error
    reply.py       Reply: what came back, with its JSON read carefully
    faults.py      what an answer or a broken connection means: Refused or ProviderFault, and whether the work may have been taken
    keys.py        Keys: several keys in turn, read again when one is refused
    pace.py        Pace: a token bucket a key, and waiting before the limit when a service's headers say so
    waiting.py     how long a service asks us to wait, in each of the forms it is said
    downloads.py   results fetched from a service's own hosts alone, without a key, never from a private address
    signatures.py  webhooks that prove who sent them
    settings.py    the settings that every service has: patience, download hosts
    events.py      what a service tells while it answers: server-sent events
    masks.py       Masks: ours in the forms that services ask for, off the loop
    pictures.py    Pictures: sources brought within what a service takes, off the loop
    ratios.py      sizes of ratios, for services that are asked for a shape
    shapes.py      AtOnce: the rest of the port for a service that answers in the call itself

The rule: a provider's file holds its vendor's facts and pure functions (request out, answer in) and no transport of its own; everything
in here knows no vendor. Third parties' plugins may use it as ours do.

Reasons:

- *A GET is repeated freely, a POST never by itself here.* No image service has an idempotency key (providers.md §0.1). What was certainly
  not taken is said so in the fault (`accepted=False`), and the worker, which keeps its waits in the journal, asks again.
- *httpx behind one module.* Nothing else imports it, so that its successor can take its place.
- *Answers are hostile.* Their size is capped while they are read, addresses in them are checked before anything is sent there, and the
  key goes to the host of the base address alone.
"""

from adapters.calls.caller import Caller, open_caller
from adapters.calls.downloads import Downloads
from adapters.calls.events import Event, Events, events_of
from adapters.calls.faults import Explain
from adapters.calls.keys import Keys
from adapters.calls.masks import Masks, open_masks
from adapters.calls.pace import Pace
from adapters.calls.pictures import Pictures, Source, open_pictures
from adapters.calls.ratios import ratio_of, sizes_of
from adapters.calls.reply import Reply
from adapters.calls.settings import Address, CallSettings, Words
from adapters.calls.shapes import AtOnce
from adapters.calls.signatures import Jwks, verify_signed, verify_standard

__all__ = [
    "Address",
    "AtOnce",
    "CallSettings",
    "Caller",
    "Downloads",
    "Event",
    "Events",
    "Explain",
    "Jwks",
    "Keys",
    "Masks",
    "Pace",
    "Pictures",
    "Reply",
    "Source",
    "Words",
    "events_of",
    "open_caller",
    "open_masks",
    "open_pictures",
    "ratio_of",
    "sizes_of",
    "verify_signed",
    "verify_standard",
]
