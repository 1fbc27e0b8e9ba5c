"""What can be wrong with a stored file, in words; both stores raise these."""

from storyboard.errors import DomainError


class StorageError(DomainError):
    """The place where files live does not work right now."""

    status = 503


class Lost(DomainError):
    """A file that a row names is not there."""

    status = 404

    def __init__(self) -> None:
        super().__init__("This file is not in the storage any more. Upload or generate it again.")


class Unfinished(DomainError):
    """The parts of a large file do not make the file that was announced."""

    status = 409

    def __init__(self) -> None:
        super().__init__("Not every part of the file arrived. Upload it again.")
