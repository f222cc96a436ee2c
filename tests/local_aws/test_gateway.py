import io
import json
from collections.abc import Mapping
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local_aws.clients import local_client
from local_aws.engine import Engine, Operation, RestEngine
from local_aws.errors import ServiceError
from local_aws.gateway import Gateway
from local_aws.server import LocalAws


class Broken(Engine):
    service = "glue"
    target_prefix = "AWSGlue"

    @property
    def operations(self) -> Mapping[str, Operation]:
        return {"GetJob": self.fail, "StartJobRun": self.refuse}

    def fail(self, body: dict[str, Any]) -> dict[str, Any]:
        raise ZeroDivisionError("in the engine")

    def refuse(self, body: dict[str, Any]) -> dict[str, Any]:
        raise ServiceError("EntityNotFoundException", f"no job {body['JobName']}")


def ask(gateway: Gateway, target: str, body: bytes = b"{}") -> tuple[str, dict[str, str], dict[str, Any]]:
    answer: list[Any] = []
    environ = {
        "PATH_INFO": "/",
        "REQUEST_METHOD": "POST",
        "HTTP_X_AMZ_TARGET": target,
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": io.BytesIO(body),
    }
    reply = b"".join(gateway(environ, lambda status, headers: answer.extend((status, dict(headers)))))
    return answer[0], answer[1], json.loads(reply)


@pytest.fixture
def broken() -> Gateway:
    def unreachable(environ: Any, start_response: Any) -> Any:
        raise AssertionError("moto must not be asked")

    return Gateway([Broken()], moto=unreachable, control=unreachable)


def test_crash_of_an_engine_is_an_internal_error_with_a_traceback(
    broken: Gateway, capsys: pytest.CaptureFixture[str]
) -> None:
    status, headers, reply = ask(broken, "AWSGlue.GetJob")
    assert status.startswith("500")
    assert reply == {"__type": "InternalServiceException", "message": "ZeroDivisionError: in the engine"}
    assert headers["Content-Type"] == "application/x-amz-json-1.1"
    assert headers["x-amzn-RequestId"]
    assert "ZeroDivisionError" in capsys.readouterr().err


def test_refusal_of_an_engine_keeps_its_code(broken: Gateway) -> None:
    status, _, reply = ask(broken, "AWSGlue.StartJobRun", b'{"JobName": "missing"}')
    assert status.startswith("400")
    assert reply == {"__type": "EntityNotFoundException", "message": "no job missing"}


def test_operation_that_no_engine_has_is_refused_by_name(broken: Gateway) -> None:
    status, _, reply = ask(broken, "AWSGlue.StartWorkflowRun")
    assert status.startswith("501")
    assert reply["__type"] == "UnsupportedOperationException"
    assert "StartWorkflowRun" in reply["message"]


def test_body_that_is_no_json_is_refused(broken: Gateway) -> None:
    assert ask(broken, "AWSGlue.GetJob", b"{")[2]["__type"] == "SerializationException"


def test_two_engines_may_not_answer_one_operation() -> None:
    with pytest.raises(ValueError, match=r"AWSGlue\.GetJob"):
        Gateway([Broken(), Broken()], moto=lambda *_: [], control=lambda *_: [])


@pytest.mark.parametrize(
    ("service", "call", "arguments"),
    [
        ("lambda", "list_functions", {}),
        ("redshift", "describe_clusters", {}),
        ("dynamodb", "list_tables", {}),
        ("glue", "list_workflows", {}),
        ("athena", "list_notebook_metadata", {"WorkGroup": "primary"}),
        ("firehose", "update_destination", {"CurrentDeliveryStreamVersionId": "1", "DestinationId": "1"}),
    ],
)
def test_what_nobody_has_truthfully_is_refused(
    local_aws: LocalAws, service: str, call: str, arguments: dict[str, str]
) -> None:
    if service == "firehose":
        arguments = {**arguments, "DeliveryStreamName": "s"}
    with pytest.raises(ClientError) as error:
        getattr(local_client(service, local_aws.endpoint_url), call)(**arguments)
    assert error.value.response["Error"]["Code"] == "UnsupportedOperationException"
    assert error.value.response["ResponseMetadata"]["HTTPStatusCode"] == 501


def test_motos_own_services_answer(local_aws: LocalAws) -> None:
    url = local_aws.endpoint_url
    assert local_client("sts", url).get_caller_identity()["Account"] == "123456789012"
    assert local_client("iam", url).list_roles()["Roles"] == []
    assert local_client("kms", url).create_key()["KeyMetadata"]["Enabled"]
    assert local_client("sns", url).create_topic(Name="t")["TopicArn"]
    assert local_client("sqs", url).create_queue(QueueName="q")["QueueUrl"]
    assert local_client("logs", url).describe_log_groups()["logGroups"] == []
    local_client("cloudwatch", url).put_metric_data(Namespace="n", MetricData=[{"MetricName": "m", "Value": 1}])


@pytest.mark.parametrize("start", ["first", "second"])
def test_state_is_fresh_in_every_local_aws(local_aws: LocalAws, start: str) -> None:
    assert local_client("s3", local_aws.endpoint_url).list_buckets()["Buckets"] == []
    local_client("s3", local_aws.endpoint_url).create_bucket(
        Bucket="left-behind", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"}
    )


def test_a_rest_service_is_told_apart_by_its_signature() -> None:
    """A service of its own whose calls have no target; other calls without one are moto's."""

    class Rest(RestEngine):
        service = "lambda"

    def says(word: bytes) -> Any:
        return lambda environ, start_response: [word]

    gateway = Gateway([Rest()], moto=says(b"moto"), control=says(b"control"), rest={"lambda": says(b"engine")})
    answers = []
    for service in ("lambda", "s3"):
        signature = f"AWS4-HMAC-SHA256 Credential=local/20240101/eu-west-1/{service}/aws4_request"
        environ = {"PATH_INFO": "/x", "REQUEST_METHOD": "GET", "HTTP_AUTHORIZATION": signature}
        answers.append(b"".join(gateway(environ, lambda *_: None)))
    assert answers == [b"engine", b"moto"]
