"""How style sheets and scripts are stored to be served."""

import re

from django.core.files.base import ContentFile, File
from whitenoise.storage import CompressedManifestStaticFilesStorage

_, _IMPORTS = CompressedManifestStaticFilesStorage._js_module_import_aggregation_patterns
_COMMENTS = {
    ".js": re.compile(rb"^\s*//.*\n", re.MULTILINE),
    ".css": re.compile(rb"/\*.*?\*/\n?", re.DOTALL),
}
"""Comments of ours, by the ending of the file; in scripts, those that have a line to themselves."""


class Storage(CompressedManifestStaticFilesStorage):
    """Compressed, under names that change with their content; so are the scripts that our scripts import.

    What is served has no comments: they are for who reads the sources, and take a fifth of what a page fetches.
    """

    # Django's own switch for this reads every script, also those of packages whose comments look like imports.
    patterns = (*CompressedManifestStaticFilesStorage.patterns, ("js/*.js", _IMPORTS))
    # As many as one script may stand behind another.
    max_post_process_passes = 12

    def _save(self, name: str, content: "File[bytes]") -> str:
        folder, _slash, file = name.partition("/")
        comments = _COMMENTS.get(f".{file.rpartition('.')[2]}")
        if folder in {"js", "css"} and comments is not None:
            content.seek(0)
            content = ContentFile(comments.sub(b"", content.read()))
        saved: str = super()._save(name, content)
        return saved
