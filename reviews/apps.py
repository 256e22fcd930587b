"""Django's view of this app."""

from django.apps import AppConfig


class ReviewsConfig(AppConfig):
    """Workloads, their reviews, decisions and reports."""

    name = "reviews"
