"""How style sheets and scripts are stored to be served."""

from whitenoise.storage import CompressedManifestStaticFilesStorage

_, _IMPORTS = CompressedManifestStaticFilesStorage._js_module_import_aggregation_patterns


class Storage(CompressedManifestStaticFilesStorage):
    """Compressed, under names that change with their content; so are the scripts that our scripts import."""

    # Django's own switch for this reads every script, also those of packages whose comments look like imports.
    patterns = (*CompressedManifestStaticFilesStorage.patterns, ("js/*.js", _IMPORTS))
    # As many as one script may stand behind another.
    max_post_process_passes = 12
