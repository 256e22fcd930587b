"""The project around the two apps: settings, addresses, workers, headers."""

from aiplatform.celery import app as celery_app

__all__ = ["celery_app"]
