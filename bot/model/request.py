"""What to draw, in nobody's dialect, and what a model can do."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum


class Operation(StrEnum):
    """What is asked of a model."""

    DRAW = "draw"
    VARY = "vary"
    EDIT = "edit"
    INPAINT = "inpaint"
    OUTPAINT = "outpaint"
    UPSCALE = "upscale"
    REMOVE_BACKGROUND = "remove background"


@dataclass(frozen=True, kw_only=True)
class Request:
    """One request. Whatever is None is the model's own default."""

    operation: Operation = Operation.DRAW
    prompt: str = ""
    negative: str = ""
    ratio: str | None = None
    """Aspect ratio as `16:9`; used where `size` is None."""
    size: tuple[int, int] | None = None
    """Width and height in pixels."""
    count: int = 1
    seed: int | None = None
    """0 to 2**32 - 1; image i of a batch (from 1) is drawn with seed + i - 1."""
    steps: int | None = None
    guidance: float | None = None
    strength: float | None = None
    """0 keeps the source image, 1 ignores it."""
    style: str | None = None
    model: str | None = None
    """As people type it: a provider's name, a model's name, or `provider/model`."""
    scale: int | None = None
    """Upscale factor: 2, 3 or 4."""
    sources: tuple[str, ...] = ()
    """Keys of source images in Files."""
    mask: str | None = None
    """Key of an 8-bit greyscale mask in Files, white = edit."""
    extras: Mapping[str, str] = field(default_factory=dict[str, str])
    """Vendor options that have no name of ours."""


@dataclass(frozen=True, kw_only=True)
class Inputs:
    """The bytes behind a request's keys, fetched by the worker just before a provider is called."""

    sources: tuple[bytes, ...] = ()
    mask: bytes | None = None


class Promise(StrEnum):
    """The rerun promise printed with each result."""

    EXACT = "exact"
    BEST_EFFORT = "best effort"
    NOT_REPEATABLE = "not repeatable"


@dataclass(frozen=True, kw_only=True)
class Capabilities:
    """A model's facts as data."""

    name: str
    operations: frozenset[Operation] = frozenset({Operation.DRAW})
    ratios: tuple[str, ...] = ()
    """The ratios it offers; empty means any."""
    sizes: tuple[tuple[int, int], ...] = ()
    """The exact sizes it offers; empty means any within the sides below."""
    sides: tuple[int, int] = (256, 2048)
    """Smallest and largest side in pixels."""
    multiple: int = 8
    """Sides are multiples of this."""
    pixels: int = 1024 * 1024
    """The area it draws at when only a ratio is given."""
    most: int = 4
    """Images per call; more are asked for in several calls."""
    promise: Promise = Promise.BEST_EFFORT
    """What the same seed gives."""
    negative: bool = False
    steps: tuple[int, int] | None = None
    guidance: tuple[float, float] | None = None
    strength: bool = False
    mask: bool = False
    styles: tuple[str, ...] = ()
    """The styles it knows; empty means any word or none, see `any_style`."""
    any_style: bool = False
    price: Decimal | None = Decimal(0)
    """US dollars an image, as an estimate; 0 where it is free, None where nobody knows."""
    prices: Mapping[Operation, Decimal] = field(default_factory=dict[Operation, Decimal])
    """Where an operation costs something else."""
    priced: str = ""
    """Where the price is from, and as of when: `providers.md §3, 2026-11`."""
    until: date | None = None
    """The day on which the service switches it off, where it said so."""
    seedless: bool = False
    """Whether a seed has no effect: then the promise is `not repeatable`."""
    deadline: float = 300
    """Seconds after which a job is given up."""
    running: int = 4
    """Jobs in flight at once, across all workers."""
    keyed: bool = False
    """Whether the service takes our key as its job id, so that asking twice is one job and one bill."""
    special: bool = False
    """Whether it does one thing of its own kind: then only those get it who name it."""
    procedural: bool = False
    """True for a drawing program: its pictures are labelled `algorithmicMedia`, not AI."""
    version: str = ""
    about: str = ""
    """One sentence for `/models`, printed with results where it says something people must know."""

    def estimate(self, operation: Operation, count: int = 1) -> Decimal | None:
        """US dollars that so many images will probably cost, or None where nobody knows."""
        each = self.prices.get(operation, self.price)
        return None if each is None else each * count
