#!/usr/bin/env bash
# The gateway on this machine, from nothing: installs the Debian packages that are missing, builds, starts a Mosquitto
# on 127.0.0.1:1883 if nothing answers there, and runs config/gateway.yaml. Ctrl-C stops all that this started.
#   ./run.sh [options of `happn-gateway run`]      such as --config FILE
set -euo pipefail
cd "$(dirname "$0")"
. scripts/prepare.sh

help_if_asked "$@"

broker_port=1883
broker=
gateway=

stop_what_runs() {
    trap '' INT TERM
    for child in $gateway $broker; do # the gateway first: it may still have something to say to the broker
        kill "$child" 2>/dev/null || true
        wait "$child" 2>/dev/null || true
    done
    [ -z "$broker" ] || say "Mosquitto is stopped"
}
trap stop_what_runs EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

start_broker() {
    if answers $broker_port; then
        say "Using the MQTT broker that answers on 127.0.0.1:$broker_port"
        return
    fi
    say "Starting Mosquitto on 127.0.0.1:$broker_port"
    setsid /usr/sbin/mosquitto -p $broker_port 2>/dev/null & # apart from us, so that Ctrl-C leaves it to the end
    broker=$!
    until_answers $broker_port "$broker"
}

# Asked over HTTP: whatever else may listen there has no /ready.
until_ready() {
    local tries=100
    until curl -fs http://127.0.0.1:8081/ready >/dev/null; do
        kill -0 "$gateway" 2>/dev/null && [ $((tries -= 1)) -gt 0 ] || return 1
        sleep 0.1
    done
}

what_to_try() {
    cat <<'TEXT'

  The gateway runs. In another terminal, try:
    curl -s http://127.0.0.1:8081/ready                        what is connected
    curl -s http://127.0.0.1:8081/routes                       what goes from where to where
    curl -s http://127.0.0.1:8080/rest/describe                methods that can be called over HTTP
    mosquitto_sub -v -t '#'                                    what is said on the broker
  README.md goes on from here. Ctrl-C stops it.

TEXT
}

install_packages "${build_packages[@]}" "${broker_packages[@]}"
build release happn-gateway
start_broker

say "Starting happn-gateway"
if [ $# -eq 0 ]; then
    set -- --config config/gateway.yaml
    hints=yes
fi
setsid build/release/gateway/app/happn-gateway run "$@" & # likewise: a signal of the terminal's and ours would be two
gateway=$!
if [ -n "${hints:-}" ] && until_ready; then what_to_try; fi
wait "$gateway"
