"""What people type, checked for form; the rules are the actions' business."""

from collections.abc import Sequence
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from checklists.language import WorkloadKind
from checklists.measured import COLUMN_TITLES, MAX_ROWS
from checklists.models import Edition
from reviews.actions.answer import Given
from reviews.actions.people import NewPerson
from reviews.actions.workloads import WorkloadDescription
from reviews.models import (
    APPROVER_ROLES,
    MOST_APPROVERS,
    MOST_VALID_DAYS,
    Classification,
    Criticality,
    Role,
    Team,
    User,
    Workload,
)
from reviews.models.review import KIND_TITLES
from reviews.policies import PolicyInForce

Beginnings = tuple[str, list[tuple[str, str]]]
"""A group of what reviews can begin with: its title, and (value, label) of each."""

_KINDS = [(kind.value, title) for kind, title in KIND_TITLES.items()]
_is_url = URLValidator(schemes=["http", "https"])


class LinksField(forms.CharField):
    """Links, one a line: `title https://address`, or the address alone."""

    widget = forms.Textarea(attrs={"rows": 3, "placeholder": "Design document https://wiki.example.org/design"})

    def to_python(self, value: Any) -> list[dict[str, str]]:  # type: ignore[override]
        """The links as {title, url}; raises ValidationError naming the line."""
        links = []
        for number, line in enumerate((value or "").splitlines(), start=1):
            if not line.strip():
                continue
            *title, url = line.split()
            try:
                _is_url(url)
            except ValidationError:
                raise ValidationError(
                    f"Line {number} does not end with a web address (https://…): “{line.strip()[:80]}”."
                ) from None
            links.append({"title": " ".join(title) or url, "url": url})
        return links

    def validate(self, value: Any) -> None:
        """Links may be left out."""

    def run_validators(self, value: Any) -> None:
        """Each was checked as it was read."""

    @staticmethod
    def as_text(links: list[dict[str, str]]) -> str:
        """The links as the field shows them."""
        return "\n".join(f"{link['title']} {link['url']}" for link in links)


