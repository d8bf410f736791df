"""Settings: the environment read once into one frozen object, passed down from there."""

from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Every setting, read from variables that begin with ``RAPPORT_``."""

    model_config = SettingsConfigDict(env_prefix="RAPPORT_", frozen=True, extra="ignore")

    mongodb_url: SecretStr | None = Field(
        default=None,
        description="A MongoDB 8 replica set; unset, a server is started in the data directory.",
    )
    database: str = Field(default="rapport", description="The name of the database.")
    driver: Literal["motor", "pymongo"] = Field(
        default="motor", description="motor, or PyMongo's own asyncio client."
    )
    data: Path = Field(default=Path(".rapport"), description="The data directory.")
    secret: SecretStr | None = Field(
        default=None,
        description="64 hexadecimal digits or more; made and kept in the data directory where "
        "Rapport runs its own database.",
    )
    sources: Path | None = Field(
        default=None, description="Enrichment sources; sources.toml in the data directory if unset."
    )
    trusted_documents: Path | None = Field(
        default=None,
        description="A manifest of operations, as front ends write it when they are built: "
        "prepared at the start, and asked for by their ids.",
    )
    only_trusted: bool = Field(
        default=False, description="Whether operations of the manifest alone are executed."
    )
    host: str = Field(default="127.0.0.1", description="The address to listen on.")
    port: int = Field(default=8000, ge=0, le=65535, description="The port to listen on.")
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="The least severe line that is logged."
    )

    @property
    def sources_file(self) -> Path:
        """The file that is named, else the one in the data directory, where there is one."""
        return self.sources or self.data / "sources.toml"
