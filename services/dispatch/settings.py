"""Settings of dispatch."""

from __future__ import annotations

from services.chassis.settings import ServiceSettings


class Settings(ServiceSettings):
    """Nothing beyond what every service must know."""

    port: int = 8102
