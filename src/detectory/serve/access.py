"""What each address needs: nothing, or a key with one scope. What stands in no line here is not answered.

Comes in: the path of a request. Goes out: a scope, or that everybody may ask. Never: a path that is let
through because nobody thought of it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from detectory.errors import NoSuchRoute

PUBLIC = ""  # the scope that everybody has

TABLE: Mapping[str, str] = {
    "/v1/detectors/{name}/score": "predict",
    "/v1/detectors/{name}/versions/{version}/score": "predict",
    "/v1/detectors/{name}/explain": "explain",
    "/v1/detectors/{name}/versions/{version}/explain": "explain",
    "/v1/detectors/{name}/bulk": "predict",
    "/v1/detectors/{name}/versions/{version}/bulk": "predict",
    "/v1/feedback": "feedback",
    "/v1/review": "feedback",
    "/v1/detectors": "predict",
    "/v1/version": "predict",
    "/v1/models/{name}": PUBLIC,
    "/v1/models/{name}:predict": "predict",
    "/v2": PUBLIC,
    "/v2/health/live": PUBLIC,
    "/v2/health/ready": PUBLIC,
    "/v2/models": "predict",
    "/v2/models/{name}": "predict",
    "/v2/models/{name}/ready": PUBLIC,
    "/v2/models/{name}/infer": "predict",
    "/v2/models/{name}/versions/{version}": "predict",
    "/v2/models/{name}/versions/{version}/ready": PUBLIC,
    "/v2/models/{name}/versions/{version}/infer": "predict",
    "/invocations": "predict",
    "/execution-parameters": PUBLIC,
    "/version": PUBLIC,
    "/ping": PUBLIC,
    "/metrics": "metrics",
    "/livez": PUBLIC,
    "/healthz": PUBLIC,
    "/startupz": PUBLIC,
    "/readyz": PUBLIC,
    "/": PUBLIC,
    "/docs": PUBLIC,
    "/docs/docs.js": PUBLIC,
    "/docs/docs.css": PUBLIC,
    "/docs/swagger-ui-bundle.js": PUBLIC,
    "/docs/swagger-ui.css": PUBLIC,
    "/openapi.json": PUBLIC,
}


class Access:
    """The table, made ready to be asked for every request.

    >>> access = Access(TABLE)
    >>> access.scope_of("/v1/detectors/dga/score"), access.scope_of("/livez")
    ('predict', '')
    """

    def __init__(self, table: Mapping[str, str] = TABLE) -> None:
        self._plain = {path: scope for path, scope in table.items() if "{" not in path}
        self._templates = [(_pattern(path), scope) for path, scope in table.items() if "{" in path]

    def scope_of(self, path: str) -> str:
        """The scope that a path needs; raises `NoSuchRoute` for one that is in no line."""
        scope = self._plain.get(path)
        if scope is not None:
            return scope
        for template, scope in self._templates:
            if template.fullmatch(path):
                return scope
        raise NoSuchRoute


def _pattern(template: str) -> re.Pattern[str]:
    """No name holds a colon: it parts a name from what is asked of it (``{name}:predict``)."""
    return re.compile(re.sub(r"\{\w+\}", "[^/:]+", template))
