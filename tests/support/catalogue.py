"""The catalogues of translations: what is to be translated, read from the sources, and the files in `locale/`.

Django's own command needs GNU gettext, which few machines have; this needs polib alone. Texts are found where Django
looks for them: in `{% translate %}`, `{% blocktranslate %}` and `_()` of templates, and in calls of the functions of
gettext, and of `checklists.language.tongue`, with constant texts in Python.
"""

import ast
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import polib
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("aiplatform", "checklists", "reviews", "templates")
LOCALE = ROOT / "locale"

_FUNCTIONS = {
    "_": (),
    "gettext": (),
    "gettext_lazy": (),
    "gettext_noop": (),
    "ngettext": ("plural",),
    "ngettext_lazy": ("plural",),
    "pgettext": ("context",),
    "pgettext_lazy": ("context",),
    "npgettext": ("context", "plural"),
    "npgettext_lazy": ("context", "plural"),
    "phrase": (),
    "noop": (),
}
"""Which texts stand beside the one that is translated: a context before it, a plural behind it."""

_STRING = r"""u?(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")"""
_CALL = re.compile(rf"\b(n?p?gettext|_)\(\s*({_STRING}(?:\s*,\s*{_STRING})*)")
_PLACE = re.compile(r"%\(\w+\)s|%[sd]|\{[^{}]*\}|%%")


@dataclass(frozen=True)
class Message:
    """A text to be translated."""

    text: str
    plural: str = ""
    context: str = ""


def catalogue_path(language: str) -> Path:
    """The file that people translate in."""
    return LOCALE / language / "LC_MESSAGES" / "django.po"


def sources() -> list[Path]:
    """The files whose texts are translated: those that belong to the repository, and new ones."""
    listed = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "--", *FOLDERS]
    try:
        names = subprocess.run(listed, cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
        found = [ROOT / name for name in names]
    except (OSError, subprocess.CalledProcessError):
        found = [path for folder in FOLDERS for path in (ROOT / folder).rglob("*")]
    return sorted(path for path in found if path.suffix in {".py", ".html"} and path.exists())


def messages() -> dict[Message, list[str]]:
    """All texts to be translated, in the order of the files, each with the names of the files that have it."""
    found: dict[Message, list[str]] = {}
    for path in sources():
        name = str(path.relative_to(ROOT))
        text = path.read_text(encoding="utf-8")
        for message in _in_python(text, name) if path.suffix == ".py" else _in_template(text, name):
            places = found.setdefault(message, [])
            if name not in places:
                places.append(name)
    return found


def _in_python(text: str, name: str) -> Iterator[Message]:
    for node in ast.walk(ast.parse(text, name)):
        if not isinstance(node, ast.Call):
            continue
        function = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        if function not in _FUNCTIONS:
            continue
        wanted = node.args[: 1 + len(_FUNCTIONS[function])]
        texts = [each.value for each in wanted if isinstance(each, ast.Constant) and isinstance(each.value, str)]
        if len(texts) == 1 + len(_FUNCTIONS[function]):
            yield _message(function, texts)
        elif any(isinstance(each, ast.JoinedStr | ast.BinOp) for each in wanted):
            raise ValueError(f"{name}, line {node.lineno}: {function}() needs constant texts")


def _in_template(text: str, name: str) -> Iterator[Message]:
    for function, strings in _CALL.findall(templatize(text, origin=name)):
        yield _message(function, [ast.literal_eval(each) for each in re.findall(_STRING, strings)])


def _message(function: str, texts: list[str]) -> Message:
    names = _FUNCTIONS[function]
    context = texts.pop(0) if "context" in names else ""
    return Message(texts[0], texts[1] if "plural" in names else "", context)


def update(language: str) -> list[Message]:
    """Bring a catalogue up to date with the sources, and compile it; returns what has no translation yet.

    Texts that are gone leave the catalogue; what is new comes without a translation, and is never guessed.
    """
    path = catalogue_path(language)
    catalogue = read(language)
    known = {Message(each.msgid, each.msgid_plural, each.msgctxt or ""): each for each in catalogue}
    catalogue.clear()
    for message, places in messages().items():
        entry = known.get(message) or polib.POEntry(
            msgid=message.text, msgid_plural=message.plural, msgctxt=message.context or None
        )
        entry.occurrences = [(place, "") for place in places]
        entry.flags = [flag for flag in _flags(message) if flag]
        entry.obsolete = False
        if message.plural and not entry.msgstr_plural:
            entry.msgstr_plural = {0: "", 1: ""}
        catalogue.append(entry)
    path.parent.mkdir(parents=True, exist_ok=True)
    catalogue.save(str(path), newline="\n")
    path.with_suffix(".mo").write_bytes(catalogue.to_binary())
    return [message for message, entry in zip(messages(), catalogue, strict=True) if not entry.translated()]


def read(language: str) -> polib.POFile:
    """A catalogue as it is; an empty one where there is none."""
    path = catalogue_path(language)
    if path.exists():
        return polib.pofile(str(path), wrapwidth=118)
    fresh = polib.POFile(wrapwidth=118)
    fresh.metadata = {
        "Language": language,
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=utf-8",
        "Content-Transfer-Encoding": "8bit",
        "Plural-Forms": "nplurals=2; plural=(n != 1);",
    }
    return fresh


def placeholders(text: str) -> list[str]:
    """What is filled in, in the order of names; a translation has the same."""
    return sorted(_PLACE.findall(text))


def _flags(message: Message) -> Iterator[str]:
    if re.search(r"%\(\w+\)s", message.text + message.plural):
        yield "python-format"
    if re.search(r"\{\w*\}", message.text + message.plural):
        yield "python-brace-format"
