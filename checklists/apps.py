"""Django's view of this app."""

from django.apps import AppConfig


class ChecklistsConfig(AppConfig):
    """Checklists and their published editions."""

    name = "checklists"
