"""Weights & Biases as a test sees it: as much of its interface as a run needs, kept to be looked into."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from tests.tracking.peers import Answer, Asked

OWNER = {"id": "owner", "name": "somebody"}


class Wandb:
    """As much of W&B's interface as a run needs: GraphQL, the stream of files, files, artifacts.

    ``artifacts`` are what was uploaded: each manifest by the artifact's name, each file by NAME/FILE.
    """

    def __init__(self) -> None:
        self.config: dict[str, Any] = {}
        self.history: list[dict[str, Any]] = []
        self.summary: dict[str, Any] = {}
        self.artifacts: dict[str, bytes] = {}
        self.committed: list[str] = []
        self.url = ""

    def __call__(self, asked: Asked) -> Answer:
        if asked.path.startswith("/artifacts/"):
            self.artifacts[asked.path.removeprefix("/artifacts/")] = asked.body
        if asked.path == "/graphql":
            name = re.match(r"\s*(?:query|mutation) (\w+)", asked.document["query"])
            answer = self.ANSWERS.get(name[1]) if name else None
            return 200, {"data": answer(self, asked.document.get("variables")) if answer else {}}
        if asked.path.endswith("/file_stream"):
            self._stream(asked.document.get("files", {}))
        return 200, {}

    def _stream(self, files: Any) -> None:
        lines = {name: list(map(json.loads, file["content"])) for name, file in files.items()}
        self.history += lines.get("wandb-history.jsonl", [])
        for summary in lines.get("wandb-summary.json", []):
            self.summary = summary

    def _status(self, said: Any) -> Any:
        """What is known of a run that may be resumed."""
        if not self.summary:
            return {"model": None}
        counts = {f"{name}LineCount": 0 for name in ("events", "log")}
        tails = {"historyTail": json.dumps([json.dumps(self.history[-1])]), "eventsTail": "[]"}
        bucket = {
            "id": "bucket",
            "name": said["name"],
            "displayName": said["name"],
            "config": json.dumps(self.config),
            "summaryMetrics": json.dumps(self.summary),
            "historyLineCount": len(self.history),
            "wandbConfig": json.dumps({"t": 1}),
            "tags": [],
            **counts,
            **tails,
        }
        return {"model": {"id": "project", "name": "toys", "entity": OWNER, "bucket": bucket}}

    def _upsert(self, said: Any) -> Any:
        self.config = json.loads(said["config"] or "{}")
        project = {"id": "project", "name": "toys", "entity": OWNER}
        bucket = {"id": "bucket", "name": said["name"], "project": project, "historyLineCount": 0}
        return {"upsertBucket": {"bucket": bucket, "inserted": not self.summary}}

    def _files(self, said: Any) -> Any:
        files = [{"name": name, "uploadUrl": f"{self.url}/{name}"} for name in said["files"]]
        return {"createRunFiles": {"runID": "run", "uploadHeaders": [], "files": files}}

    def _viewer(self, said: Any) -> Any:
        """Who the key belongs to, which is asked before files are sent."""
        known = {"id": "owner", "entity": "somebody", "username": "somebody", "email": "", "flags": "{}"}
        return {"viewer": known | {"teams": {"edges": []}}}

    def _artifact(self, said: Any) -> Any:
        made = {"id": said["input"]["artifactCollectionName"], "state": "PENDING"}
        return {"createArtifact": {"artifact": made | {"artifactSequence": {"latestArtifact": None}}}}

    def _manifest(self, said: Any) -> Any:
        manifest = {"id": said["artifactID"], "file": {"id": "file", **self._place(said["artifactID"])}}
        return {"createArtifactManifest": {"artifactManifest": manifest}}

    def _described(self, said: Any) -> Any:
        name = said["artifactManifestID"]
        manifest = {"id": name, "file": {"id": "file", **self._place(name)}}
        return {"updateArtifactManifest": {"artifactManifest": manifest}}

    def _uploads(self, said: Any) -> Any:
        nodes = [
            {"storagePath": one["name"], "uploadMultipartUrls": None, "artifact": {"id": one["artifactID"]}}
            | self._place(f"{one['artifactID']}/{one['name']}")
            for one in said["input"]["artifactFiles"]
        ]
        return {"createArtifactFiles": {"files": {"edges": [{"node": node} for node in nodes]}}}

    def _place(self, path: str) -> dict[str, Any]:
        return {"uploadUrl": f"{self.url}/artifacts/{path}", "uploadHeaders": []}

    def _commit(self, said: Any) -> Any:
        self.committed.append(said["artifactID"])
        return {"commitArtifact": {"artifact": {"id": said["artifactID"], "digest": "digest"}}}

    ANSWERS: ClassVar[Mapping[str, Callable[[Wandb, Any], Any]]] = {
        "CreateArtifact": _artifact,
        "CreateArtifactManifest": _manifest,
        "CreateArtifactFiles": _uploads,
        "UpdateArtifactManifest": _described,
        "CommitArtifact": _commit,
        "RunResumeStatus": _status,
        "UpsertBucket": _upsert,
        "Viewer": _viewer,
        "ArtifactType": lambda self, said: {"project": None},  # no artifact of that name is there yet
        "CreateRunFiles": _files,
    }
