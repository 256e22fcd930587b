"""From a request to an action, and from its result to a page or a fragment of one. No rules here."""
