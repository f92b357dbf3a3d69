"""Every test of this folder speaks to Slack's or Discord's stand-in over the wire: they run in `make test`, not before each commit."""

from pathlib import Path

import pytest

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.wire)
