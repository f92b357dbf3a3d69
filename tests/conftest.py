"""The fixtures that tests of several folders share, each beside the port that it is about."""

from hypothesis import settings

pytest_plugins = ["tests.contracts.stores", "tests.contracts.queues", "tests.contracts.buckets"]

# A deadline measures the machine, not the code: with two workers on two cores it fails what is right.
settings.register_profile("limner", deadline=None)
settings.load_profile("limner")
