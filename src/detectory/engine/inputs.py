"""What trials read, in any process: a detector's artifacts by stage and digest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from detectory.artifacts import Artifact, Store
from detectory.detector import Detector


@dataclass(frozen=True)
class Inputs:
    """A detector and where its artifacts are; sent to a process, it opens them there.

    It reads as a job does (`detectory.job.Reads`).
    """

    detector: Detector
    store: Store
    digests: Mapping[str, str]

    @property
    def inputs(self) -> Mapping[str, Artifact]:
        """The artifacts, opened."""
        return {
            stage: self.store.get(f"{self.detector.name}/{stage}", digest)
            for stage, digest in self.digests.items()
        }
