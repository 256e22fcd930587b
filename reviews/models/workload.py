"""What is reviewed."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from reviews.models.people import Team, User


class Criticality(models.TextChoices):
    """How much harm it does when the workload fails."""

    LOW = "low", _("Low")
    MEDIUM = "medium", _("Medium")
    HIGH = "high", _("High")
    CRITICAL = "critical", _("Mission critical")


class Classification(models.TextChoices):
    """How sensitive the data is that the workload handles."""

    PUBLIC = "public", _("Public")
    INTERNAL = "internal", _("Internal")
    CONFIDENTIAL = "confidential", _("Confidential")
    RESTRICTED = "restricted", _("Restricted")


class WorkloadQuerySet(models.QuerySet["Workload"]):
    """Which workloads a person may see."""

    def visible_to(self, user: User) -> "WorkloadQuerySet":
        """Those of the person's teams; all for an administrator."""
        if user.is_superuser:
            return self
        return self.filter(team__in=Team.objects.filter(memberships__user=user))


class Workload(models.Model):
    """An AI system under review. `regions` are region names, `links` are {title, url}, both in the order given.

    `described_by` and `described_at` say who described it anew, None where nobody did.
    """

    key = models.SlugField(max_length=64, unique=True)
    name = models.CharField(max_length=120)
    purpose = models.TextField(max_length=2000)
    owner = models.CharField("owner", max_length=120)
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="workloads")
    criticality = models.CharField(max_length=16, choices=Criticality.choices)
    data_classification = models.CharField(max_length=16, choices=Classification.choices)
    regions = models.JSONField(default=list)
    links = models.JSONField(default=list, blank=True)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    described_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    described_at = models.DateTimeField(null=True)

    objects = WorkloadQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(criticality__in=Criticality.values), name="workload_criticality"
            ),
            models.CheckConstraint(
                condition=models.Q(data_classification__in=Classification.values), name="workload_classification"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def version(self) -> str:
        """The version of its description: when it was described anew, empty for the first."""
        return self.described_at.isoformat() if self.described_at else ""


class WorkloadFact(models.Model):
    """What is stated of a workload under the name that conditions use; no row means that nothing is.

    `value` is JSON, as the type of the fact has it (`checklists.language.FactValue`).
    """

    workload = models.ForeignKey(Workload, on_delete=models.CASCADE, related_name="facts")
    name = models.CharField(max_length=128)
    value = models.JSONField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workload", "name"], name="workload_fact_once")]

    def __str__(self) -> str:
        return f"{self.name}: {self.value}"
