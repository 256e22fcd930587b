"""Who may do what to the library: everybody signed in reads editions, administrators keep them."""

from django.contrib.auth.models import AbstractUser, AnonymousUser
from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _


def may_edit(user: AbstractUser | AnonymousUser) -> bool:
    """Whether the person may upload, draft, publish, import and export checklists."""
    return user.is_active and user.is_superuser


def require_editor(user: AbstractUser | AnonymousUser) -> None:
    """Raise `PermissionDenied`, with a sentence for the person, unless they may keep the library."""
    if not may_edit(user):
        raise PermissionDenied(_("Only an administrator keeps the checklists; everybody reads their editions."))
