"""Amazon's own client speaks with the server, through what SageMaker puts in front of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from tests.answering import answering
from tests.serve.conftest import Ask
from tests.serve.test_invocations import BENIGN, CONFICKER, PATH


@contextmanager
def endpoint_of(ask: Ask) -> Iterator[str]:
    """What SageMaker's own front does: ``/endpoints/NAME/invocations`` → ``/invocations``."""

    class Front(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            kept = {name: value for name, value in self.headers.items() if name.lower() in PASSED}
            answer = ask("POST", PATH, content=body, headers=kept)
            self.send_response(answer.status_code)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(answer.content)

        def log_message(self, *_: Any) -> None:
            pass

    with answering(HTTPServer(("127.0.0.1", 0), Front)) as url:
        yield url


PASSED = (
    "content-type",
    "accept",
    "x-amzn-sagemaker-custom-attributes",
    "x-amzn-sagemaker-inference-id",
    "x-amzn-sagemaker-target-model",
)


def test_the_runtime_client_of_amazon_speaks_with_the_server(ask: Ask) -> None:
    with endpoint_of(ask) as url:
        client = boto3.client(
            "sagemaker-runtime",
            endpoint_url=url,
            region_name="eu-west-1",
            aws_access_key_id="test",
            aws_secret_access_key="test",
        )
        answer = client.invoke_endpoint(
            EndpointName="detectory",
            ContentType="text/csv",
            Accept="application/jsonlines",
            CustomAttributes="detector=dga",
            Body=b"google.com\nx1y2z3w4.com\n",
        )
        lines = [json.loads(line) for line in answer["Body"].read().splitlines()]

        assert lines == [BENIGN, CONFICKER]
        assert answer["CustomAttributes"] == "detector=dga"
        assert answer["ContentType"] == "application/jsonlines"
        with pytest.raises(ClientError, match="400"):
            client.invoke_endpoint(EndpointName="detectory", ContentType="application/json", Body=b"[1]")
