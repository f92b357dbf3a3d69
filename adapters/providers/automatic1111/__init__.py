"""AUTOMATIC1111 and Forge: a Stable Diffusion server of one's own, asked over the API that `--api` switches on (providers.md §10).

    models.py     the settings, and what they make of each model
    requests.py   a request in its words
    answers.py    what an answer means: pictures, seeds, progress, faults
    provider.py   the call, watched while it is on its way
    examine.py    what the doctor asks

Reasons:

- *It answers in the call itself, and there is no ticket.* The server keeps no result: whoever does not read the answer never gets it. A
  task of ours with a ticket of its own would not survive a restart, and a job with a ticket is never asked for again; without one, a job
  that a restart tore off is drawn once more, which costs time and nothing else.
- *Progress and previews are shown all the same*: the request carries a task id of ours (`force_task_id`), and beside the call the server
  is asked about just that task. A server without that question (`--nowebui`) draws without telling; its other question is about
  whatever runs, which may be somebody else's.
- *Its interrupt is global*, so it is sent only when our call is given up, and only when the server says that it is our task that runs.
- *One call at a time*, because the server draws one at a time anyway, and a call that waits inside it runs into its timeout.
"""

from adapters.providers.automatic1111.examine import examine
from adapters.providers.automatic1111.models import MODELS, Settings
from adapters.providers.automatic1111.provider import open_provider
from bot.plugins import Plugin
from bot.ports import ImageProvider

__all__ = ["MODELS", "PLUGIN", "Settings"]

PLUGIN = Plugin[Settings, ImageProvider](
    about="AUTOMATIC1111 or Forge: a Stable Diffusion server of your own",
    settings=Settings,
    open=open_provider,
    configured=lambda settings: settings.base_url is not None,
    examine=examine,
)
