"""What the worker does for accounts: send mail. A message that runs twice is sent twice at most, never lost.

settings.JOB_TASKS names each of these; nothing else calls them.
"""

from django.core.mail import send_mail

from storyboard.accounts import actions
from storyboard.accounts.models import Message


def send_message(message_id: int) -> None:
    """Send, then forget; when the server does not answer the job fails, is logged, and a sweep tries again."""
    message = Message.objects.filter(pk=message_id).first()
    if message is not None:
        send_mail(message.subject, message.text, None, [message.to])
        actions.drop_message(message)


def send_waiting_messages() -> None:
    actions.queue_waiting_messages()
