"""Opens each page in a headless Chromium: check_in_browser.py PAGE…

Says "ok" where the page loads from its file without a word on the console and without a request to
anywhere, and can be printed into a file of reasonable size; else what the browser said. Exit code 77
where there is no Chromium.
"""

import pathlib
import shutil
import subprocess
import sys
import tempfile

MOST_PRINTED = 4 << 20
NAMES = ("chromium", "chromium-headless-shell", "google-chrome", "chrome")
browser = next((found for found in map(shutil.which, NAMES) if found), None)
if browser is None:
    sys.exit(77)
with tempfile.TemporaryDirectory() as profile:
    def run(what, name):
        return subprocess.run(
            [browser, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
             f"--user-data-dir={profile}", "--host-resolver-rules=MAP * ~NOTFOUND",
             "--enable-logging=stderr", "--v=0", what, pathlib.Path(name).as_uri()],
            capture_output=True, text=True, timeout=120, check=False)

    printed = pathlib.Path(profile) / "printed.pdf"
    for name in sys.argv[1:]:
        done = run("--dump-dom", name)
        printed.unlink(missing_ok=True)
        run(f"--print-to-pdf={printed}", name)
        said = [line for line in done.stderr.splitlines() if "CONSOLE" in line]
        if done.returncode != 0:
            print(f"exit code {done.returncode}")
        elif said:
            print("; ".join(said)[:500])
        elif "</main>" not in done.stdout:
            print("the page is not all there")
        elif not printed.exists() or printed.stat().st_size > MOST_PRINTED:
            print(f"printed: {printed.stat().st_size if printed.exists() else 0} bytes")
        else:
            print("ok")
