"""Runs a lesson in a process of its own, one that has loaded its libraries already.

To load matplotlib and scikit-learn takes longer than most lessons. So one process loads them, and
forks for each lesson; where a fork is not safe, each lesson starts from nothing.
"""

import json
import os
import runpy
import signal
import subprocess
import sys
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

LIBRARIES = ["matplotlib.pyplot", "mpl_toolkits.mplot3d", "sklearn.datasets", "threadpoolctl"]
LIBRARIES += ["sklearn.model_selection", "nnlite.exercises", "nnlite.lessons", "nnlite.plot"]
MOST_SECONDS = 280


def run_lesson(path, folder, environment, *arguments):
    """Run a lesson in a folder; return how it ended, as `subprocess.run` does."""
    # Lessons run beside other tests: threads that wait for each other would take minutes.
    environment = {**environment, "OMP_NUM_THREADS": "1", "PYTHONUTF8": "1"}
    command = [str(path), *map(str, arguments)]
    if sys.platform != "linux":
        python = [sys.executable, "-W", "error"]
        return subprocess.run(
            [*python, *command],
            cwd=folder,
            env=environment,
            capture_output=True,
            encoding="utf-8",
            timeout=MOST_SECONDS,
        )
    with TemporaryDirectory() as outputs:
        task = {"command": command, "folder": str(folder), "environment": environment}
        server = start_server()
        print(json.dumps({**task, "outputs": outputs}), file=server.stdin, flush=True)
        status = int(server.stdout.readline())
        texts = [(Path(outputs) / name).read_text(encoding="utf-8") for name in ("out", "err")]
    return subprocess.CompletedProcess(command, status, *texts)


@cache
def start_server():
    """Start the process that forks; it ends with this one, which holds its input."""
    source = str(Path(__file__).resolve().parents[1] / "src")
    return subprocess.Popen(
        [sys.executable, "-W", "error", __file__],
        env=os.environ | {"PYTHONPATH": source, "OMP_NUM_THREADS": "1", "PYTHONUTF8": "1"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        encoding="utf-8",
    )


def serve():
    """Fork for each task; the child returns from here, and ends as a script does."""
    for name in LIBRARIES:
        __import__(name)
    for line in sys.stdin:
        child = os.fork()
        if not child:
            become(**json.loads(line))
            return
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


def become(command, folder, environment, outputs):
    """Run the lesson here, as if Python had been started with it."""
    signal.alarm(MOST_SECONDS)
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    places = [os.devnull, f"{outputs}/out", f"{outputs}/err"]
    for stream, place in enumerate(places):
        os.dup2(os.open(place, os.O_RDWR | os.O_CREAT), stream)
    sys.argv = command
    runpy.run_path(command[0], run_name="__main__")


if __name__ == "__main__":
    serve()
