"""The fixtures that tests of several folders share, each beside the port that it is about."""

pytest_plugins = ["tests.contracts.stores", "tests.contracts.queues"]
