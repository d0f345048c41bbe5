"""What all tests share: one run of the demo plan, a small workbook to change."""

import os

import matplotlib
import pytest
from hypothesis import settings
from workbooks import command, copy_workbook

matplotlib.use("svg")
settings.register_profile("salesplan", deadline=None)
settings.load_profile("salesplan")
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)


@pytest.fixture(scope="session")
def demo(tmp_path_factory):
    """A workbook with one complete run of the demo plan named `first`; tests do not change it."""
    workbook = copy_workbook(tmp_path_factory.mktemp("demo"), "henan-2027")
    done = command(workbook, "run", "params/henan-2027", "--name", "first")
    assert done.returncode == 0, done.stderr
    return workbook


@pytest.fixture
def workbook(tmp_path):
    """A workbook of its own with the minimal plan, to be changed freely."""
    return copy_workbook(tmp_path, "minimal")