class WorkloadForm(forms.Form):
    """The description of a workload."""

    name = forms.CharField(max_length=120)
    purpose = forms.CharField(
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="What it does, for whom, and what happens when it is wrong or absent.",
    )
    owner = forms.CharField(max_length=120, help_text="The person or unit that answers for it.")
    team = forms.ModelChoiceField(queryset=Team.objects.none(), empty_label=None)
    criticality = forms.ChoiceField(choices=Criticality.choices, initial=Criticality.MEDIUM)
    data_classification = forms.ChoiceField(choices=Classification.choices, initial=Classification.CONFIDENTIAL)
    regions = forms.CharField(
        max_length=400, help_text="Where its data and compute are, separated by commas: westeurope, swedencentral"
    )
    links = LinksField(
        required=False, max_length=8000, help_text="One a line: a title, then the address. May be left empty."
    )

    def __init__(self, *args: Any, teams: list[Team], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = cast("forms.ModelChoiceField[Team]", self.fields["team"])
        field.queryset = Team.objects.filter(pk__in=[team.pk for team in teams])

    def clean_regions(self) -> list[str]:
        """The regions as a list."""
        regions = [region.strip() for region in self.cleaned_data["regions"].split(",") if region.strip()]
        if not regions:
            raise ValidationError("Name at least one region.")
        return regions

    def description(self) -> WorkloadDescription:
        """The form as the action takes it; only when valid."""
        data = self.cleaned_data
        return WorkloadDescription(**{name: data[name] for name in WorkloadDescription.__dataclass_fields__})

    @staticmethod
    def initial_of(workload: Workload) -> dict[str, Any]:
        """What the form shows of an existing workload."""
        shown = {name: getattr(workload, name) for name in WorkloadDescription.__dataclass_fields__}
        return shown | {"regions": ", ".join(workload.regions), "links": LinksField.as_text(workload.links)}


class NewWorkloadForm(WorkloadForm):
    """The description of a workload, and the kind of its first review."""

    kind = forms.ChoiceField(
        label="Kind of workload", choices=_KINDS, widget=forms.RadioSelect, initial=WorkloadKind.INFERENCING.value
    )
    field_order = ["name", "kind", "purpose", "owner", "team"]


class StartForm(forms.Form):
    """The kind of a new review, what it walks through, and whose answers it begins with.

    `beginnings` are offered in groups: (title, [(value, label)]).
    """

    kind = forms.ChoiceField(label=_("Kind of workload"), choices=_KINDS, widget=forms.RadioSelect)
    edition = forms.ModelChoiceField(
        label=_("Checklist"), queryset=Edition.objects.none(), empty_label=_("The one for this kind"), required=False
    )
    begin_with = forms.ChoiceField(label=_("Begin with"), required=False)
    beside_another = forms.BooleanField(label=_("Start it beside one that is running"), required=False)

    def __init__(self, *args: Any, beginnings: Sequence[Beginnings] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = cast("forms.ModelChoiceField[Edition]", self.fields["edition"])
        field.queryset = Edition.objects.latest_of_each().without_content().exclude(key__in=list(WorkloadKind))
        begin_with = cast(forms.ChoiceField, self.fields["begin_with"])
        begin_with.choices = [("", _("Nothing: all questions open")), *beginnings]


class AssessmentForm(forms.Form):
    """The export of an assessment, to begin a review with its answers."""

    file = forms.FileField(label="File", widget=forms.ClearableFileInput(attrs={"accept": ".csv"}))
    kind = forms.ChoiceField(label="Kind of workload", choices=_KINDS, widget=forms.RadioSelect)
    beside_another = forms.BooleanField(label="Start it beside one that is running", required=False)


class ResultsForm(forms.Form):
    """Results of resource graph queries."""

    file = forms.FileField(label="File", widget=forms.ClearableFileInput(attrs={"accept": ".json"}))


class PersonForm(forms.Form):
    """An account to be made by an administrator."""

    name = forms.CharField(max_length=120)
    username = forms.SlugField(
        label="User name",
        max_length=150,
        help_text="Letters, digits, - and _.",
        error_messages={"invalid": "Use letters, digits, - and _ only; no spaces."},
    )
    email = forms.EmailField(label="E-mail address")
    password = forms.CharField(
        label="First password",
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text="At least 12 characters.",
    )
    team = forms.CharField(max_length=80, help_text="An existing team, or a new one of that name.")
    role = forms.ChoiceField(choices=Role.choices)

    def person(self) -> NewPerson:
        """The form as the action takes it; only when valid."""
        return NewPerson(**self.cleaned_data)


class FirstRunForm(PersonForm):
    """The first account of an installation: its administrator."""

    role = forms.ChoiceField(
        label="Your role in the team",
        choices=Role.choices,
        initial=Role.ARCHITECT,
        help_text="You run this installation in any case. Nobody approves their own reviews: add a lead later.",
    )
    field_order = ["name", "username", "email", "password", "team", "role"]


class MembershipForm(forms.Form):
    """A person's role in a team; empty takes them out."""

    user = forms.ModelChoiceField(queryset=User.objects.all())
    team = forms.ModelChoiceField(queryset=Team.objects.all())
    role = forms.ChoiceField(choices=[("", "—"), *Role.choices], required=False)


class PolicyForm(forms.Form):
    """What an approval takes."""

    approvers = forms.IntegerField(
        label="Approvers",
        widget=forms.NumberInput(attrs={"min": 1, "max": MOST_APPROVERS}),
        help_text=f"How many people approve, 1 to {MOST_APPROVERS}; none of them wrote or answered in the review.",
        error_messages={"invalid": f"Give a whole number from 1 to {MOST_APPROVERS}."},
    )
    approver_role = forms.ChoiceField(
        label="Their role in the team",
        choices=[(role.value, role.label) for role in APPROVER_ROLES],
        error_messages={"invalid_choice": "Choose lead or architect."},
    )
    blocks_on_high = forms.BooleanField(label="Nobody approves while a high risk is open", required=False)
    valid_days = forms.IntegerField(
        label="An approval lasts, in days",
        widget=forms.NumberInput(attrs={"min": 1, "max": MOST_VALID_DAYS}),
        help_text="Leads and architects are reminded 30 and 7 days before its end.",
        error_messages={"invalid": f"Give a whole number of days from 1 to {MOST_VALID_DAYS:,}."},
    )

    def policy(self) -> PolicyInForce:
        """The form as the action takes it; only when valid."""
        data = self.cleaned_data
        return PolicyInForce(**{**data, "approver_role": Role(data["approver_role"])})


def given_in(data: QueryDict) -> Given:
    """A posted answer as the action takes it.

    Line ends are made one character, which browsers send as two. The version that a
    person chose to overwrite, after a conflict, goes before the one that the page began with.
    """
    version = data.get("overwrite") or data.get("version", "")
    return Given(
        version=int(version) if version.isascii() and version.isdigit() and len(version) < 10 else None,
        selected=frozenset(data.getlist("choice")),
        not_applicable=data.get("not_applicable") == "1",
        reason=with_plain_line_ends(data.get("reason", "")),
        note=with_plain_line_ends(data.get("note", "")),
        left_out=frozenset(data.getlist("left_out")),
        rows=_rows(data),
    )


def _rows(data: QueryDict) -> list[dict[str, str]]:
    """The rows of a table, also the empty ones, from fields that are repeated for each row."""
    columns = {column: data.getlist(column) for column in COLUMN_TITLES}
    length = min(max(len(texts) for texts in columns.values()), 2 * MAX_ROWS)
    return [
        {column: texts[index] if index < len(texts) else "" for column, texts in columns.items() if texts}
        for index in range(length)
    ]


def with_plain_line_ends(text: str) -> str:
    """A typed text with one character at each end of a line, and none after the last."""
    return text.replace("\r\n", "\n").replace("\r", "\n").rstrip()
