"""Django's view of this app."""

from django.apps import AppConfig
from django.utils.translation import gettext

from checklists.language.tongue import speak


class ChecklistsConfig(AppConfig):
    """Checklists and their published editions."""

    name = "checklists"

    def ready(self) -> None:
        """What the language of checklists says to people is in their own."""
        speak(gettext)
