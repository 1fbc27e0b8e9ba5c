"""The queue without a worker: run every due job in this process. The fixture `run_jobs` is this."""

from django.db.models.functions import Now
from django_q.models import OrmQ
from django_q.signing import SignedPackage

from storyboard.jobs.run import run


def drain() -> list[str]:
    """Run due jobs in order, and those that they queue; says which tasks ran."""
    done: list[str] = []
    while job := OrmQ.objects.filter(lock__lte=Now()).order_by("lock", "id").first():
        job.delete()
        task, request, *ids = SignedPackage.loads(job.payload)["args"]
        run(task, request, *ids)
        done.append(task)
    return done
