#!/bin/sh
# Print the path of the first Python on PATH that is 3.11 or newer and can make virtual environments.
# PYTHON=/path/to/python3 in the environment of make is tried first.
for candidate in ${PYTHON:-} python3 python3.13 python3.12 python3.11 python3.14 python; do
    if "$candidate" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then
        "$candidate" -c 'import sys; print(sys.executable)'
        exit 0
    fi
done
echo "wattmarket needs Python 3.11 or newer with the venv module, and found none on PATH." >&2
echo "Install one (on Debian: apt-get install python3 python3-venv) or say: make PYTHON=/path/to/python3" >&2
exit 1
