"""The JSON Schema of a checklist file, for editors.

It says of the shape what the models say. What must hold between the parts is not in it: `parse` tells that.
"""

from typing import Any

from checklists.language.model import Checklist


def json_schema() -> dict[str, Any]:
    """The schema (draft 2020-12) of what may be written in a file, its short forms among it."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **Checklist.model_json_schema(by_alias=True, mode="validation"),
        "title": "Checklist",
        "description": "A checklist of questions for an architecture review. The reference: docs/checklists.md.",
    }
