"""The records of the journal: what is kept about whom, for how long, and the sums of it."""

from storage.journal.part import Part


class Records(Part):
    """What the journal says about what it keeps."""
