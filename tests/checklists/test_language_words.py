import pytest

from checklists.language import Expression, parse
from checklists.language.words import in_words
from tests.checklists.test_language import MINIMAL

FACTS = """\
facts:
  - {id: shared, text: Is it shared?}
  - {id: mode, text: How is it called?, type: one_of, options: [{id: batch, text: In batches}, {id: online, text: Online}]}
  - {id: stores, text: Which stores?, type: many_of, options: [{id: blob, text: Blobs}, {id: sql, text: Tables}]}
  - {id: users, text: How many users?, type: number, unit: people}
  - {id: rto, text: How long may it be down?, type: duration}
weights:
"""
CHECKLIST = parse(MINIMAL.replace("weights:\n", FACTS, 1), "small.yaml")


@pytest.mark.parametrize(
    ("condition", "phrase"),
    [
        ("shared", "“Is it shared?” is yes"),
        ("not shared", "“Is it shared?” is not answered with yes"),
        ("mode == batch", "“How is it called?” is “In batches”"),
        ("mode != batch", "“How is it called?” is other than “In batches”"),
        ("mode in [batch, online]", "“How is it called?” is “In batches” or “Online”"),
        ("mode not in [batch]", "“How is it called?” is other than “In batches”"),
        ("blob in stores", "“Which stores?” has “Blobs”"),
        ("blob not in stores", "“Which stores?” is stated without “Blobs”"),
        ("users >= 100", "“How many users?” is at least 100 people"),
        ("rto < 4h", "“How long may it be down?” is less than 4h"),
        ("a in Q-1", "Q-1 is answered with “A”"),
        ("Q-1 == a", "Q-1 is answered with “A”"),
        ("a not in Q-1", "Q-1 is answered without “A”"),
        ("criticality in [high, critical]", "the criticality is high or critical"),
        ("data_classification == restricted", "the data classification is restricted"),
        ("shared and (mode == batch or a in Q-1)", "“Is it shared?” is yes, and (“How is it called?” is “In batches”, or Q-1 is answered with “A”)"),
        ("not (shared or a in Q-1)", "not (“Is it shared?” is yes, or Q-1 is answered with “A”)"),
    ],
)  # fmt: skip
def test_a_condition_is_said_with_the_words_of_its_facts_and_answers(condition: str, phrase: str):
    assert in_words(Expression.parse(condition), CHECKLIST) == phrase
