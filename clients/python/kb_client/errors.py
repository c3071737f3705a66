"""What can go wrong: the service's refusals, and a service that is not reached."""

from __future__ import annotations

from kb_client.types import Json, Notice, notices


class KbError(Exception):
    """A request that the service refused. `detail` says what to mend; `notices` are what the question
    calls for all the same, and are to be shown. `status` is 0 where no service answered."""

    def __init__(self, status: int, body: Json) -> None:
        super().__init__(str(body.get("detail") or f"the service answered {status}"))
        self.status = status
        self.detail = str(self)
        self.field: str | None = body.get("field")
        self.request_id: str | None = body.get("request_id")
        self.notices: tuple[Notice, ...] = notices(body)
