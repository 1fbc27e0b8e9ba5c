"""Where files live: a folder under DATA_DIR, or an S3 bucket when S3_BUCKET is set."""

import os
from functools import cache
from typing import TYPE_CHECKING, Literal

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.conf import settings

from storyboard.errors import DomainError

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


class StorageError(DomainError):
    status = 503


def check() -> None:
    """Raise StorageError, in words, when files could not be kept right now."""
    if settings.S3["bucket"]:
        check_bucket()
    else:
        check_folder()


def check_folder() -> None:
    try:
        settings.MEDIA_ROOT.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StorageError(f"The media folder cannot be made: {error.strerror}.") from error
    if not os.access(settings.MEDIA_ROOT, os.W_OK):
        raise StorageError("The media folder cannot be written to.")


def check_bucket() -> None:
    try:
        client().head_bucket(Bucket=settings.S3["bucket"])
    except (BotoCoreError, ClientError, OSError, ValueError) as error:  # the last two: a key file, the endpoint
        raise StorageError(f"The bucket “{settings.S3['bucket']}” does not answer: {type(error).__name__}.") from error


def secret(name: str) -> str | None:
    path = settings.S3[f"{name}_file"]
    if path:
        with open(path, encoding="utf-8") as file:
            return file.read().strip()
    return settings.S3[name] or None


@cache
def client() -> "S3Client":
    s3 = settings.S3
    style: Literal["path", "virtual"] = "virtual" if s3["style"] == "virtual" else "path"
    config = Config(connect_timeout=3, read_timeout=5, retries={"max_attempts": 1}, s3={"addressing_style": style})
    return boto3.client(
        "s3",
        endpoint_url=s3["endpoint"] or None,
        region_name=s3["region"],
        aws_access_key_id=secret("key"),
        aws_secret_access_key=secret("secret"),
        config=config,
    )
