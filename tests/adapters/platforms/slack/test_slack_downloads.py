"""Files that people attach: what counts as one, and where the token may go."""

from typing import Any

import pytest

from adapters.platforms.slack.downloads import attachment, is_theirs

FILE = {"id": "F0FOX12", "name": "fox.png", "mimetype": "image/png", "size": 3, "mode": "hosted"}
SLACK = "https://slack.com/api/"


def test_a_file_is_an_attachment_that_names_its_workspace() -> None:
    found = attachment("T0LIMNER", FILE)
    assert found is not None
    assert (found.id, found.name, found.media_type, found.bytes) == ("T0LIMNER/F0FOX12", "fox.png", "image/png", 3)


@pytest.mark.parametrize("mode", ["tombstone", "hidden_by_limit", "external"])
def test_what_slack_does_not_keep_is_no_attachment(mode: str) -> None:
    assert attachment("T0LIMNER", {**FILE, "mode": mode}) is None


@pytest.mark.parametrize("broken", [{}, {**FILE, "id": None}, {**FILE, "id": "F1/../F2"}, {**FILE, "id": 7}])
def test_what_is_no_file_is_no_attachment(broken: dict[str, Any]) -> None:
    assert attachment("T0LIMNER", broken) is None


def test_a_file_of_a_connected_workspace_comes_without_its_facts() -> None:
    found = attachment("T0LIMNER", {"id": "F0FOX12", "file_access": "check_file_info"})
    assert found is not None
    assert (found.name, found.media_type, found.bytes) == ("picture", "", 0)


@pytest.mark.parametrize(
    "address", ["https://files.slack.com/files-pri/T1-F1/fox.png", "https://slack.com/x", "https://acme.slack-gov.com/files-pri/x"]
)
def test_the_token_goes_to_slack_s_own_hosts(address: str) -> None:
    assert is_theirs(address, SLACK)


@pytest.mark.parametrize(
    "address",
    [
        "http://files.slack.com/files-pri/x",
        "https://files.slack.com.evil.example/x",
        "https://evilslack.com/x",
        "https://slack.com@evil.example/x",
        "https://drive.example/x",
        "http://127.0.0.1:80/x",
        "https://[slack.com/x",
        "",
    ],
)
def test_the_token_goes_nowhere_else(address: str) -> None:
    assert not is_theirs(address, SLACK)


def test_a_slack_on_this_machine_is_trusted_with_itself_alone() -> None:
    api = "http://127.0.0.1:4000/api/"
    assert is_theirs("http://127.0.0.1:4000/files-pri/x", api)
    assert not is_theirs("http://127.0.0.1:4001/files-pri/x", api)
    assert not is_theirs("http://10.0.0.5/files-pri/x", "http://10.0.0.5/api/")
