#!/bin/bash
# A sweep over machines that share nothing but ssh: each plays a shard into a store of its own, which is fetched and merged.
#
#   SWEEP=map.toml STORE=sweeps/map ./ssh_loop.sh host1 host2 host3
#
# The folder of the sweep file, with its scenarios, is copied first. Run it again to go on after whatever went wrong: what
# a machine has played it does not play again. Runs that fail are in the store with their error, and end nothing.
set -euo pipefail
: "${SWEEP:?the sweep file}" "${STORE:?folder of the store, here}"
[ $# -gt 0 ] || { echo "usage: SWEEP=FILE STORE=FOLDER $0 HOST..." >&2; exit 2; }
folder=${REMOTE_FOLDER:-wattmarket-sweep}
workers=${WORKERS:-1}
scenarios=${SCENARIOS:-$(dirname "$SWEEP")}
file=$(realpath --relative-to "$scenarios" "$SWEEP")
fetched=$(mktemp -d)
trap 'rm -rf "$fetched"' EXIT

play() { # SHARD HOST
    ssh "$2" mkdir -p "$folder/files"
    scp -q -r "$scenarios/." "$2:$folder/files"
    code=0
    ssh "$2" wattmarket sweep run "$folder/files/$file" --store "$folder/store" --shard "$1/$shards" \
        --engine local --workers "$workers" --failed-ok --quiet || code=$?
    # Whatever ended it, what it has committed is fetched.
    scp -q -r "$2:$folder/store" "$fetched/$1"
    return "$code"
}

shards=$#
jobs=()
number=0
for host in "$@"; do
    play "$number" "$host" &
    jobs+=($!)
    number=$((number + 1))
done
failed=0
for job in "${jobs[@]}"; do
    wait "$job" || failed=1
done
for store in "$fetched"/*/; do
    wattmarket sweep merge "$STORE" "$store"
done
exit "$failed"
