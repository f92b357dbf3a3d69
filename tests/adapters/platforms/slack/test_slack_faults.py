"""Slack's errors as sentences."""

import pytest

from adapters.platforms.slack.faults import PASSING, SENTENCES, refusal


@pytest.mark.parametrize("code", sorted(SENTENCES))
def test_what_cannot_be_helped_is_permanent_and_a_sentence(code: str) -> None:
    fault = refusal(200, {"ok": False, "error": code}, "chat.postMessage")
    assert fault.permanent
    assert fault.sentence.endswith(".")
    assert "_" not in fault.sentence


@pytest.mark.parametrize("code", sorted(PASSING))
def test_what_may_pass_is_not_permanent(code: str) -> None:
    assert not refusal(200, {"ok": False, "error": code}, "chat.postMessage").permanent


def test_a_missing_scope_is_named() -> None:
    fault = refusal(200, {"ok": False, "error": "missing_scope", "needed": "files:write", "provided": "chat:write"}, "files.info")
    assert fault.permanent
    assert "files:write" in fault.sentence


def test_an_error_nobody_knows_is_told_with_its_code() -> None:
    fault = refusal(200, {"ok": False, "error": "moon_in_wrong_phase"}, "chat.postMessage")
    assert fault.permanent
    assert "moon_in_wrong_phase" in fault.sentence


@pytest.mark.parametrize(("status", "body"), [(500, {}), (503, {"error": "whatever"}), (200, {})])
def test_a_broken_answer_may_pass(status: int, body: dict[str, str]) -> None:
    assert not refusal(status, body, "chat.postMessage").permanent


def test_each_trouble_of_the_table_has_a_sentence_of_its_own() -> None:
    troubles = ["not_in_channel", "token_revoked", "is_archived", "file_uploads_disabled", "message_not_found", "posting_to_channel_denied"]
    assert len({SENTENCES[code] for code in troubles}) == len(troubles)


def test_blocks_refused_for_a_file_are_told_from_blocks_refused_for_themselves() -> None:
    def told(*messages: str) -> bool:
        return refusal(200, {"error": "invalid_blocks", "response_metadata": {"messages": list(messages)}}, "chat.update").about_files

    assert told("[ERROR] invalid slack file [json-pointer:/blocks/1/slack_file]")
    assert told()
    assert not told("[ERROR] must be less than 3001 characters [json-pointer:/blocks/0/text/text]")
