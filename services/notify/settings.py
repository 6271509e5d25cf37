"""Settings of notify."""

from __future__ import annotations

from typing import Literal

from pydantic import SecretStr, model_validator

from services.chassis.settings import ServiceSettings


class Settings(ServiceSettings):
    """Common settings, and how SMS go out."""

    port: int = 8103
    sms: Literal["simulator", "http"] = "simulator"
    sms_url: str | None = None
    sms_token: SecretStr | None = None
    sms_keyed: bool = False
    """Whether the gateway promises to send a repeated ``Idempotency-Key`` once. If unsure: no."""

    @model_validator(mode="after")
    def _reachable(self) -> Settings:
        if self.sms == "http" and not (self.sms_url or "").startswith(("http://", "https://")):
            raise ValueError(
                "TALON_SMS_URL: TALON_SMS=http needs the gateway's address;"
                " write https://sms.example/v1/messages"
            )
        return self
