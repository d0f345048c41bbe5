"""What all tests share: one run of the demo plan, a small workbook to change."""

import os

import matplotlib
import pytest
from hypothesis import settings
from workbooks import copy_workbook, made_once, ran

matplotlib.use("svg")
settings.register_profile("salesplan", deadline=None)
settings.load_profile("salesplan")
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
os.environ.pop("CI", None)  # runs tell their steps, as they do at a desk


def pytest_xdist_auto_num_workers(config):
    """Two processes for the whole suite; tests that are named run in this one."""
    return 0 if config.args_source is config.ArgsSource.ARGS else 2


@pytest.fixture(scope="session")
def demo(tmp_path_factory):
    """A workbook with one complete run of the demo plan named `first`; tests do not change it."""
    return made_once(tmp_path_factory, "demo", lambda folder: ran(folder, "henan-2027"))


@pytest.fixture(scope="session")
def minimal(tmp_path_factory):
    """A workbook with one complete run of the minimal plan named `first`; tests do not change it."""
    return made_once(tmp_path_factory, "minimal", lambda folder: ran(folder, "minimal"))


@pytest.fixture
def workbook(tmp_path):
    """A workbook of its own with the minimal plan, to be changed freely."""
    return copy_workbook(tmp_path, "minimal")
