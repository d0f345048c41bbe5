"""JupyterLab in a real browser: a slider moved, the chart seen to change, the button pressed, the file seen changed."""

import json
import os
import shutil
import socket
import subprocess
import sys
import urllib.request

import pytest

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
pytest.importorskip("jupyterlab", reason="JupyterLab is not installed")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
TOKEN = "tried-in-a-test"
PATIENCE = 60_000  # ms; the machine may be busy with others' tests
TITLE = "document.querySelector('.salesplan-whatif svg')?.getAttribute('aria-label')"


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def answers(port):
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/api?token={TOKEN}", timeout=2) as reply:
            return reply.status == 200
    except OSError:
        return False


@pytest.fixture
def server(workbook, tmp_path):
    """`salesplan lab` on the minimal plan; the port it listens on."""
    settings = tmp_path / "config"
    settings.mkdir()
    own = {"ServerApp": {"allow_root": True, "port_retries": 0}, "IdentityProvider": {"token": TOKEN}}
    (settings / "jupyter_server_config.json").write_text(json.dumps(own))
    port = free_port()
    program = [sys.executable, "-c", "from salesplan.cli import main; main()", "lab", "--no-browser", f"--port={port}"]
    surroundings = {**os.environ, "JUPYTER_CONFIG_DIR": str(settings), "HOME": str(tmp_path)}
    with (tmp_path / "lab.log").open("w") as log:
        process = subprocess.Popen(program, cwd=workbook, env=surroundings, stdout=log, stderr=log)
        try:
            yield port
        finally:
            process.terminate()
            process.wait(timeout=30)


@pytest.fixture
def page():
    if CHROMIUM is None:
        pytest.skip("no Chromium is installed")
    with sync_api.sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        opened = browser.new_page(viewport={"width": 1500, "height": 1000})
        opened.set_default_timeout(PATIENCE)
        yield opened
        browser.close()


def test_a_slider_is_moved_the_chart_changes_and_the_button_writes_the_file(workbook, server, page):
    while not answers(server):
        page.wait_for_timeout(200)
    page.goto(f"http://127.0.0.1:{server}/?token={TOKEN}")
    page.wait_for_selector(".jp-Notebook .jp-Cell")
    page.wait_for_selector("text=Idle >> visible=true")
    page.get_by_text("Run", exact=True).first.click()
    page.get_by_text("Run All Cells", exact=True).click()
    page.wait_for_selector(".salesplan-whatif svg")
    before, file = page.evaluate(TITLE), workbook / "params" / "minimal" / "annual_target.yaml"
    text = file.read_text()
    page.locator(".salesplan-whatif .noUi-handle").first.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function(f"{TITLE} !== {json.dumps(before)}")
    page.get_by_role("button", name="Show the lines that change").click()
    page.wait_for_selector(".salesplan-whatif code")
    assert file.read_text() == text
    page.get_by_role("button", name="Write the parameter file").click()
    page.wait_for_selector("text=Written to params/minimal/annual_target.yaml")
    if folder := os.environ.get("SALESPLAN_SHOTS"):
        page.screenshot(path=f"{folder}/lab.png")
    assert file.read_text() == text.replace("780000", "790000")
