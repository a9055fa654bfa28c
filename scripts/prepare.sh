# What run.sh, run-tests.sh and .ci/run share: packages, peers, builds. To be sourced, in the repository's root.
# shellcheck shell=bash disable=SC2034

build_packages=(
    g++ cmake ninja-build pkg-config ccache ca-certificates
    libboost1.81-dev libssl-dev libcurl4-openssl-dev libpaho-mqtt-dev libpaho-mqttpp-dev libcpp-httplib-dev nlohmann-json3-dev
    libsqlite3-dev zlib1g-dev libre2-dev libyaml-cpp-dev libspdlog-dev libcli11-dev libgtest-dev libgmock-dev libbenchmark-dev
)
broker_packages=(mosquitto mosquitto-clients curl)
test_packages=(openssl chromium nginx haproxy) # makes certificates; a browser; proxies
fuzz_packages=(clang-14 libclang-rt-14-dev)
compiler_memory_kb=1500000 # what the largest source takes

say() {
    printf '\n==> %s\n' "$*"
}

# help_if_asked ARGUMENT...  Prints the script's opening comment and ends it, if -h or --help is among its arguments.
help_if_asked() {
    local option
    for option in "$@"; do
        case $option in -h | --help)
            sed -n '2,/^set /{s/^# \{0,1\}//p}' "$0"
            exit
            ;;
        esac
    done
}

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

installed_of() {
    dpkg-query -W -f '${Package} ${db:Status-Status}\n' "$@" 2>/dev/null | sed -n 's/ installed$//p'
}

# install_packages PACKAGE...  Asks dpkg first: nothing is downloaded, nor root needed, when all are there.
install_packages() {
    local missing
    mapfile -t missing < <(comm -23 <(printf '%s\n' "$@" | sort -u) <(installed_of "$@" | sort -u))
    [ ${#missing[@]} -gt 0 ] || return 0
    say "Installing Debian packages: ${missing[*]}"
    as_root apt-get update -q
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "${missing[@]}"
}

# The JavaScript peers of the tests; again only when their lock file has changed.
install_peers() {
    if ! command -v node >/dev/null || ! command -v npm >/dev/null; then install_packages nodejs npm; fi
    cmp -s tests/peers/package-lock.json tests/peers/node_modules/.installed-lock && return
    say "Installing the JavaScript peers of the tests"
    npm ci --prefix tests/peers
    cp tests/peers/package-lock.json tests/peers/node_modules/.installed-lock
}

# As many compilers as there are processors and memory for.
compilers() {
    local by_memory
    by_memory=$(awk -v each=$compiler_memory_kb '/^MemAvailable/ { print int($2 / each) }' /proc/meminfo)
    printf '%s\n%s\n' "$(nproc)" "$((by_memory > 0 ? by_memory : 1))" | sort -n | head -1
}

# build PRESET TARGET...
build() {
    local preset=$1
    shift
    say "Building $* ($preset)"
    [ -f "build/$preset/build.ninja" ] || cmake --preset "$preset"
    cmake --build --preset "$preset" -j "$(compilers)" --target "$@"
}

answers() { # PORT
    (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null
}

# until_answers PORT PID  Fails when the process ends, or after ten seconds.
until_answers() {
    local tries=100
    until answers "$1"; do
        kill -0 "$2" 2>/dev/null && [ $((tries -= 1)) -gt 0 ] || return 1
        sleep 0.1
    done
}
