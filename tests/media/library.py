"""A browser's part in an upload, without a browser: announce, send, say that it is done."""

import io
import json
from dataclasses import dataclass, field
from typing import Any

from django.test import Client

from storyboard.media import actions
from storyboard.media.actions.uploads import Announced
from storyboard.media.models import Reference, Upload
from storyboard.media.storage import store
from storyboard.teams.models import Team, User
from tests.drain import drain


@dataclass
class Sender:
    """Somebody signed in, who sends files to a team's library."""

    client: Client
    team: Team
    headers: dict[str, str] = field(default_factory=lambda: {"HX-Request": "true"})

    @property
    def address(self) -> str:
        return f"/teams/{self.team.public_id}/library/"

    def post(self, door: str, **fields: str) -> Any:
        return self.client.post(f"{self.address}{door}", fields, headers=self.headers)

    def start(self, *files: tuple[str, str, int], replaces: str = "") -> list[dict[str, Any]]:
        named = json.dumps([{"name": name, "type": kind, "size": size} for name, kind, size in files])
        answer = self.post("uploads/", named=named, replaces=replaces)
        assert answer.status_code == 200, answer.content
        told: list[dict[str, Any]] = answer.json()["files"]
        return told

    def put(self, link: dict[str, Any], data: bytes) -> int:
        kind = link["headers"]["Content-Type"]
        status: int = self.client.put(link["url"], data, content_type=kind).status_code
        return status

    def send(self, name: str, kind: str, data: bytes, replaces: str = "") -> Upload:
        """All of it, up to the moment where a job looks at it."""
        (told,) = self.start((name, kind, len(data)), replaces=replaces)
        assert self.put(told["link"], data) == 200
        assert self.post(f"uploads/{told['id']}/done/").status_code == 200
        return Upload.objects.get(public_id=told["id"])

    def bring(self, name: str, kind: str, data: bytes, replaces: str = "") -> Upload:
        """The same, and the jobs that follow."""
        upload = self.send(name, kind, data, replaces)
        drain()
        upload.refresh_from_db()
        return upload

    def reference(self, name: str, kind: str, data: bytes) -> Reference:
        upload = self.bring(name, kind, data)
        assert upload.reference is not None, upload.sentence
        return upload.reference


def brought(team: Team, by: User, name: str, content_type: str, data: bytes) -> Upload:
    """A file that came, without the pages: beside a browser in the same thread Django's test client cannot run."""
    (upload,) = actions.start(team, files=[Announced(name, content_type, len(data))], by=by)
    assert isinstance(upload, Upload), upload
    store().put(upload.key, io.BytesIO(data), upload.content_type)
    actions.arrived(upload, by=by)
    drain()
    upload.refresh_from_db()
    return upload
