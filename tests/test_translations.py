"""The catalogues of translations are whole, and what the application reads is what people wrote."""

import gettext
import re

import polib
import pytest
from django.conf import settings

from tests.support.catalogue import Message, catalogue_path, messages, placeholders, read

LANGUAGES = [code for code, _name in settings.LANGUAGES if code != "en"]

pytestmark = pytest.mark.parametrize("language", LANGUAGES)


def test_every_text_of_the_sources_is_translated_and_nothing_else(language: str):
    catalogue = read(language)
    have = [Message(entry.msgid, entry.msgid_plural, entry.msgctxt or "") for entry in catalogue]
    assert set(have) == set(messages()), "run bin/messages, and translate what it names"
    assert len(have) == len(set(have))
    assert [entry.msgid for entry in catalogue if not entry.translated() or entry.fuzzy or entry.obsolete] == []


def test_every_translation_fills_in_what_the_text_does(language: str):
    for entry in read(language):
        pairs = (
            [(entry.msgid, entry.msgstr_plural[0]), (entry.msgid_plural, entry.msgstr_plural[1])]
            if entry.msgid_plural
            else [(entry.msgid, entry.msgstr)]
        )
        for text, translation in pairs:
            assert placeholders(translation) == placeholders(text), text
            assert translation == translation.strip() or text != text.strip(), text
            # Entities and tags are the templates' business.
            assert not re.search(r"[<>]|&\w+;", translation), text


def test_the_compiled_catalogue_says_what_the_written_one_does(language: str):
    path = catalogue_path(language)
    assert path.with_suffix(".mo").read_bytes() == polib.pofile(str(path)).to_binary(), "run bin/messages"
    with path.with_suffix(".mo").open("rb") as compiled:
        assert gettext.GNUTranslations(compiled).gettext("Checklists") == "Checklisten"
