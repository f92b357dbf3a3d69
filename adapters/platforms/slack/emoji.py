"""Emoji: Slack's names for them, and the characters that everybody else knows them by.

Slack's events and texts carry names (`+1`, `:repeat:`). The table has those that people put on pictures or into the settings; a name
that is not in it, such as a workspace's own emoji, stays `:name:`, everywhere alike, so that what an admin typed is what a reaction
says.
"""

import re
from collections.abc import Mapping
from types import MappingProxyType

_NAMES = """
🔁 repeat|🔂 repeat_one|🔀 twisted_rightwards_arrows|🔄 arrows_counterclockwise|🎲 game_die|🎨 art|🖼️ frame_with_picture
🖌️ lower_left_paintbrush|✏️ pencil2|📝 memo pencil|⬆️ arrow_up|⬇️ arrow_down|⏫ arrow_double_up|🆙 up|🔼 arrow_up_small|🔍 mag
✉️ email envelope|📧 e-mail|📨 incoming_envelope|📩 envelope_with_arrow|💌 love_letter|📬 mailbox_with_mail|ℹ️ information_source
⭐ star|🌟 star2|✨ sparkles|💫 dizzy|❤️ heart|💚 green_heart|💙 blue_heart|💜 purple_heart|🔖 bookmark|📌 pushpin|💾 floppy_disk
👍 +1 thumbsup|👎 -1 thumbsdown|👏 clap|🙌 raised_hands|🙏 pray|💯 100|🔥 fire|🎉 tada|😍 heart_eyes|😂 joy|🤔 thinking_face|👀 eyes
🚩 triangular_flag_on_post|🏁 checkered_flag|⚠️ warning|🚨 rotating_light|❗ exclamation heavy_exclamation_mark|❓ question
❌ x|❎ negative_squared_cross_mark|✖️ heavy_multiplication_x|🚫 no_entry_sign|⛔ no_entry|🗑️ wastebasket|🛑 octagonal_sign
✅ white_check_mark|☑️ ballot_box_with_check|✔️ heavy_check_mark|🆗 ok|👌 ok_hand|🆕 new|🆒 cool
0️⃣ zero|1️⃣ one|2️⃣ two|3️⃣ three|4️⃣ four|5️⃣ five|6️⃣ six|7️⃣ seven|8️⃣ eight|9️⃣ nine|🔟 keycap_ten
"""
CHARACTERS: Mapping[str, str] = MappingProxyType(
    {
        name: character
        for line in _NAMES.split("\n")
        for character, _, names in (entry.partition(" ") for entry in line.split("|") if entry)
        for name in names.split()
    }
)
"""By Slack's name, without colons."""

_IN_TEXT = re.compile(r"(?<![\w:]):([a-z0-9_+'-]{1,100}):(?::skin-tone-[2-6]:)?(?![\w:])")


def reaction(name: str) -> str:
    """A reaction's emoji: the character, or `:name:`. Skin tones are left out: a thumb is a thumb."""
    bare = name.partition("::")[0].strip(":")
    return CHARACTERS.get(bare) or f":{bare}:"


def spell_out(text: str) -> str:
    """A text with the characters in place of the names that are known."""
    return _IN_TEXT.sub(lambda found: CHARACTERS.get(found[1]) or found[0], text)
