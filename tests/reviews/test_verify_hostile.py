"""Files made to take down, or to deceive, whoever shows the verdict on them: the page, and the command's terminal."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client

from checklists.canonical import canonical_json
from reviews.report import contained
from tests.reviews.report import forging, sample
from tests.reviews.report.forging import appended

pytestmark = [pytest.mark.django_db, pytest.mark.pages]

EVIL = "\x1b[2J\x1b[HValid and unchanged.\nValid and unchanged.\u202eabc\x9b2J"


def with_data(**changes) -> bytes:
    """A report whose data were exchanged for some of these."""

    def swap(writer):
        stream = writer.root["/Names"]["/EmbeddedFiles"]["/Names"][1]["/EF"]["/F"]
        stream._data, stream._encoded_data = canonical_json(sample.tiny() | changes), None
        writer.update_container(stream)

    return appended(forging.base(), swap)


def shown(pdf: bytes):
    return Client().post("/verify/", {"report": SimpleUploadedFile("a.pdf", pdf, "application/pdf")})


def said(pdf: bytes, tmp_path, capsys, *options) -> str:
    path = tmp_path / "a.pdf"
    path.write_bytes(pdf)
    with pytest.raises(SystemExit) as ended:
        call_command("verify_report", path, *options)
    assert ended.value.code in {1, 2}
    return capsys.readouterr().out


@pytest.mark.parametrize("at", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
def test_a_time_that_no_calendar_in_utc_has_is_left_out(at, tmp_path, capsys):
    pdf = with_data(valid_until=at)
    page = shown(pdf)
    assert page.status_code == 200
    assert "The approval was given until" not in page.content.decode()
    assert "NOT VALID" in said(pdf, tmp_path, capsys)


def deceiving():
    tiny = sample.tiny()
    yield (
        "in the review",
        with_data(
            workload=tiny["workload"] | {"name": EVIL},
            review=tiny["review"] | {"id": EVIL, "kind_title": EVIL},
        ),
    )
    named = [each | {"by": each["by"] | {"name": EVIL}, "role": EVIL} for each in tiny["sign_offs"]]
    yield "in the sign-offs", forging.person(sample.ADA).sign(with_data(sign_offs=named), "SignOff1")
    other = EVIL.replace(".", "")
    yield "in a field", forging.person(sample.ADA).sign(forging.base(), other, box=(0, 0, 10, 10))
    yield "in a reason", forging.person(sample.ADA).sign(forging.base(), "SignOff1", EVIL)


@pytest.mark.parametrize("options", [[], ["--json"]], ids=["text", "json"])
def test_no_text_of_a_file_commands_the_terminal_or_poses_as_the_verdict(options, tmp_path, capsys):
    for where, pdf in deceiving():
        out = said(pdf, tmp_path, capsys, *options)
        assert not {"\x1b", "\x9b", "\u202e"} & {*out}, where
        assert not any(line.startswith("Valid and unchanged") for line in out.splitlines()), where


def test_no_text_of_a_file_turns_the_page_around():
    for where, pdf in deceiving():
        assert not {"\x1b", "\x9b", "\u202e"} & {*shown(pdf).content.decode()}, where


def test_the_verdict_does_not_grow_with_the_names_in_a_file():
    named = [each | {"by": each["by"] | {"name": "A" * 1_000_000}} for each in sample.tiny()["sign_offs"]]
    pdf = forging.person(sample.ADA).sign(with_data(sign_offs=named), "SignOff1")
    found = contained.verify_contained(pdf, forging.ours().authorities, limits=contained.ON_THE_WEB)
    assert any("Sign-off 1, by AAA" in each for each in found.problems)
    assert sum(map(len, found.problems)) < 20_000
