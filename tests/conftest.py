"""What all tests share: one run of the demo plan, a small workbook to change."""

import gc
import os

import matplotlib
import pytest
from hypothesis import settings
from workbooks import copy_workbook, made_once, ran

# The files that take longest, for each of the two processes: what begins late ends late, and short ones even out the
# end. Forks of test_faults.py cost least while their process is small; the others wait for the demo's run.
LONGEST = (
    ("test_faults.py", "test_project.py", "test_taking_over.py", "test_machine.py", "test_close.py", "test_writers.py"),
    ("test_pipeline.py", "test_signed_plan.py", "test_whatif.py", "test_explain_pay.py",
     "test_report.py", "test_commission_by_hand.py"),
)  # fmt: skip

matplotlib.use("svg")
settings.register_profile("salesplan", deadline=None)
settings.load_profile("salesplan")
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
os.environ.pop("CI", None)  # runs tell their steps, as they do at a desk


def pytest_xdist_auto_num_workers(config):
    """Two processes for the whole suite; tests that are named run in this one."""
    return 0 if config.args_source is config.ArgsSource.ARGS else 2


def pytest_collection_modifyitems(items):
    """Each half of the tests begins with files that take long: xdist gives one half to each of two processes."""
    long = [[item for name in half for item in items if item.path.name == name] for half in LONGEST]
    taken = {*long[0], *long[1]}
    rest = [item for item in items if item not in taken]
    middle = max(len(items) // 2 - len(long[0]), 0)
    items[:] = [*long[0], *rest[:middle], *long[1], *rest[middle:]]


def pytest_collection_finish():
    """What is imported by now stays: neither this process nor a fork of it looks through it for rubbish."""
    gc.collect()
    gc.freeze()


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
