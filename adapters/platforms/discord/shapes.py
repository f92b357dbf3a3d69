"""Shapes: Discord's numbers for components, styles, flags and kinds of channels, as its API writes them (platforms.md §23)."""

from typing import Any

JSON = dict[str, Any]

ROW, BUTTON, SELECT, TEXT_INPUT = 1, 2, 3, 4
TEXT, GALLERY, FILE, SEPARATOR, CONTAINER, LABEL, FILE_UPLOAD = 10, 12, 13, 14, 17, 18, 19
PRIMARY, SECONDARY, DANGER, LINK = 1, 2, 4, 5
SHORT, LONG = 1, 2

EPHEMERAL, SILENT, COMPONENTS = 1 << 6, 1 << 12, 1 << 15
NOBODY: JSON = {"parse": [], "replied_user": False}
"""Who a message of ours may ping. An edit without it would ping by Discord's own rules (platforms.md §27)."""
