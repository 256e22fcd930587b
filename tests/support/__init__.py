"""What the tests run on: real servers, real browsers, real verifiers."""
