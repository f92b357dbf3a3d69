"""The journal's socket for records: what is kept about whom, for how long, and the sums of it."""

from typing import Protocol


class RecordStore(Protocol):
    """What the journal says about what it keeps."""
