"""Charts laid out once, and what is imported only when used: the same pictures as the long way."""

import io
import re
import subprocess
import sys

import pytest
from matplotlib import rc_context
from matplotlib.figure import Figure

from salesplan.charts import render, style
from salesplan.pipeline import later
from salesplan.wording import Words


def bars(ax, frame, *, words):
    ax.bar(range(len(frame)), frame, label="planned")
    ax.set_xticks(range(len(frame)), [f"channel {number}" for number in frame], rotation=40)
    style.title(ax, "A title that is so long that it takes two lines above the chart; this is the second of them")
    style.money_axis(ax, words)
    ax.legend(loc="upper left", bbox_to_anchor=(1, 1))
    return ax


def shares(ax, frame, *, words):
    ax.barh(range(len(frame)), frame)
    ax.set_yticks(range(len(frame)), ["\u6cb3\u5357\u7701" * number for number in range(1, len(frame) + 1)])
    style.percent_axis(ax, "x")
    style.rows(ax, len(frame))
    ax.set_title(words.unit)
    return ax


@pytest.mark.parametrize("paint", [bars, shares])
@pytest.mark.parametrize("size", [(8.0, 3.6), (5.0, 7.0)], ids=["wide", "tall"])
def test_a_figure_laid_out_once_is_the_picture_savefig_lays_out(paint, size):
    sketch = render.Sketch(paint, [100_000, 2_500_000, 90], Words("en"), "c", size)
    with rc_context({**style.RC, "font.family": render.FAMILY}):
        figure = Figure(figsize=size, layout="constrained")
        title = paint(figure.add_subplot(), sketch.frame, words=sketch.words).get_title(loc="left").replace("\n", " ")
        out = io.StringIO()
        figure.savefig(out, format="svg", metadata={"Date": None, "Creator": None})
    told = re.compile(r"<metadata>.*</metadata>| data-p=\"[\d.]*\"", re.S)
    assert told.sub("", render.draw(sketch).svg) == render.tidy(out.getvalue(), "c", title)


def test_a_figure_without_a_layout_of_its_own_stays_as_it_is():
    figure = Figure()
    render.lay_out(figure)
    assert figure.dpi == Figure().dpi


# ---------------------------------------------------------------- imported when used


def test_a_name_of_a_module_is_found_when_it_is_used():
    with later.imported("fractions", "json"):
        pass
    assert later.Later("fractions", "Fraction")(1, 2) + later.Later("fractions", "Fraction")(1, 2) == 1
    assert later.Later("os", "path").basename("a/b") == "b"


def said(program):
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", program], capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


def test_the_parent_imports_seaborn_without_what_it_rarely_uses():
    program = (
        "from salesplan.pipeline import preload\nimport gc, sys\n"
        "print('seaborn' in sys.modules, any(n.startswith(('scipy.stats', 'scipy.cluster')) for n in sys.modules))\n"
        "print(gc.isenabled(), gc.get_freeze_count() > 100_000)\n"
    )
    assert said(program) == ["True", "False", "True", "True"]


def test_densities_and_trees_of_a_users_own_cell_are_the_same_as_ever():
    draws = (
        "import matplotlib; matplotlib.use('svg')\nimport numpy as np, pandas as pd, seaborn as sns\n"
        "ax = sns.kdeplot(x=[1.0, 2.0, 4.0, 7.0], cumulative=True)\n"
        "print(float(ax.lines[0].get_ydata().sum()))\n"
        "found = sns.clustermap(pd.DataFrame(np.array([[1.0, 2.0], [9.0, 8.0], [1.5, 2.5]])))\n"
        "print(*found.dendrogram_row.reordered_ind)\nimport scipy.stats; print(scipy.stats.norm.cdf(0.0))\n"
    )
    assert said(f"from salesplan.pipeline import preload\n{draws}") == said(draws)


def test_a_module_that_is_already_there_stays():
    import json

    with later.imported("json", "no_such_module"):
        import no_such_module

        assert isinstance(no_such_module.anything, later.Later)
        assert sys.modules["json"] is json
    assert sys.modules["json"] is json
    assert "no_such_module" not in sys.modules
