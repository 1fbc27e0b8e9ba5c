"""`python -m storyboard.jobs <cluster> <instance> <lifeline> <pulse>`: how the supervisor starts a cluster."""

import sys

import django

django.setup()

from storyboard.jobs.cluster import main  # noqa: E402  django-q2 reads the settings when it is imported

if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
