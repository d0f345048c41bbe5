"""What all tests share."""

import os

import matplotlib
from hypothesis import settings

matplotlib.use("svg")
settings.register_profile("salesplan", deadline=None)
settings.load_profile("salesplan")
# A run's children inherit the environment: the plan must not depend on the machine's language.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
