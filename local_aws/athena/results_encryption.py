"""The server-side encryption that a result configuration asks for, as S3's PutObject takes it."""

from typing import Any

from local_aws.athena.requests import invalid


def encryption_arguments(configuration: dict[str, Any]) -> dict[str, str]:
    """Arguments for PutObject; refuses client-side encryption."""
    asked = configuration.get("EncryptionConfiguration", {})
    match asked.get("EncryptionOption"):
        case None:
            return {}
        case "SSE_S3":
            return {"ServerSideEncryption": "AES256"}
        case "SSE_KMS":
            return {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": asked["KmsKey"]}
    raise invalid(f"EncryptionOption {asked['EncryptionOption']} is not supported by the local Athena")
