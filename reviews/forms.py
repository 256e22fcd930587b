"""What people type, checked for form; the rules are the actions' business."""

from collections.abc import Sequence
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.http import QueryDict
from django.utils.functional import lazy
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from checklists.language import WorkloadKind
from checklists.locale import number
from checklists.measured import COLUMN_TITLES, MAX_ROWS
from checklists.models import Edition
from reviews.actions.answer import Given
from reviews.actions.people import NewPerson
from reviews.actions.texts import has_turns, in_one_line
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

lazy_number = lazy(number, str)
_KINDS = [(kind.value, title) for kind, title in KIND_TITLES.items()]
_is_url = URLValidator(schemes=["http", "https"])


class NameField(forms.CharField):
    """A name, kept as `in_one_line` has it."""

    def to_python(self, value: Any) -> str:
        """The name; empty where nothing of it can be seen."""
        return in_one_line(super().to_python(value) or "")


class LinksField(forms.CharField):
    """Links, one a line: `title https://address`, or the address alone."""

    widget = forms.Textarea(attrs={"rows": 3, "placeholder": _("Design document https://wiki.example.org/design")})

    def to_python(self, value: Any) -> list[dict[str, str]]:  # type: ignore[override]
        """The links as {title, url}; raises ValidationError naming the line."""
        links = []
        for index, line in enumerate((value or "").splitlines(), start=1):
            if not line.strip():
                continue
            *title, url = line.split()
            try:
                _is_url(url)
                if has_turns(url):
                    raise ValidationError("")
            except ValidationError:
                said = _("Line {number} does not end with a web address (https://…): “{line}”.")
                raise ValidationError(said.format(number=index, line=line.strip()[:80])) from None
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

    name = NameField(label=_("Name"), max_length=120)
    purpose = forms.CharField(
        label=_("Purpose"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("What it does, for whom, and what happens when it is wrong or absent."),
    )
    owner = NameField(label=_("Owner"), max_length=120, help_text=_("The person or unit that answers for it."))
    team = forms.ModelChoiceField(label=_("Team"), queryset=Team.objects.none(), empty_label=None)
    criticality = forms.ChoiceField(label=_("Criticality"), choices=Criticality.choices, initial=Criticality.MEDIUM)
    data_classification = forms.ChoiceField(
        label=_("Data classification"), choices=Classification.choices, initial=Classification.CONFIDENTIAL
    )
    regions = NameField(
        label=_("Regions"),
        max_length=400,
        help_text=_("Where its data and compute are, separated by commas: westeurope, swedencentral"),
    )
    links = LinksField(
        label=_("Links"),
        required=False,
        max_length=8000,
        help_text=_("One a line: a title, then the address. May be left empty."),
    )

    def __init__(self, *args: Any, teams: list[Team], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = cast("forms.ModelChoiceField[Team]", self.fields["team"])
        field.queryset = Team.objects.filter(pk__in=[team.pk for team in teams])

    def clean_regions(self) -> list[str]:
        """The regions as a list."""
        regions = [region.strip() for region in self.cleaned_data["regions"].split(",") if region.strip()]
        if not regions:
            raise ValidationError(_("Name at least one region."))
        return regions

    def description(self) -> WorkloadDescription:
        """The form as the action takes it; only when valid."""
        data = self.cleaned_data
        return WorkloadDescription(**{name: data[name] for name in WorkloadDescription.__dataclass_fields__})

    def beside(self, workload: Workload) -> list[tuple[str, str, str]]:
        """Where what was typed differs from what is stored: (label, stored, typed); only when valid."""
        typed = self.description()
        stored = self.initial_of(workload)
        return [
            (str(self.fields[name].label), self._shown(name, stored[name]), self._shown(name, self[name].value()))
            for name in WorkloadDescription.__dataclass_fields__
            if getattr(typed, name) != getattr(workload, name)
        ]

    def _shown(self, name: str, value: Any) -> str:
        """A value as people read it: of an option, its label."""
        field = self.fields[name]
        if isinstance(field, forms.ModelChoiceField):
            return str(value if isinstance(value, Team) else field.to_python(value))
        if isinstance(field, forms.ChoiceField):
            return str(dict(cast("list[tuple[str, Any]]", field.choices)).get(value, value))
        return str(value)

    @staticmethod
    def initial_of(workload: Workload) -> dict[str, Any]:
        """What the form shows of an existing workload."""
        shown = {name: getattr(workload, name) for name in WorkloadDescription.__dataclass_fields__}
        return shown | {"regions": ", ".join(workload.regions), "links": LinksField.as_text(workload.links)}


class NewWorkloadForm(WorkloadForm):
    """The description of a workload, and the kind of its first review."""

    kind = forms.ChoiceField(
        label=_("Kind of workload"), choices=_KINDS, widget=forms.RadioSelect, initial=WorkloadKind.INFERENCING.value
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

    file = forms.FileField(label=_("File"), widget=forms.ClearableFileInput(attrs={"accept": ".csv"}))
    kind = forms.ChoiceField(label=_("Kind of workload"), choices=_KINDS, widget=forms.RadioSelect)
    beside_another = forms.BooleanField(label=_("Start it beside one that is running"), required=False)


class ResultsForm(forms.Form):
    """Results of resource graph queries."""

    file = forms.FileField(label=_("File"), widget=forms.ClearableFileInput(attrs={"accept": ".json"}))


class PersonForm(forms.Form):
    """An account to be made by an administrator."""

    name = NameField(label=_("Name"), max_length=120)
    username = forms.SlugField(
        label=_("User name"),
        max_length=150,
        help_text=_("Letters, digits, - and _."),
        error_messages={"invalid": _("Use letters, digits, - and _ only; no spaces.")},
    )
    email = forms.EmailField(label=_("E-mail address"))
    password = forms.CharField(
        label=_("First password"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("At least 12 characters."),
    )
    team = NameField(label=_("Team"), max_length=80, help_text=_("An existing team, or a new one of that name."))
    role = forms.ChoiceField(label=_("Role"), choices=Role.choices)

    def person(self) -> NewPerson:
        """The form as the action takes it; only when valid."""
        return NewPerson(**self.cleaned_data)


class FirstRunForm(PersonForm):
    """The first account of an installation: its administrator."""

    role = forms.ChoiceField(
        label=_("Your role in the team"),
        choices=Role.choices,
        initial=Role.ARCHITECT,
        help_text=_("You run this installation in any case. Nobody approves their own reviews: add a lead later."),
    )
    field_order = ["name", "username", "email", "password", "team", "role"]


class MembershipForm(forms.Form):
    """A person's role in a team; empty takes them out."""

    user = forms.ModelChoiceField(queryset=User.objects.all())
    team = forms.ModelChoiceField(label=_("Team"), queryset=Team.objects.all())
    role = forms.ChoiceField(choices=[("", "—"), *Role.choices], required=False)


class PolicyForm(forms.Form):
    """What an approval takes."""

    approvers = forms.IntegerField(
        label=_("Approvers"),
        widget=forms.NumberInput(attrs={"min": 1, "max": MOST_APPROVERS}),
        help_text=format_lazy(
            _("How many people approve, 1 to {most}; none of them wrote or answered in the review."),
            most=MOST_APPROVERS,
        ),
        error_messages={"invalid": format_lazy(_("Give a whole number from 1 to {most}."), most=MOST_APPROVERS)},
    )
    approver_role = forms.ChoiceField(
        label=_("Their role in the team"),
        choices=[(role.value, role.label) for role in APPROVER_ROLES],
        error_messages={"invalid_choice": _("Choose lead or architect.")},
    )
    blocks_on_high = forms.BooleanField(label=_("Nobody approves while a high risk is open"), required=False)
    valid_days = forms.IntegerField(
        label=_("An approval lasts, in days"),
        widget=forms.NumberInput(attrs={"min": 1, "max": MOST_VALID_DAYS}),
        help_text=_("Leads and architects are reminded 30 and 7 days before its end."),
        error_messages={
            "invalid": format_lazy(
                _("Give a whole number of days from 1 to {most}."), most=lazy_number(MOST_VALID_DAYS)
            )
        },
    )

    def policy(self) -> PolicyInForce:
        """The form as the action takes it; only when valid."""
        data = self.cleaned_data
        return PolicyInForce(**{**data, "approver_role": Role(data["approver_role"])})


NO_VERSION = "none said"


def version_in(data: QueryDict) -> str:
    """The version that a form is based on; `NO_VERSION`, which nothing has, where it does not say.

    The one that a person chose to overwrite, after a conflict, goes before the one that the page began with.
    """
    return data.get("overwrite", data.get("version", NO_VERSION))


def given_in(data: QueryDict) -> Given:
    """A posted answer as the action takes it.

    Line ends are made one character, which browsers send as two.
    """
    version = version_in(data)
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
