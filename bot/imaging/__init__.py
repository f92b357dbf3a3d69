"""Imaging: what Limner does to pictures itself, off the loop, in a pool of two.

1. `kinds` names what bytes are; `pictures` opens them safely. Nothing reaches a decoder before its size, its pixels and its frames
   are known from the header, because a file of 20 KB can ask for a gigabyte.
2. `copies` makes new pictures: an upload made safe, a copy to show, a thumbnail, an overview, a preview. `masks` reads where a picture
   is to be painted anew.
3. `records` says what was drawn, as a plain mapping (JSON-able), and gives the request back; `parameters` and `xmp` say the same in
   the forms that other tools read.
4. `png`, `jpeg` and `webp` write a `label` into a file byte by byte, so that the pixels stay those the vendor sent, and read it back;
   `metadata` picks among them.
5. `chart` draws a board of statistics.
6. `studio` is the door: `open_studio()` gives a Studio, whose methods run all of this in its threads.

What a vendor wrote into a file is kept only where it decides how the pixels look (colour profile, gamma, resolution, orientation).
Texts, paths, workflows and thumbnails of the vendor's are dropped: they may say what nobody should read, and they would contradict ours.
A manifest that the vendor signed is dropped too: it is bound to the exact bytes, so any label breaks it, and a broken signature
reads as tampering. The IPTC digital source type says in plain words that a picture is made by a machine.

The same input gives the same bytes: nothing here asks for the time or for chance.
"""

from bot.imaging.chart import Bar, Board, Tile
from bot.imaging.copies import Prints
from bot.imaging.pictures import ORIGINAL, PIXELS, Facts
from bot.imaging.records import facts_of, record_of, request_of, rerun_of
from bot.imaging.studio import Studio, open_studio
from bot.imaging.xmp import DigitalSource

__all__ = [
    "ORIGINAL",
    "PIXELS",
    "Bar",
    "Board",
    "DigitalSource",
    "Facts",
    "Prints",
    "Studio",
    "Tile",
    "facts_of",
    "open_studio",
    "record_of",
    "request_of",
    "rerun_of",
]
