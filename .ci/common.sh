# shellcheck shell=bash
# What every step begins with: the root of the clone, the data if they lie beside it, the
# environment that the README's second command makes. To be sourced.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

if [ -d ../shared/data ]; then
  NNLITE_DATA="$(cd ../shared/data && pwd)"
  export NNLITE_DATA
fi
export MPLBACKEND=Agg
export PYTHONUTF8=1 # what is printed into a pipe has Greek letters on Windows, too

python=python3 scripts=bin
case "$OSTYPE" in msys* | cygwin*) python=python scripts=Scripts ;; esac
bin=.venv-test/$scripts

# Installs the package with these extras, into an environment that is made if there is none.
install() {
  [ -d .venv-test ] || "$python" -m venv .venv-test
  "$bin/python" -m pip install -q -e ".[$1]"
}
