"""A test server that complains fails its test; that a browser went away is no complaint."""

from tests.server import complaints

CUT_SHORT = """\
/usr/lib/python3.11/asyncio/runners.py:118: ResourceWarning: unclosed file <_io.BufferedReader name='{path}'>
  return self._loop.run_until_complete(task)
ResourceWarning: Enable tracemalloc to get the object allocation traceback
"""


def test_a_browser_that_left_before_a_static_file_was_sent_is_no_complaint() -> None:
    assert complaints(CUT_SHORT.format(path="/srv/static/js/a.js")) == []


def test_any_other_file_that_stays_open_is_one() -> None:
    assert "clip.mp4" in complaints(CUT_SHORT.format(path="/srv/media/clip.mp4"))[0]


def test_what_stands_around_it_is_still_heard() -> None:
    said = "before\n" + CUT_SHORT.format(path="/srv/static/js/a.js") + "after\n[Errno 104] Connection reset by peer\n"
    assert complaints(said) == ["before", "after"]
