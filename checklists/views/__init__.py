"""Reading the library, and keeping it."""
