"""Make the virtual environment that every make target runs in; only the standard library, on any Python.

Called by the Makefile with the requirements file to install; does nothing when that is in place already.
"""

import hashlib
import os
import subprocess
import sys

FLOOR = (3, 11)
ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
VENV = os.path.join(ROOT, ".venv")
PYTHON = os.path.join(VENV, "bin", "python")


def main(requirements):
    if sys.version_info < FLOOR:
        found = "%d.%d" % sys.version_info[:2]
        stop("Lastframe needs Python 3.11 or newer; this is Python %s. Try: make run PYTHON=python3.11" % found)
    stamp = os.path.join(VENV, "installed-" + os.path.splitext(os.path.basename(requirements))[0])
    wanted = fingerprint(os.path.join(ROOT, requirements))
    if os.path.exists(PYTHON) and read(stamp) == wanted:
        return
    make_environment()
    install(requirements)
    with open(stamp, "w") as file:
        file.write(wanted)


def fingerprint(path):
    with open(path, "rb") as file:
        digest = hashlib.sha256(file.read()).hexdigest()
    return "%s python %d.%d\n" % ((digest,) + sys.version_info[:2])


def read(path):
    try:
        with open(path) as file:
            return file.read()
    except OSError:
        return ""


def make_environment():
    print("Preparing the environment in .venv (the first time takes a minute or two) ...", flush=True)
    try:
        subprocess.check_call(
            [sys.executable, "-m", "venv", VENV], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
    except OSError as error:
        stop("Cannot start Python to make .venv: %s." % error.strerror)
    except subprocess.CalledProcessError:
        if not os.access(ROOT, os.W_OK) or (os.path.exists(VENV) and not os.access(VENV, os.W_OK)):
            stop("Cannot write to %s. Copy the project to a folder you own, then run make again." % ROOT)
        stop("Python could not make a virtual environment in %s. On Debian: apt install python3-venv" % VENV)


def install(requirements):
    command = [PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes"]
    # A locked wheel needs no compiler; refusing source packages turns a missing one into a clear message.
    command += ["--only-binary", ":all:", "-r", os.path.join(ROOT, requirements)]
    if subprocess.call(command) != 0:
        stop("Installing the packages failed (pip's words are above). Check the network, then run make again.")


def stop(sentence):
    sys.stderr.write(sentence + "\n")
    sys.exit(1)


if __name__ == "__main__":
    main(sys.argv[1])
