#!/usr/bin/env python
"""Django's command line for Lastframe; `python manage.py help` lists the commands."""

import os
import sys

from storyboard.errors import SettingError


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "storyboard.settings")
    from django.core.management import execute_from_command_line

    try:
        execute_from_command_line(sys.argv)
    except SettingError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
