#!/usr/bin/env bash
# Every test, from nothing: installs the Debian packages and Node.js packages that are missing, builds, and runs the
# tests against a real Mosquitto and real happn meshes on loopback. Ends with ctest's summary and exit code.
#   ./run-tests.sh [options of ctest]      such as -L unit, -R Name, --rerun-failed
set -euo pipefail
cd "$(dirname "$0")"
. scripts/prepare.sh

help_if_asked "$@"

install_packages "${build_packages[@]}" "${broker_packages[@]}" "${test_packages[@]}"
install_peers
build release all

say "Running the tests"
export CTEST_PARALLEL_LEVEL="${CTEST_PARALLEL_LEVEL:-$(nproc)}"
exec ctest --preset release "$@"
