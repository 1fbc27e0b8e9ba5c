"""Jobs that come twice, and a queue that stood still: neither may send anything a second time.

Called by the short form and by `make chaos ARGS="--part repeats"`.
"""

from collections import Counter
from datetime import timedelta
from typing import Any

from tests.chaos.house import House, wait_until

PLACES = 3


def redelivery(house: House, shots: int) -> dict[str, Any]:
    """Every job of takes is queued two to five times, a little apart, and taken by several processes at once."""
    from tests.chaos import films

    house.control(faults=False)
    house.kill_all()
    house.env["CHAOS_REPEAT"] = "2-5"
    for _ in range(2):
        house.start_worker()
    team, user = films.studio(910, house.vendor_port)
    names = [f"repeat {number}" for number in range(-(-shots // 5))]
    boards = [films.chain(team, user, name=name, shots=5) for name in names]
    for board in boards:
        films.press(board, user)
    seconds = wait_until(lambda: not unfinished(names), 60 + shots * 2, "what comes twice")
    house.kill_all()
    house.env.pop("CHAOS_REPEAT")
    posts = Counter(row["shot"] for row in house.rows("paid", "nothing") if str(row.get("shot")).startswith("repeat "))
    return {"shots": 5 * len(names), "posts": sum(posts.values()), "seconds": seconds}


def standstill(house: House, chains: int) -> dict[str, Any]:
    """For half an hour nobody works, while vendors finish and ring; then all of it comes at once."""
    from tests.chaos import films

    house.kill_all()
    team, user = films.studio(920, house.vendor_port, parallel=PLACES)
    names = [f"still {number}" for number in range(chains)]
    for name in names:
        films.press(films.chain(team, user, name=name, shots=2), user)
    later(timedelta(minutes=30))
    house.start_worker()
    seconds = wait_until(lambda: not unfinished(names), 60 + chains * 10, "the backlog")
    account = f"chaos-{team.public_id}"
    most = max(number for key, number in house.control()["most"].items() if key.startswith(account))
    posts = [row["shot"] for row in house.rows("paid") if row["shot"].startswith("still ")]
    return {"shots": 2 * chains, "posts": len(posts), "at_once": most, "places": PLACES, "seconds": seconds}


def unfinished(names: list[str]) -> int:
    from storyboard.boards.models import Shot

    return Shot.objects.filter(board__name__in=names).exclude(takes__is_selected=True).count()


def later(by: timedelta) -> None:
    """So much time passes for everything that the database knows a time of."""
    from django.db import models
    from django.db.models import F
    from django_q.models import OrmQ

    from storyboard.jobs.models import Sweep
    from storyboard.takes.models import Delivery, Gate, Run, Take

    for model in (Take, Run, Gate, Delivery, OrmQ, Sweep):
        times = [field.name for field in model._meta.fields if isinstance(field, models.DateTimeField)]
        model.objects.update(**{name: F(name) - by for name in times})
