"""Faults are what database drivers raise, as StoreFault with a sentence that says what to do."""

import sqlite3
from collections.abc import Generator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from bot.errors import StoreFault

PATIENCE = 10
"""Seconds to wait for a lock of another process, or for a connection."""


@contextmanager
def translated() -> Generator[None]:
    """Turns what drivers raise into StoreFault. Statements and their values stay out of it: they hold prompts."""
    try:
        yield
    except DBAPIError as error:
        raise StoreFault(sentence(error.orig or error)) from error
    except (SQLAlchemyError, sqlite3.Error, OSError, TimeoutError, UnicodeError) as error:
        raise StoreFault(sentence(error)) from error


def sentence(error: BaseException) -> str:
    """What to tell of a driver's error."""
    if "locked" in str(error):
        return f"The journal is locked by another process for more than {PATIENCE} seconds; is a backup or a second bot at work on it?"
    first = next(iter(str(error).splitlines()), "")
    return f"The journal cannot be read or written: {first or type(error).__name__}. Check BOT_DATABASE_URL and the database behind it."
