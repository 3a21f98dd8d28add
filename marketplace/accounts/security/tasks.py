"""What Celery may ask of security."""

from celery import shared_task

from marketplace.accounts.security import log_retention, sessions, tries


@shared_task(name="security.forget_dead_sessions", expires=3600)
def forget_dead_sessions() -> None:
    """Once a night; twice does no harm. Wrong tries that no limit counts any more go too."""
    sessions.forget_dead_sessions(by=None)
    tries.forget_wrong_tries(by=None)


@shared_task(name="security.forget_security_events", expires=3600)
def forget_security_events() -> int:
    """Once a night: whole addresses become networks, old events go."""
    return log_retention.forget_security_events(by=None)
