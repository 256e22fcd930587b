"""What people are told, in the application and by mail."""

import uuid

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from reviews.models.people import Membership, User
from reviews.models.review import Review


class NoticeKind(models.TextChoices):
    """What people are told of."""

    ASSIGNMENT = "assignment", _("Something is assigned to you")
    DUE = "due", _("Something that is assigned to you is due")
    MENTION = "mention", _("You are mentioned")
    COMMENT = "comment", _("Somebody answers in a discussion of yours")
    REQUEST = "request", _("Changes are requested in a review of yours")
    AWAITING = "awaiting", _("A review waits for your decision")
    DECISION = "decision", _("A review of yours is decided on")
    EXPIRY = "expiry", _("An approval of your team ends")


class Delivery(models.TextChoices):
    """When somebody gets mail of a notice; the notice itself is always there."""

    NOW = "now", _("At once")
    DAILY = "daily", _("Once a day, together")
    NEVER = "never", _("Never")


class NoticeSetting(models.Model):
    """When a person wants mail of notices of one kind; without a row, the default of the kind holds."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="notice_settings")
    kind = models.CharField(max_length=16, choices=NoticeKind.choices)
    delivery = models.CharField(max_length=8, choices=Delivery.choices)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "kind"], name="notice_setting_once"),
            models.CheckConstraint(condition=Q(kind__in=NoticeKind.values), name="notice_setting_kind"),
            models.CheckConstraint(condition=Q(delivery__in=Delivery.values), name="notice_setting_delivery"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.get_delivery_display()}"


class MailQuerySet(models.QuerySet["Mail"]):
    """Narrowed to what may be shown."""

    def visible_to(self, user: User) -> "MailQuerySet":
        """Those to the person that tell of nothing they may not see any more; all for an administrator."""
        if user.is_superuser:
            return self
        hidden = Notice.objects.filter(mail=OuterRef("pk")).exclude(pk__in=Notice.objects.visible_to(user))
        return self.filter(~Exists(hidden), user=user)


class Mail(models.Model):
    """A message to one person that is to be sent, or was: `sent_at` says when, `failed_at` that it was given up.

    A worker that sends it takes it until `due_at`; if it dies over it, the mail is sent then, under the same
    `message_id`, so that whoever got it already can tell.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="mails")
    address = models.EmailField()
    subject = models.CharField(max_length=300)
    body = models.TextField()
    message_id = models.CharField(max_length=200, unique=True)
    written_at = models.DateTimeField()
    due_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.TextField(blank=True)
    sent_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)

    objects = MailQuerySet.as_manager()

    class Meta:
        ordering = ["written_at", "id"]
        indexes = [
            models.Index(
                fields=["due_at"], name="mail_waiting", condition=Q(sent_at__isnull=True, failed_at__isnull=True)
            ),
            models.Index(fields=["user", "-written_at"], name="mail_of_user"),
        ]

    def __str__(self) -> str:
        return self.subject


class NoticeQuerySet(models.QuerySet["Notice"]):
    """Narrowed to what may be shown."""

    def visible(self) -> "NoticeQuerySet":
        """Those whose person may see the review today: the rule of `Review.visible_to`, for all people at once.

        Who left the team, or whose account was closed, is neither shown nor mailed what was recorded before.
        """
        member = Membership.objects.filter(user=OuterRef("user"), team=OuterRef("review__workload__team"))
        return self.filter(Q(user__is_superuser=True) | Exists(member), user__is_active=True)

    def visible_to(self, user: User) -> "NoticeQuerySet":
        """The person's, as far as they may see what these tell of."""
        return self.visible().filter(user=user)


class Notice(models.Model):
    """What one person is told of a review, once: `key` names the occasion.

    `text` is what somebody wrote, such as the comment with the mention. `delivery` is what the person wished on the
    day; `mail` is the one that told of it.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="notices")
    kind = models.CharField(max_length=16, choices=NoticeKind.choices)
    key = models.CharField(max_length=120)
    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="+")
    question_id = models.CharField(max_length=128, blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    text = models.TextField(blank=True)
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)
    delivery = models.CharField(max_length=8, choices=Delivery.choices)
    mail = models.ForeignKey(Mail, on_delete=models.SET_NULL, null=True, related_name="notices")

    objects = NoticeQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["user", "key"], name="notice_once"),
            models.CheckConstraint(condition=Q(kind__in=NoticeKind.values), name="notice_kind"),
            models.CheckConstraint(condition=Q(delivery__in=Delivery.values), name="notice_delivery"),
        ]
        indexes = [
            models.Index(fields=["user"], name="notice_unread", condition=Q(read_at__isnull=True)),
            models.Index(fields=["user", "-at"], name="notice_of_user"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, to {self.user}"
