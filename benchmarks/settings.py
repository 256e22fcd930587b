"""The application's settings, with the bare views of the floors beside its addresses."""

from aiplatform.settings import *  # noqa: F403

ROOT_URLCONF = "benchmarks.urls"
