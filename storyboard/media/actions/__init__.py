"""Every write to a team's library: verbs, one transaction each. Views, tasks and sweeps call them."""

from storyboard.media.actions.arrivals import arrived, begin_check, cancel, finish, refuse
from storyboard.media.actions.cleanup import cleared, expire, forget_file, free, lose_posters, purge, take_back
from storyboard.media.actions.files import add_file, grant, touch_file
from storyboard.media.actions.references import delete, edit, register_asset, restore
from storyboard.media.actions.uploads import begun, import_link, renew, start, trim

__all__ = [
    "add_file",
    "arrived",
    "begin_check",
    "begun",
    "cancel",
    "cleared",
    "delete",
    "edit",
    "expire",
    "finish",
    "forget_file",
    "free",
    "grant",
    "import_link",
    "lose_posters",
    "purge",
    "refuse",
    "register_asset",
    "renew",
    "restore",
    "start",
    "take_back",
    "touch_file",
    "trim",
]
