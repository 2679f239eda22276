"""What the journal keeps of a run: filled from what the pipeline tells, and closed whatever happens."""

from detectory.recording.run import failure as failure, recorded as recorded
