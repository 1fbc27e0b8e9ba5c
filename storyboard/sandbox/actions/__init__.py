"""Every change that the sandbox makes to its keys, tasks and callbacks."""

from storyboard.sandbox.actions.callbacks import answered, ring
from storyboard.sandbox.actions.keys import open_key, ready_key, revoke_key, set_faults, top_up
from storyboard.sandbox.actions.tasks import NoCredit, begin, cancel, claim_render, fail, finish, forget, rendered, take
from storyboard.sandbox.actions.upkeep import cleared, expire, forget_old, wake

__all__ = [
    "NoCredit",
    "answered",
    "begin",
    "cancel",
    "claim_render",
    "cleared",
    "expire",
    "fail",
    "finish",
    "forget",
    "forget_old",
    "open_key",
    "ready_key",
    "rendered",
    "revoke_key",
    "ring",
    "set_faults",
    "take",
    "top_up",
    "wake",
]
