"""What a file is, by its first bytes: nothing is opened whose opening could run code."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from detectory.errors import ModelUnreadable, NoSuchFile

Format = Literal["xgboost", "onnx"]
LARGEST_MIB = 256

_OTHERS = {
    b"PK\x03\x04": "it is a zip archive, as torch.save and numpy.savez write them",
    b"\x1f\x8b": "it is packed by gzip",
    b"binf": "it is in XGBoost's old binary form: load it there, and save_model('model.json')",
    b"bs64": "it is in XGBoost's old binary form: load it there, and save_model('model.json')",
    b"tree\n": "it is a model of LightGBM: convert it to ONNX",
    b"CBM1": "it is a model of CatBoost: save_model('model.onnx', format='onnx')",
}


def read(path: Path) -> tuple[bytes, Format]:
    """The bytes of a model's file, and what they are. Raises `NoSuchFile` and `ModelUnreadable`."""
    if not path.is_file():
        raise NoSuchFile(str(path))
    if (size := path.stat().st_size) > LARGEST_MIB * 2**20:
        raise ModelUnreadable(str(path), why=f"it has {size / 2**20:,.0f} MiB; {LARGEST_MIB} are the most")
    data = path.read_bytes()
    return data, format_of(data, where=str(path))


def format_of(data: bytes, *, where: str) -> Format:
    """What bytes are: XGBoost's JSON and UBJSON begin with a brace, ONNX with its version.

    >>> format_of(b'{"learner": {}}', where="booster.json")
    'xgboost'
    """
    if data[:1] == b"\x80" and data[1:2] <= b"\x05":
        why = "it is a pickle, which runs code when it is opened: save the model as JSON, UBJSON or ONNX"
        raise ModelUnreadable(where, why=why)
    for beginning, why in _OTHERS.items():
        if data.startswith(beginning):
            raise ModelUnreadable(where, why=why)
    if data.lstrip()[:1] == b"{":
        return "xgboost"
    if data[:1] == b"\x08":  # field 1 of ModelProto, ir_version
        return "onnx"
    raise ModelUnreadable(
        where, why="it is neither JSON or UBJSON of XGBoost nor ONNX" if data else "it is empty"
    )
