"""What others wrote is here unchanged: every vendored script has its row with a checksum and a licence."""

import hashlib
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = [ROOT / "static/vendor", ROOT / "tests/vendor"]
ROW = re.compile(r"^\| (\S+\.(?:js|json)) \| [^|]+ \| [^|]+, (\S+) \| ([0-9a-f]{64}) \|$", re.MULTILINE)


@pytest.mark.parametrize("folder", FOLDERS, ids=["static", "tests"])
def test_every_vendored_script_is_listed_with_its_checksum(folder: Path) -> None:
    listed = {name: digest for name, _, digest in ROW.findall((folder / "README.md").read_text())}
    found = {str(path.relative_to(folder)): path for path in folder.rglob("*.js*")}
    assert listed == {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in found.items()}


@pytest.mark.parametrize("folder", FOLDERS, ids=["static", "tests"])
def test_every_licence_named_is_there(folder: Path) -> None:
    licences = [licence for _, licence, _ in ROW.findall((folder / "README.md").read_text())]
    assert licences
    assert all((folder / licence).stat().st_size for licence in licences)
