"""A process that has imported everything and run nothing: it forks a `detectory` for every line on stdin.

Importing the training libraries takes longer than a run of the toy detector; hundreds of runs that are
to be killed should not each pay for it. A line is ``{"start": [arguments], …}``, answered with a process
id, or ``{"wait": pid}``, answered with its exit code and what it said.
"""

import importlib
import json
import os
import resource
import sys
from typing import Any

import onnx
import onnxruntime
import polars
import sklearn.linear_model
import xgboost

from detectory import library, pipeline
from detectory.cli.main import answered
from detectory.cli.session import Session

IMPORTED = (onnx, onnxruntime, polars, sklearn.linear_model, xgboost, library)


def start(arguments: list[str], *, failpoint: str, file_bytes: int) -> tuple[int, int]:
    """Fork a command: its process id, and where to read what it says.

    ``file_bytes`` is the longest file that the disk still takes, 0 for any; a pipe is no file.
    """
    reader, writer = os.pipe()
    pid = os.fork()
    if pid:
        os.close(writer)
        return pid, reader
    os.dup2(writer, 1)
    os.dup2(writer, 2)
    if file_bytes:
        resource.setrlimit(resource.RLIMIT_FSIZE, (file_bytes, file_bytes))
    environment = {"DETECTORY_FAILPOINT": failpoint} if failpoint else {}
    try:
        code = answered(arguments, Session(environment=environment))
        sys.stdout.flush()
        sys.stderr.flush()
    except BaseException:  # noqa: BLE001  # whatever it is, a child must not go on as a second server
        os._exit(1)
    os._exit(code)


def ended(pid: int, reader: int) -> dict[str, Any]:
    """Wait for a command: its exit code, and what it said on both streams."""
    with open(reader, encoding="utf-8") as stream:
        said = stream.read()
    return {"code": os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), "said": said}


def main() -> None:
    for stage in pipeline.STAGES:
        importlib.import_module(f"detectory.{stage.module}")
    readers: dict[int, int] = {}
    for line in sys.stdin:
        asked = json.loads(line)
        if "wait" in asked:
            answer: Any = ended(asked["wait"], readers.pop(asked["wait"]))
        else:
            answer, reader = start(asked.pop("start"), **asked)
            readers[answer] = reader
        sys.stdout.write(f"{json.dumps(answer)}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
