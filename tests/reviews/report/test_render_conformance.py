"""Reports conform to PDF/A-3a and PDF/UA-1, whatever is written in them; veraPDF says so."""

import subprocess
from pathlib import Path

import pytest

from reviews.report.render import render
from tests.reviews.report import sample
from tests.reviews.report.reading import pages
from tests.support.pdf_conformance import broken_rules

SCRIPTS = """\
قرأت جميع الإجابات وتحققت من الحدود مقابل اختبار الحمل. INF-N-01 تحتاج إلى إجابة (انظر GEN-04).
קראתי את כל התשובות, ובדקתי את המגבלות מול מבחן העומס.
می‌خواهم کتاب‌ها را بخوانم
これは日本語の段落です。全角文字、句読点。𠮷野家 ﾊﾝｶｸ
這是一個很長的段落 这是一个很长的段落 한국어 설명입니다
ไทย हिन्दी বাংলা தமிழ் ქართული Հայերեն አማርኛ ខ្មែរ မြန်မာ ᏣᎳᎩ 𒀀 𓀀"""
SIGNS = """\
😀 🙂 🤖 🚀 ✅ ❌ ⚠️ ⚠ 👩‍💻 👨‍👩‍👧‍👦 🇩🇪 👍🏽 ❤️ 1️⃣ 🫠 🪿
→ ← ⇒ ≤ ≥ ≠ ∑ √ ∞ ☐ ☑ ★ ● ■ ✓ ✗ ░▒▓ ─│┌ ½ € ₿ µ Ω 𝒳 𝔸
a\u00adb\u200bc\u200dd\u2060e\ufefff\ufe0f private \ue123 nobody's \u0378 \U0001faff"""


def of_the_whole_world(snapshot):
    """The snapshot with texts of all scripts wherever people write."""
    snapshot["workload"].update(name="مساعد المطالبات (Claims) 2.0", owner="山田 太郎", team="김철수 ✅")
    snapshot["sign_offs"][0].update(by={**sample.JONAS, "name": "דוד כהן"}, statement=SCRIPTS)
    snapshot["trail"][-1].update(actor={**sample.LEA, "name": "李小龍"}, statement=SIGNS)
    for question, note in zip(
        sample.questions_of(snapshot), (SCRIPTS, SIGNS, "", f"{SCRIPTS}\n{SIGNS}"), strict=False
    ):
        question["note"] = note
    for question in sample.questions_of(snapshot):
        for piece in question["evidence"]:
            piece.update(
                title="اختبار الحمل", quote=f"{SCRIPTS}\n{SIGNS}", source="山田 ✅", url="https://例え.jp/試験"
            )
    for pillar, title in zip(snapshot["score"]["pillars"], ("موثوقية", "安全性", "💰"), strict=False):
        pillar["title"] = title
    return snapshot


@pytest.fixture(scope="module")
def of_the_world(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("world") / "world.pdf"
    path.write_bytes(render(of_the_whole_world(sample.realistic())).pdf)
    return path


def test_reports_conform_to_pdf_a_and_pdf_ua(sample_pdf, of_the_world, tmp_path):
    letter, tiny, old = (tmp_path / f"{name}.pdf" for name in ("letter", "tiny", "old"))
    letter.write_bytes(render(sample.tiny(), paper="Letter").pdf)
    tiny.write_bytes(render(sample.tiny()).pdf)
    second = {**sample.tiny(), "format": "ai-platform-review-snapshot/2"}
    for key in ("sign_offs", "policy", "valid_until", "verify_url", "comments"):
        del second[key]
    for question in sample.questions_of(second):
        del question["evidence"]
    old.write_bytes(render(second).pdf)
    assert broken_rules([sample_pdf, of_the_world, letter, tiny, old]) == []


def test_the_validator_notices_what_does_not_conform(tmp_path):
    from weasyprint import HTML

    plain = tmp_path / "plain.pdf"
    HTML(string="<p>Nothing of it").write_pdf(plain)
    broken = broken_rules([plain])
    assert [rule for rule in broken if rule.startswith("3a, plain.pdf: 1 times 6.6")]
    assert [rule for rule in broken if rule.startswith("ua1, plain.pdf: 1 times")]


def test_all_letters_are_drawn_in_fonts_that_are_embedded(of_the_world):
    run = subprocess.run(["pdffonts", of_the_world], capture_output=True, text=True, check=True)
    fonts = [line.split() for line in run.stdout.splitlines()[2:]]
    assert {font[-5] for font in fonts} == {"yes"}
    families = {font[0].partition("+")[2] for font in fonts}
    assert {"Noto-Sans-Arabic", "Noto-Sans-Hebrew", "Noto-Sans-CJK-SC", "Report-Emoji"} <= families


def test_of_the_worlds_scripts_nothing_is_lost(of_the_world):
    text = "".join(pages(of_the_world))
    assert "これは日本語の段落です。全角文字、句読点。" in text
    assert "한국어 설명입니다" in text
    assert "ქართული" in text
    assert "🚀" in text
    assert "מבחן" in text
    assert "private [U+E123] nobody’s [U+0378] [U+1FAFF]".replace("’", "'") in text


def test_a_line_from_right_to_left_begins_at_the_right(of_the_world):
    run = subprocess.run(["pdftotext", "-bbox", of_the_world, "-"], capture_output=True, text=True, check=True)
    # Where the words stand is told with their letters as they are drawn, from left to right.
    words = [line for line in run.stdout.splitlines() if f">{'קראתי'[::-1]}<" in line]
    assert words
    assert all(float(line.split('xMax="')[1].split('"')[0]) > 500 for line in words)
