"""Fills the journal's record of a run from the events of the pipeline, and closes it however the run ends."""

from detectory.recording.run import failure as failure, recorded as recorded
from detectory.recording.stages import fields_of_recertified as fields_of_recertified
