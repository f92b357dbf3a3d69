"""The HTTP server: health, counters, signed pictures, and the doors that chat platforms ask for.

    server.py    listens, serves until cancelled, tells its address
    site.py      which address leads where
    doorway.py   what holds for every request: headers, size, log line, one sentence when something breaks
    health.py    /healthz (the process lives) and /readyz (every part works)
    pictures.py  /files/...: a picture for whoever has a link that is signed and has not ended
    webhooks.py  /webhooks/...: what image services send when a job moves
    metrics.py   /metrics: what happened, counted for Prometheus

The rule: nothing in here knows a platform or a provider by name. A platform that needs an address offers ASGI applications by prefix
(`ChatPlatform.pages`), and they are mounted as they are; one with the prefix `/` is the root page.

To serve something new: write a function from Request to Response in a file named after the thing, and add its route in `site.py`.

Reasons:

- *Starlette, without FastAPI on top.* There is no body to validate here, and FastAPI alone takes 275 ms to import, Starlette 50 ms.
- *The socket is bound before anything else is opened*, so that a port in use is said at once, and port 0 is known to whoever signs links.
- *No signal handlers.* The process decides when it ends; `serve` ends when it is cancelled, within a second, whoever is still connected.
- *Signatures are secrets.* No query string is ever logged.
- *The narrowest headers by default.* An application that needs more (a page with scripts) says so in its own response.
"""

from adapters.web.metrics import Counters
from adapters.web.server import Server, listen
from adapters.web.site import Check, site

__all__ = ["Check", "Counters", "Server", "listen", "site"]
