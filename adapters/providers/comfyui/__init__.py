"""ComfyUI: a server of one's own that runs workflows, with previews and places in its queue (providers.md §11).

    settings.py   the settings
    workflows.py  a workflow as a file: its named inputs, what it can do, and how it is filled
    library.py    the workflows of a folder, and what models they make
    builtin.py    the workflows that come along
    answers.py    what an answer means: history, queue, faults
    listening.py  what it tells over the websocket meanwhile
    vendor.py     how it is called
    provider.py   submit, check, cancel
    examine.py    what the doctor asks

With `COMFYUI_CHECKPOINT` the workflows that come along draw, vary, edit and inpaint with that checkpoint; with `COMFYUI_UPSCALER` they
enlarge. A workflow of your own:

1. Build it in ComfyUI, and save it with *Export (API)*; older ones call it *Save (API Format)*.
2. Write named inputs where the values were: `{{prompt}}` as the text of the node that encodes it, `{{seed}}` as the sampler's seed. A value
   that is one named input and nothing else keeps its type; inside a longer text it is put in as text. `{{steps=8}}` says what holds where
   nobody says how many. The names:

       prompt negative style                 what is said; a workflow without {{negative}} has no negative prompt
       seed                                  without it no picture can be drawn again
       width height                          pixels
       steps guidance strength scale         numbers; strength is the sampler's denoise, 0 keeps the source
       image image2 image3 image4            sources, for LoadImage
       mask                                  for LoadImageMask, whatever its channel, or LoadImage: picture and mask both are right
       checkpoint                            the first of COMFYUI_CHECKPOINT
       key                                   a text that no other job has

3. Put it into the folder `COMFYUI_WORKFLOWS` as `<model>.json`; people say `--model <model>`. What it can do follows from its inputs: a
   mask means inpaint, an image and a prompt edit and vary, an image alone upscale, none of these draw. More files make one model:
   `<model>.inpaint.json` (or draw, vary, edit, outpaint, upscale, background) does what it is called.
4. If more is to be said, add a node-less entry: `"limner": {"about": "...", "sides": [512, 1536], "multiple": 16, "pixels": 1048576,
   "outputs": ["9"], "deadline": 1200, "special": true}`. It is not sent.

Reasons:

- *The job's id is ours*, made from the key of the order, so that the same order is the same job. Before an order is sent the server is
  asked whether it has it, and again when the answer was lost: no crash makes it draw twice.
- *A picture a call*: a batch has one seed, and every picture of ours has its own.
- *Every order writes a file of its own*, by a prefix that no other has. Else a workflow that was run before is answered from the cache,
  with the name of a file that may be gone.
- *The websocket is for the eyes alone.* What counts is the history; without a socket there is a place in the queue and no preview.
  Previews come from servers that were started with `--preview-method auto`.
"""

from adapters.providers.comfyui.examine import examine
from adapters.providers.comfyui.provider import open_provider
from adapters.providers.comfyui.settings import Settings
from bot.model import Capabilities
from bot.plugins import Plugin
from bot.ports import ImageProvider

__all__ = ["MODELS", "PLUGIN", "Settings"]

MODELS: tuple[Capabilities, ...] = ()
"""None by itself: they are what the checkpoint and the folder of workflows make."""

PLUGIN = Plugin[Settings, ImageProvider](
    about="ComfyUI: workflows on a server of your own",
    settings=Settings,
    open=open_provider,
    configured=lambda settings: settings.base_url is not None,
    examine=examine,
)
