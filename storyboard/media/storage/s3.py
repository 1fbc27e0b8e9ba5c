"""Files in an S3 bucket, of AWS or of any server that speaks its language. store() makes one.

Two clients: ours reaches the endpoint that only we may see, the other signs links for the one that browsers see.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, BinaryIO, Literal

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from storyboard.media.disposition import disposition, served_type
from storyboard.media.storage.base import (
    CONTENT_TYPE,
    Begun,
    Listed,
    Part,
    Stored,
    Upload,
    check_key,
    check_life,
    check_parts,
    check_prefix,
    check_size,
    check_upload,
)
from storyboard.media.storage.errors import Lost, StorageError, Unfinished

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

CHUNK = 1024 * 1024
GONE = {"404", "NoSuchKey", "NoSuchUpload", "NotFound"}


@contextmanager
def in_words() -> Iterator[None]:
    try:
        yield
    except ClientError as error:
        if error.response["Error"].get("Code") in GONE:
            raise Lost from error
        raise StorageError(f"The storage refused: {error.response['Error'].get('Code')}.") from error
    except (BotoCoreError, OSError) as error:
        raise StorageError(f"The storage does not answer: {type(error).__name__}.") from error


class S3Store:
    """One bucket."""

    def __init__(self, options: dict[str, str]) -> None:
        self.options = options
        self.bucket = options["bucket"]
        self._clients: dict[str, S3Client] = {}
        self._making = Lock()

    def check(self) -> None:
        try:
            self.client("health", read_timeout=5, retries={"total_max_attempts": 2}).head_bucket(Bucket=self.bucket)
        except (BotoCoreError, ClientError, OSError, ValueError) as error:  # the last two: a key file, the endpoint
            raise StorageError(f"The bucket “{self.bucket}” does not answer: {type(error).__name__}.") from error

    def client(self, purpose: str = "work", **more: Any) -> "S3Client":
        """Made when it is first needed: a key file that is not there yet is this request's trouble, not the start's."""
        # boto3's clients may be shared by threads, but not made by two at once.
        with self._making:
            if purpose not in self._clients:
                endpoint = self.options["public_endpoint" if purpose == "public" else "endpoint"]
                self._clients[purpose] = boto3.client(
                    "s3",
                    endpoint_url=endpoint,
                    region_name=self.options["region"],
                    aws_access_key_id=self.secret("key"),
                    aws_secret_access_key=self.secret("secret"),
                    config=self.config(**more),
                )
            return self._clients[purpose]

    def config(self, **more: Any) -> Config:
        style: Literal["path", "virtual"] = "virtual" if self.options["style"] == "virtual" else "path"
        usual: dict[str, Any] = {"read_timeout": 60, "retries": {"mode": "standard", "total_max_attempts": 3}}
        return Config(
            connect_timeout=3,
            signature_version="s3v4",
            s3={"addressing_style": style},
            # boto3 adds checksums of its own that several stores do not know, and a browser cannot send.
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
            **usual | more,
        )

    def secret(self, name: str) -> str | None:
        if path := self.options[f"{name}_file"]:
            return Path(path).read_text(encoding="utf-8").strip()
        return self.options[name] or None

    def presigned(self, operation: str, seconds: int, **parameters: Any) -> str:
        with in_words():
            return self.client("public").generate_presigned_url(
                operation, Params={"Bucket": self.bucket, **parameters}, ExpiresIn=seconds
            )

    def presign_upload(self, key: str, content_type: str, size: int, *, seconds: int = 300) -> Upload:
        check_upload(content_type, size, seconds)
        signed = {"Key": check_key(key), "ContentType": content_type, "ContentLength": size}
        return Upload(self.presigned("put_object", seconds, **signed), headers={"Content-Type": content_type})

    def presign_download(
        self, key: str, seconds: int, *, filename: str = "", inline: bool = True, content_type: str = ""
    ) -> str:
        check_life(seconds)
        shown = disposition(content_type, inline=inline, filename=filename)
        answer = {"ResponseContentDisposition": shown}
        if content_type:
            answer["ResponseContentType"] = served_type(content_type)
        return self.presigned("get_object", seconds, Key=check_key(key), **answer)

    def head(self, key: str) -> Stored | None:
        try:
            with in_words():
                found = self.client().head_object(Bucket=self.bucket, Key=check_key(key))
        except Lost:
            return None
        return Stored(found["ContentLength"], found["ContentType"], bare(found["ETag"]))

    def put(self, key: str, source: Path | BinaryIO, content_type: str) -> None:
        check_key(key)
        with source.open("rb") if isinstance(source, Path) else nullcontext(source) as file, in_words():
            self.client().put_object(Bucket=self.bucket, Key=key, Body=file, ContentType=content_type)

    def get(self, key: str, path: Path) -> Stored:
        with in_words():
            found = self.client().get_object(Bucket=self.bucket, Key=check_key(key))
            with path.open("wb") as copy:
                for piece in found["Body"].iter_chunks(CHUNK):
                    copy.write(piece)
        return Stored(found["ContentLength"], found["ContentType"], bare(found["ETag"]))

    def copy(self, source: str, target: str) -> None:
        origin = {"Bucket": self.bucket, "Key": check_key(source)}
        with in_words():
            self.client().copy_object(Bucket=self.bucket, Key=check_key(target), CopySource=origin)  # type: ignore[arg-type]

    def delete(self, keys: Iterable[str]) -> None:
        # One by one: some stores do not know the request for many, others want a checksum with it that boto3 left off.
        for key in keys:
            with in_words():
                self.client().delete_object(Bucket=self.bucket, Key=check_key(key))

    def list(self, prefix: str) -> Iterator[Listed]:
        with in_words():
            pages = self.client().get_paginator("list_objects_v2")
            for page in pages.paginate(Bucket=self.bucket, Prefix=check_prefix(prefix)):
                for found in page.get("Contents", []):
                    yield Listed(found["Key"], found["Size"], found["LastModified"])

    def create_multipart(self, key: str, content_type: str) -> str:
        check_key(key)
        if not CONTENT_TYPE.fullmatch(content_type):
            raise ValueError("This is no content type.")
        with in_words():
            begun = self.client().create_multipart_upload(Bucket=self.bucket, Key=key, ContentType=content_type)
        return begun["UploadId"]

    def presign_part(self, key: str, upload: str, number: int, size: int, *, seconds: int = 300) -> Upload:
        check_size(size, seconds)
        signed = {"Key": check_key(key), "UploadId": upload, "PartNumber": number, "ContentLength": size}
        return Upload(self.presigned("upload_part", seconds, **signed))

    def parts(self, key: str, upload: str) -> Sequence[Part]:
        with in_words():
            pages = self.client().get_paginator("list_parts")
            found = [
                part
                for page in pages.paginate(Bucket=self.bucket, Key=check_key(key), UploadId=upload)
                for part in page.get("Parts", [])
            ]
        return [Part(part["PartNumber"], part["Size"], bare(part["ETag"])) for part in found]

    def complete_multipart(self, key: str, upload: str, size: int) -> None:
        parts = self.parts(key, upload)
        if not check_parts(parts, size):
            raise Unfinished
        named = [{"PartNumber": part.number, "ETag": part.etag} for part in parts]
        with in_words():
            self.client().complete_multipart_upload(
                Bucket=self.bucket,
                Key=key,
                UploadId=upload,
                MultipartUpload={"Parts": named},  # type: ignore[typeddict-item]
            )

    def abort_multipart(self, key: str, upload: str) -> None:
        try:
            with in_words():
                self.client().abort_multipart_upload(Bucket=self.bucket, Key=check_key(key), UploadId=upload)
        except Lost:
            return

    def list_multipart(self, prefix: str) -> Iterator[Begun]:
        with in_words():
            pages = self.client().get_paginator("list_multipart_uploads")
            for page in pages.paginate(Bucket=self.bucket, Prefix=check_prefix(prefix)):
                for found in page.get("Uploads", []):
                    yield Begun(found["Key"], found["UploadId"], found["Initiated"])


def bare(etag: str) -> str:
    return etag.strip('"')
