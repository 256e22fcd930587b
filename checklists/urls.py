"""Addresses of the library. Versions begin with a digit, so no word here is taken for one."""

from django.urls import URLPattern, path

from checklists.views import drafts, library

urlpatterns: list[URLPattern] = [
    path("checklists/", library.checklist_list, name="checklists"),
    path("checklists/new/", drafts.draft_new, name="checklist-new"),
    path("checklists/<slug:key>/draft/", drafts.draft_page, name="draft"),
    path("checklists/<slug:key>/draft/preview/", drafts.draft_preview, name="draft-preview"),
    path("checklists/<slug:key>/draft/changes/", drafts.draft_changes, name="draft-changes"),
    path("checklists/<slug:key>/draft/publish/", drafts.draft_publish, name="draft-publish"),
    path("checklists/<slug:key>/draft/discard/", drafts.draft_discard, name="draft-discard"),
    path("checklists/<slug:key>/changes/<str:old>/<str:new>/", library.changes_page, name="changes"),
    path("checklists/<slug:key>/<str:version>/", library.edition_page, name="edition"),
    path("checklists/<slug:key>/<str:version>/draft/", drafts.draft_from_edition, name="draft-from-edition"),
    path("checklists/<slug:key>/<str:version>/export/", library.export_page, name="export"),
    path("checklists/<slug:key>/<str:version>/export/<str:format>/", library.export_file, name="export-file"),
]
