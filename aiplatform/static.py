"""How style sheets and scripts are stored to be served."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class Storage(CompressedManifestStaticFilesStorage):
    """Compressed, under names that change with their content; so are the scripts that scripts import."""

    support_js_module_import_aggregation = True
