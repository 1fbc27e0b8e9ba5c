"""The mutation check of the harness: what exactly one paid request leans on is taken out, and it must notice."""

from typing import Any

from django.db.models import F
from django.db.models.functions import Now

from storyboard.takes import restore, states
from storyboard.takes.actions import sending
from storyboard.takes.models import Gate, State, Step, Take


def without_claim() -> None:
    """A claim as it is written without much thought: look for a take in the queue, then mark it, without comparing."""
    careful = states.advance

    def careless(take: Take, to: State, **how: Any) -> bool:
        if to != State.SUBMITTING:
            return careful(take, to, **how)
        columns = {name: value for name, value in how.items() if name not in {"only", "epoch", "claims", "why"}}
        Take.objects.filter(pk=take.pk).update(state=to, moved_at=Now(), epoch=F("epoch") + 1, **columns)
        Step.objects.create(take=take, state=to, at=Now())
        take.refresh_from_db()
        return True

    sending.advance = careless  # type: ignore[attr-defined]
    # Nor does anybody wait for anybody else at the connection's gate.
    Gate._meta.managers_map["objects"].select_for_update = Gate.objects.all  # type: ignore[method-assign, assignment]
    # Two claims of one number look like a database that was brought back, which would stop the second.
    restore.compare = lambda: None
    restore.remember = lambda connection, sent: None
