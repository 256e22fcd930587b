"""Several checklists asked as one."""

from collections.abc import Sequence

from checklists.language.model import MAX_TITLE, Checklist
from checklists.language.tongue import phrase


class JoinError(ValueError):
    """Checklists that cannot be asked together; the text is a sentence for who tried."""


def joined(checklists: Sequence[Checklist]) -> Checklist:
    """One checklist that asks all that these ask: that of the first, with the others' sections after its own.

    The others' sections have the title of their checklist before their own, where there is room for both: several
    checklists have “Non-functional requirements”. A pillar counts what the first checklist that has it says. A fact
    that several ask for is asked once. Raises `JoinError` where two ask questions of the same id, or understand a
    fact or a pillar differently.
    """
    first, *others = checklists
    if not others:
        return first
    pillars = {pillar.id: pillar for pillar in first.pillars}
    weights = dict(first.weights)
    facts = {fact.id: fact for fact in first.facts}
    sections = list(first.sections)
    taken = {section.id for section in sections}
    for other in others:
        if clash := first.questions_by_id.keys() & other.questions_by_id.keys():
            raise JoinError(
                phrase(
                    "{title} asks {question}, which is asked already.", title=other.title, question=sorted(clash)[0]
                )
            )
        for pillar in other.pillars:
            if pillars.setdefault(pillar.id, pillar) != pillar:
                raise JoinError(
                    phrase(
                        "{title} has a pillar {pillar} with another title: {other}.",
                        title=other.title,
                        pillar=pillar.id,
                        other=pillar.title,
                    )
                )
            weights.setdefault(pillar.id, other.weights[pillar.id])
        for fact in other.facts:
            if facts.setdefault(fact.id, fact) != fact:
                raise JoinError(
                    phrase("{title} asks for the fact {fact} in another way.", title=other.title, fact=fact.id)
                )
        for section in other.sections:
            free = section.id if section.id not in taken else f"{other.id}-{section.id}"[:128]
            taken.add(free)
            title = f"{other.title}: {section.title}"
            named = title if len(title) <= MAX_TITLE else section.title
            sections.append(section.model_copy(update={"id": free, "title": named}))
        first = Checklist.model_validate(
            first.model_copy(
                update={
                    "pillars": tuple(pillars.values()),
                    "weights": weights,
                    "facts": tuple(facts.values()),
                    "sections": tuple(sections),
                }
            ).to_json()
        )
    return first
