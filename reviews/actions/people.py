"""Accounts, teams and roles, for administrators."""

from dataclasses import dataclass

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from reviews.access import Actor, require_administrator
from reviews.actions.assign import release
from reviews.actions.errors import Invalid
from reviews.actions.texts import in_one_line
from reviews.actions.transaction import writing
from reviews.languages import LANGUAGES, time_zones
from reviews.models import Membership, Review, Team, User


@dataclass(frozen=True)
class NewPerson:
    """An account to be made. `role` is a `Role` value, in the team of that name, which is made where it is absent."""

    username: str
    name: str
    email: str
    password: str
    team: str
    role: str


def add_person(actor: Actor, person: NewPerson) -> User:
    """Make an account with a place in a team. Raises `NotYours` and `Invalid`."""
    require_administrator(actor.user)
    with writing():
        return _add(person, administrator=False)


def set_role(actor: Actor, *, user: User, team: Team, role: str) -> None:
    """Give a person a role in a team; the empty role takes the person out of it. Raises `NotYours`.

    What is assigned to a person who cannot answer any more is taken back.
    """
    require_administrator(actor.user)
    with writing():
        if role:
            Membership.objects.update_or_create(user=user, team=team, defaults={"role": role})
        else:
            Membership.objects.filter(user=user, team=team).delete()
        release(actor, Review.objects.with_tasks_of(user).filter(workload__team=team))


def set_active(actor: Actor, *, user: User, active: bool) -> None:
    """Let a person sign in, or no longer; what they did stays, and what is assigned to them is taken back.

    Raises `NotYours`, and `Invalid` for oneself.
    """
    require_administrator(actor.user)
    if user == actor.user:
        raise Invalid({"": _("You cannot close your own account; another administrator can.")})
    with writing():
        User.objects.filter(pk=user.pk).update(is_active=active)
        release(actor, Review.objects.with_tasks_of(user))


def set_password(actor: Actor, *, user: User, password: str) -> None:
    """Give a person a new password, which ends their sessions. Raises `NotYours`, `Invalid` for a weak one."""
    require_administrator(actor.user)
    with writing():
        _take_password(user, password)
        user.save(update_fields=["password"])


def set_language_and_time_zone(user: User, *, language: str, time_zone: str) -> None:
    """Keep in which language and time zone a person is told things; empty for no choice. Raises `Invalid`."""
    if language and language not in LANGUAGES:
        raise Invalid({"language": _("There is no such language here. Choose one that is offered.")})
    if time_zone and time_zone not in time_zones():
        raise Invalid({"time_zone": _("There is no such time zone. Choose one that is offered.")})
    with writing():
        User.objects.filter(pk=user.pk).update(language=language, time_zone=time_zone)
    user.language, user.time_zone = language, time_zone


def add_first_administrator(person: NewPerson) -> User:
    """Make the administrator of an installation that has no account yet. Raises `Invalid` where it has one."""
    with writing():
        if User.objects.exists():
            raise Invalid({"": _("This installation has its administrator already: sign in.")})
        return _add(person, administrator=True)


def _add(person: NewPerson, *, administrator: bool) -> User:
    user = User(
        username=person.username, name=in_one_line(person.name), email=person.email, is_superuser=administrator
    )
    _take_password(user, person.password)
    try:
        with transaction.atomic():
            user.save()
    except IntegrityError:
        raise Invalid({"username": _("An account with this user name or e-mail address exists already.")}) from None
    team, _made = Team.objects.get_or_create(name=in_one_line(person.team))
    Membership.objects.create(user=user, team=team, role=person.role)
    return user


def _take_password(user: User, password: str) -> None:
    try:
        validate_password(password, user)
    except ValidationError as weak:
        raise Invalid({"password": " ".join(weak.messages)}) from None
    user.set_password(password)
