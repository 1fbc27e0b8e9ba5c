"""Make the virtual environment that every make target runs in; only the standard library, on any Python.

Called by the Makefile with the requirements file to install; does nothing when that is in place already.
"""

import os
import shutil
import subprocess
import sys

FLOOR = (3, 11)
ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
VENV = os.path.join(ROOT, ".venv")
PYTHON = os.path.join(VENV, "bin", "python")
UNFINISHED = os.path.join(VENV, "unfinished")
RUN, DEV = "requirements.txt", "requirements-dev.txt"
# The second file holds all of the first, so installing it settles both.
SETTLES = {RUN: [RUN], DEV: [RUN, DEV]}


def main(requirements):
    if sys.version_info < FLOOR:
        found = "%d.%d" % sys.version_info[:2]
        stop("Lastframe needs Python 3.11 or newer; this is Python %s. Try: make run PYTHON=python3.12" % found)
    # An environment that somebody linked here is theirs to keep up to date.
    if os.path.islink(VENV) or is_installed(requirements):
        return
    take_lock()
    if not is_installed(requirements):
        prepare(requirements)


def prepare(requirements):
    """Install and note it; a note that the work is unfinished makes the next start begin again."""
    if os.path.exists(UNFINISHED) or not is_ours():
        make_environment()
    write(UNFINISHED, "")
    install(requirements)
    for name in SETTLES[requirements]:
        write(stamp(name), fingerprint(name))
    os.remove(UNFINISHED)


def is_installed(requirements):
    if not os.path.exists(PYTHON) or os.path.exists(UNFINISHED):
        return False
    return read(stamp(requirements)) == fingerprint(requirements)


def is_ours():
    """An environment that was finished once, with this Python."""
    made = [name for name in SETTLES if read(stamp(name)).endswith(version())]
    return bool(made) and os.path.exists(PYTHON)


def stamp(requirements):
    return os.path.join(VENV, "installed-" + os.path.splitext(requirements)[0])


def version():
    return "python %d.%d\n" % sys.version_info[:2]


def fingerprint(requirements):
    import hashlib

    with open(os.path.join(ROOT, requirements), "rb") as file:
        return hashlib.sha256(file.read()).hexdigest() + " " + version()


def read(path):
    try:
        with open(path) as file:
            return file.read()
    except OSError:
        return ""


def write(path, text):
    with open(path, "w") as file:
        file.write(text)


def take_lock():
    """Two makes at once: the second waits, then finds the work done. The lock lasts until this process ends."""
    import fcntl

    folder = os.open(ROOT, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        say("Another make is preparing .venv; waiting for it ...")
        fcntl.flock(folder, fcntl.LOCK_EX)
    except OSError:
        pass  # some network file systems have no locks


def make_environment():
    say("Preparing the environment in .venv (the first time takes a minute or two) ...")
    if not os.access(ROOT, os.W_OK) or (os.path.exists(VENV) and not os.access(VENV, os.W_OK)):
        stop("Cannot write to %s. Copy the project to a folder you own, then run make again." % ROOT)
    shutil.rmtree(VENV, ignore_errors=True)
    command = [sys.executable, "-m", "venv", VENV]
    if subprocess.call(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) != 0:
        shutil.rmtree(VENV, ignore_errors=True)
        stop("Python could not make a virtual environment in %s. On Debian: apt install python3-venv" % VENV)


def install(requirements):
    command = [PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes"]
    # A locked wheel needs no compiler; refusing source packages turns a missing one into a clear message.
    command += ["--only-binary", ":all:", "-r", os.path.join(ROOT, requirements)]
    if subprocess.call(command) != 0:
        stop("Installing the packages failed (pip's words are above). Check the network, then run make again.")


def say(sentence):
    sys.stdout.write(sentence + "\n")
    sys.stdout.flush()


def stop(sentence):
    sys.stderr.write(sentence + "\n")
    sys.exit(1)


if __name__ == "__main__":
    try:
        main(sys.argv[1])
    except KeyboardInterrupt:
        stop("\nStopped. Run make again to go on.")
