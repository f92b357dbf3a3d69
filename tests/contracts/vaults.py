"""A vault in memory, for plugins that are opened by themselves."""


class MemoryVault:
    """Keeps what it is given until it is thrown away."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}

    async def get(self, name: str) -> bytes | None:
        return self.kept.get(name)

    async def put(self, name: str, value: bytes) -> None:
        self.kept[name] = value

    async def take(self, name: str) -> bytes | None:
        return self.kept.pop(name, None)

    async def delete(self, name: str) -> None:
        self.kept.pop(name, None)

    async def names(self, prefix: str = "") -> list[str]:
        return sorted(name for name in self.kept if name.startswith(prefix))
