"""Chatter: what discord.py logs of its own, made short: that a connection broke is one line, not a page of trace at every try."""

import logging
from collections.abc import Generator
from contextlib import contextmanager

_TALKATIVE = ("discord.client", "discord.shard")


@contextmanager
def shortened() -> Generator[None]:
    """Have errors about connections, which discord.py mends by itself, as warnings without a trace until the block ends."""
    short = _Short()
    for name in _TALKATIVE:
        logging.getLogger(name).addFilter(short)
    try:
        yield
    finally:
        for name in _TALKATIVE:
            logging.getLogger(name).removeFilter(short)


class _Short(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        """Take the trace away and name its error instead."""
        if record.exc_info and record.exc_info[0]:
            record.msg, record.args = f"{record.getMessage()} ({record.exc_info[0].__name__})", None
            record.exc_info = record.exc_text = None
            record.levelno, record.levelname = logging.WARNING, "WARNING"
        return True
