"""The settings of ComfyUI."""

from pydantic import Field, SecretStr, field_validator

from adapters.calls import Address, CallSettings, Words


class Settings(CallSettings):
    """ComfyUI's settings."""

    base_url: Address | None = Field(None, description="Address of ComfyUI, as http://127.0.0.1:8188.")
    auth: SecretStr | None = Field(None, description="user:password, where something before it asks for them.")
    workflows: str = Field(
        "", description="A folder of workflows in API format with named inputs such as {{prompt}}; adapters/providers/comfyui tells all."
    )
    checkpoint: Words = Field((), description="Checkpoints that the built-in workflows draw with, the default first, comma list.")
    upscaler: str = Field("", description="Upscale model for the built-in workflows, as RealESRGAN_x4plus.pth. Empty: they do not enlarge.")
    sampler: str = Field("euler", description="Sampler of the built-in workflows.")
    scheduler: str = Field("normal", description="Scheduler of the built-in workflows.")
    steps: int = Field(20, ge=1, le=150, description="Steps where neither person nor workflow says how many.")
    guidance: float = Field(7, ge=0, le=100, description="Guidance, likewise.")
    strength: float = Field(0.75, ge=0, le=1, description="Strength of inpainting, likewise; edits and variations always say theirs.")
    pixels: int = Field(1048576, ge=65536, description="Pixels of a picture when only a ratio is asked for; 262144 suits SD 1.5.")
    deadline: float = Field(1200, gt=0, description="Seconds after which a job is given up, its wait in ComfyUI's queue included.")
    running: int = Field(4, ge=1, description="Jobs in its queue at once. It draws them one after the other.")

    @field_validator("base_url", "auth", mode="before")
    @classmethod
    def _empty_is_none(cls, value: object) -> object:
        return None if value == "" else value
