#!/usr/bin/env bash
# Starts the gateway as one of the things a load generator measures: a bridge between a happn mesh and an MQTT broker, and an
# HTTP front to the mesh.
#
#   gateway.sh --mesh HOST:PORT --mqtt HOST:PORT --http HOST:PORT --qos 0|1|2
#
#   up/#     (MQTT)  -> /up/...   (set, not stored)
#   /down/*  (happn) -> down/...  (published)
#   POST /rest/method/<component>/<method>, GET /rest/describe on --http: the mesh's own; happn websockets on --http: the
#   gateway's node
#
# Prints READY on standard output once everything is connected, and becomes the gateway: the process that was started is the
# one to measure and to stop. If nothing listens at --mqtt, there is no bridge. Logs go to $GATEWAY_LOG, if that is set;
# $HG_GATEWAY names another binary than that of the release build.
set -euo pipefail

usage() {
    sed -n '2,15s/^# \{0,1\}//p' "$0" >&2
    exit 2
}

mesh= mqtt= http= qos=0
while [ $# -gt 0 ]; do
    [ $# -ge 2 ] || usage
    case $1 in
        --mesh) mesh=$2 ;;
        --mqtt) mqtt=$2 ;;
        --http) http=$2 ;;
        --qos) qos=$2 ;;
        *) usage ;;
    esac
    shift 2
done
[ -n "$mesh" ] && [ -n "$mqtt" ] && [ -n "$http" ] || usage

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
gateway=${HG_GATEWAY:-$root/build/release/gateway/app/happn-gateway}
if [ ! -x "$gateway" ]; then
    echo "no gateway at $gateway: cmake --preset release && cmake --build --preset release --target happn-gateway" >&2
    exit 1
fi

listens() { (exec 3<>"/dev/tcp/${1%:*}/${1##*:}") 2>/dev/null; }

work=$(mktemp -d)
log=${GATEWAY_LOG:-$work/gateway.log}
: >"$log"

write_configuration() {
    cat <<EOF
name: bench
listen: ["$http"]
node: { enabled: true }
meshes: { mesh: { url: "ws://$mesh", required: true } }
rest: { mesh: mesh }
EOF
    if $bridge; then
        cat <<EOF
brokers: { broker: { url: "tcp://$mqtt", version: 5, required: true } }
mappings: ["bridge.yaml"]
EOF
    fi
}

write_mapping() {
    cat <<EOF
version: 1
routes:
  up:
    from: { mqtt: "up/{rest...}", qos: $qos }
    to: { happn: "set /up/{rest...}", mesh: mesh, no_store: true }
  down:
    from: { happn: "on /down/{rest...}", mesh: mesh }
    to: { mqtt: "down/{rest...}", qos: $qos }
EOF
}

# Runs beside the gateway until it is ready or has gone, so that nothing but the gateway is there to be measured.
announce() {
    local gateway_pid=$1
    trap '' TERM INT # a signal to the whole group must not keep it from tidying up: it ends with the gateway
    until grep -q 'happn-gateway is ready' "$log"; do
        if ! kill -0 "$gateway_pid" 2>/dev/null; then
            cat "$log" >&2
            rm -rf "$work"
            exit 1
        fi
        sleep 0.05
    done
    rm -rf "$work"
    echo READY
}

bridge=false
if listens "$mqtt"; then bridge=true; fi
write_configuration >"$work/gateway.yaml"
if $bridge; then write_mapping >"$work/bridge.yaml"; fi

(announce $$ &) # reparented: no child of the gateway
exec "$gateway" run --config "$work/gateway.yaml" 2>>"$log"
