"""A collector of audit records over HTTPS: a batch is one POST."""

from dataclasses import dataclass, field

from gateways.breaker import Upstream
from gateways.transport import Transport


class Collector(Transport):
    """One address, which is all there is to it: there are no paths below it."""

    def __init__(
        self,
        service: str,
        url: str,
        *,
        content_type: str,
        token: str = "",
        upstream: Upstream | None = None,
        ca_file: str = "",
    ) -> None:
        bearer = CollectorToken(token) if token else None
        super().__init__(service, url, token=bearer, upstream=upstream, ca_file=ca_file)
        self.headers["Content-Type"] = content_type

    def send(self, batch: bytes) -> None:
        """Deliver the batch; what is answered beside a 2xx does not matter.

        Repeated when nothing comes back: receiving a record twice does no harm.
        Raises RefusedError: as far as we know they were not taken.
        """
        self._send("POST", (), form=batch, safe=True)


@dataclass(frozen=True, slots=True)
class CollectorToken:
    """What the collector knows us by; it does not change."""

    _value: str = field(repr=False)

    def value(self) -> str:
        return self._value

    def drop(self, value: str) -> None:
        """There is no other."""
