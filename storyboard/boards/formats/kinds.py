"""Which reader a file needs. The import page and the command line ask."""

TABLES = {"csv", "tsv", "tab"}
SCREENPLAYS = {"fountain", "spmd"}


def kind_of(name: str, data: bytes) -> str:
    """By the file's ending; without one that is known, by how it begins."""
    ending = name.rpartition(".")[2].lower()
    if ending in TABLES:
        return "table"
    if ending in SCREENPLAYS:
        return "screenplay"
    if ending == "json" or data.lstrip()[:1] == b"{":
        return "bundle"
    return "text"
