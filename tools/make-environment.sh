#!/bin/sh
# Makes a virtual environment, unless there is one, with the first Python that will do.
# usage: make-environment.sh FOLDER          PYTHON=/path/to/python chooses another one
set -eu
folder=$1

# 3.14 comes late: libraries with compiled parts reach the newest Python last.
for python in ${PYTHON:-python3.13 python3.12 python3.11 python3 python python3.14}; do
    # Started, not only looked up: pyenv leaves names on PATH that run nothing.
    if "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then
        found=$python
        break
    fi
done
if [ -z "${found:-}" ]; then
    echo "Expected Python 3.11 or newer on this computer. Received: none among ${PYTHON:-python3.11 to python3.14, python3 and python}. Install one from https://www.python.org/downloads/ (Debian and Ubuntu: apt install python3 python3-venv), or say where it is with make PYTHON=/path/to/python." >&2
    exit 1
fi
for bin in bin Scripts; do # Scripts on Windows
    if [ -x "$folder/$bin/python" ] && "$folder/$bin/python" -m pip --version >/dev/null 2>&1; then
        exit 0
    fi
done
if ! "$found" -c 'import ensurepip, venv' >/dev/null 2>&1; then
    echo "Expected $found to be able to make virtual environments. Received: a Python without venv. Install it (Debian and Ubuntu: apt install python3-venv), then run the same command again." >&2
    exit 1
fi
rm -rf "$folder"
"$found" -m venv "$folder"
