"""Key providers, of which the settings choose one."""

from pathlib import Path

from django.conf import settings
from django.utils.module_loading import import_string

from reviews.report.keys import KeyProvider, KeyStoreError
from reviews.report.providers.generated import GeneratedKeys


def provider() -> KeyProvider:
    """The provider that the settings name: a class of one's own, a token, a file, else keys that we make ourselves.

    Raises `KeyStoreError` where the class cannot be imported.
    """
    generated = GeneratedKeys(Path(settings.KEYS_DIR), settings.ORGANISATION)
    if settings.KEY_PROVIDER:
        try:
            made: KeyProvider = import_string(settings.KEY_PROVIDER)()
        except ImportError as problem:
            raise KeyStoreError(f"KEY_PROVIDER={settings.KEY_PROVIDER} cannot be imported: {problem}") from None
        return made
    # A module's own imports are not needed, and python-pkcs11 perhaps not installed, where another is chosen.
    if settings.PKCS11_MODULE:
        from reviews.report.providers.pkcs11 import TokenKeys

        return TokenKeys(
            module=settings.PKCS11_MODULE,
            token=settings.PKCS11_TOKEN,
            pin=settings.PKCS11_SECRET_PIN,
            seal=settings.PKCS11_SEAL,
            authority=settings.PKCS11_AUTHORITY,
            generated=generated,
        )
    if settings.SIGNING_PKCS12:
        from reviews.report.providers.pkcs12 import FileKeys

        return FileKeys(Path(settings.SIGNING_PKCS12), settings.SIGNING_PKCS12_PASSWORD, generated)
    return generated
