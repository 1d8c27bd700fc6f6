"""Opens each page in a headless Chromium: check_in_browser.py PAGE…

Says "ok" where the page loads from its file without a word on the console and without a request to
anywhere, else what the browser said. Exit code 77 where there is no Chromium.
"""

import pathlib
import shutil
import subprocess
import sys
import tempfile

NAMES = ("chromium", "chromium-headless-shell", "google-chrome", "chrome")
browser = next((found for found in map(shutil.which, NAMES) if found), None)
if browser is None:
    sys.exit(77)
with tempfile.TemporaryDirectory() as profile:
    for name in sys.argv[1:]:
        done = subprocess.run(
            [browser, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
             f"--user-data-dir={profile}", "--host-resolver-rules=MAP * ~NOTFOUND",
             "--enable-logging=stderr", "--v=0", "--dump-dom", pathlib.Path(name).as_uri()],
            capture_output=True, text=True, timeout=120, check=False)
        said = [line for line in done.stderr.splitlines() if "CONSOLE" in line]
        if done.returncode != 0:
            print(f"exit code {done.returncode}")
        elif said:
            print("; ".join(said)[:500])
        elif "</main>" not in done.stdout:
            print("the page is not all there")
        else:
            print("ok")
