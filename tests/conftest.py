"""The fixtures that tests of several folders share, each beside the port that it is about."""

import gc

from hypothesis import settings

pytest_plugins = ["tests.contracts.stores", "tests.contracts.queues", "tests.contracts.buckets", "tests.browser.window", "tests.watchdog"]

# A deadline measures the machine, not the code: with two workers on two cores it fails what is right.
settings.register_profile("limner", deadline=None)
settings.load_profile("limner")


def pytest_collection_finish() -> None:
    """What is here once the tests are collected stays to the end: Python's collector need not look at it with every pass."""
    gc.collect()
    gc.freeze()
