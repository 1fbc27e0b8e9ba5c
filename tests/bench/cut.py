"""`make bench-cut`: how long the last frame of a clip stands until the first one of the next is seen, in Chromium.

Three painted clips joined by their last frames, played by the board’s player, and in the same run by the plain way: one
video whose address is changed when it has ended. TIMES=20 for more films.
"""

import os
import statistics
import tempfile
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

TIMES = int(os.environ.get("TIMES", "8"))
SIZE, SECONDS, RATE = (1280, 720), 2, 24
FRAME = 1000 / RATE
GOAL = 50
# Chromium tells of each frame when it will be seen; of a change of ours, the next frame's own time is when it is seen.
WATCH = """() => {
  window.seen = [];
  window.watch = (video, address) => {
    const see = (_, { mediaTime, expectedDisplayTime }) => {
      window.seen.push({ clip: address(), at: mediaTime * 1000, shown: expectedDisplayTime });
      video.requestVideoFrameCallback(see);
    };
    video.requestVideoFrameCallback(see);
  };
}"""
OURS = """async () => {
  const slots = [...document.querySelectorAll("#cut-stage [data-slot]")];
  for (const slot of slots) {
    const video = slot.querySelector("video");
    window.watch(video, () => video.dataset.play);
    new MutationObserver(() => {
      if (!slot.classList.contains("front")) return;
      requestAnimationFrame((shown) => window.seen.push({ clip: video.dataset.play, front: true, shown }));
    }).observe(slot, { attributeFilter: ["class"] });
  }
  window.cut.seek(0);
  await new Promise((done) => setTimeout(done, 1000));
  window.seen = [];
  window.cut.play();
  while (window.cut.screen.isPlaying()) await new Promise((done) => setTimeout(done, 100));
  return window.seen;
}"""
PLAIN = """async () => {
  const clips = [...document.querySelectorAll("#cut-track [data-play]")].map((part) => part.dataset.play);
  const video = document.createElement("video");
  let at = 0;
  video.src = clips[0];
  document.querySelector("#cut-stage").hidden = false;
  document.querySelector("#cut-stage .front").append(video);
  await new Promise((done) => setTimeout(done, 1000));
  window.watch(video, () => clips[at]);
  await new Promise((done) => {
    video.addEventListener("ended", () => {
      at += 1;
      if (at === clips.length) { done(); return; }
      video.src = clips[at];
      video.play();
    });
    video.play();
  });
  return window.seen;
}"""
Seen = list[dict[str, Any]]


class Joint(NamedTuple):
    """Milliseconds: from the last frame of a clip to the first one of the next, and from that to the second one."""

    gap: float
    then: float


def joints(seen: Seen) -> list[Joint]:
    """Both ways tell in the same words; only where there are two players a clip comes to the front."""
    clips = list(dict.fromkeys(one["clip"] for one in seen))
    found = []
    for before, after in pairwise(clips):
        came = next((one["shown"] for one in seen if one["clip"] == after and one.get("front")), None)
        frames = sorted(one["shown"] for one in seen if one["clip"] == after and "at" in one)
        # What was ready unseen is seen once it is in front.
        first = frames[0] if came is None else came
        ended = max(one["shown"] for one in seen if one["clip"] == before and "at" in one and one["shown"] <= first)
        found.append(Joint(first - ended, next(shown for shown in frames if shown > first + 1) - first))
    return found


def films(way: str, page: Callable[[], Any]) -> list[Joint]:
    found: list[Joint] = []
    for _ in range(TIMES):
        opened = page()
        opened.evaluate(WATCH)
        found += joints(opened.evaluate(way))
        opened.context.close()
    return found


def line(name: str, values: Sequence[float]) -> str:
    ordered = sorted(values)
    p95 = ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))]
    near = sum(value <= GOAL for value in ordered)
    return f"{name:<56}{statistics.median(ordered):>8.1f}{p95:>8.1f}{ordered[-1]:>8.1f}{near:>7} of {len(ordered)}"


def measure(folder: Path) -> None:
    from django.conf import settings
    from playwright.sync_api import sync_playwright

    from storyboard.teams.models import Membership, Role, Team, User
    from tests.chromium import find_chromium
    from tests.server import running_server, session_for
    from tests.takes import make
    from tests.takes.painted import painted

    user = User.objects.create_user("editor@example.com")
    team = Team.objects.create(name="Bench")
    Membership.objects.create(team=team, user=user, role=Role.OWNER)
    board = make.board_with(team, user, "cut continue continue")
    painted(board, folder, size=SIZE, seconds=SECONDS)
    session = session_for(user)
    options = ["--autoplay-policy=no-user-gesture-required", *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    with running_server(settings.DATABASES["default"]) as url, sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=find_chromium(), args=options)

        def page() -> Any:
            context = chromium.new_context(viewport={"width": 1440, "height": 900})
            context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": url}])
            opened = context.new_page()
            opened.goto(f"{url}/teams/{team.public_id}/boards/{board.public_id}/")
            opened.wait_for_selector("#cut-track")
            return opened

        page().context.close()
        ours, plain = films(OURS, page), films(PLAIN, page)
        chromium.close()
    report(ours, plain)


def report(ours: Sequence[Joint], plain: Sequence[Joint]) -> None:
    print(f"{'milliseconds':<56}{'median':>8}{'p95':>8}{'worst':>8}{f'<= {GOAL}':>9}")
    for name, found in (("two players in turn", ours), ("one player, address changed at its end", plain)):
        print(line(f"{name}: last to first", [joint.gap for joint in found]))
        print(line(f"{'':>{len(name)}}  first to second", [joint.then for joint in found]))
    load = os.getloadavg()[0]
    print(f"a frame of these clips lasts {FRAME:.1f} ms; load average {load:.1f}, {os.cpu_count()} processors")


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        os.environ["DATA_DIR"] = folder
        os.environ["DATABASE_URL"] = ""
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "storyboard.settings")
        # Playwright's event loop looks to Django as if this ran inside async code.
        os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
        import django
        from django.core.management import call_command

        django.setup()
        call_command("migrate", verbosity=0)
        measure(Path(folder) / "painted")


if __name__ == "__main__":
    main()
