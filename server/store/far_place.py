"""Where the far store is, and how long anything that is asked of it may take."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

if TYPE_CHECKING:
    from obstore.store import ClientConfig, S3Config, S3Store

ASK_SECONDS = 1.5
"""Within so long a question is answered, with all that is tried again: people are waiting."""

CONNECT_SECONDS = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a house's files are: s3://bucket/prefix?endpoint=http://host:port&region=name."""

    bucket: str
    prefix: str
    endpoint: str
    region: str

    @classmethod
    def read(cls, url: str) -> Place:
        """Read STEPBACK_STORE_URL; what it does not say stands in the AWS_ variables."""
        parts = urlsplit(url)
        said = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        variable = os.environ.get
        return cls(
            bucket=parts.netloc,
            prefix=parts.path.strip("/"),
            endpoint=said.get("endpoint", "")
            or variable("AWS_ENDPOINT_URL_S3", "")
            or variable("AWS_ENDPOINT_URL", ""),
            region=said.get("region", "") or variable("AWS_REGION", "us-east-1"),
        )

    def open(self, seconds: float) -> S3Store:
        """Open it with a limit for everything that is asked. Nothing is asked yet."""
        from obstore.store import S3Store

        client: ClientConfig = {
            "timeout": timedelta(seconds=seconds),
            "connect_timeout": timedelta(seconds=CONNECT_SECONDS),
            "allow_http": self.endpoint.startswith("http://"),
        }
        config: S3Config = {"region": self.region, "checksum_algorithm": "sha256"}
        if self.endpoint:
            config["endpoint"] = self.endpoint
        backoff = timedelta(seconds=0.05)
        store: S3Store = S3Store(
            self.bucket,
            prefix=self.prefix or None,
            config=config,
            client_options=client,
            retry_config={
                "max_retries": 3,
                "retry_timeout": timedelta(seconds=min(seconds, ASK_SECONDS) / 2),
                "backoff": {"init_backoff": backoff, "max_backoff": 4 * backoff, "base": 2},
            },
        )
        return store
