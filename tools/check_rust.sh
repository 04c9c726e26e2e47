#!/bin/sh
# Say clearly what is missing before a build would fail in the middle: cargo, and a C linker.
wanted=$(sed -n 's/^rust-version = "\(.*\)"/\1/p' Cargo.toml)
if ! found=$(cargo --version 2>/dev/null); then
    echo "wattmarket needs Rust $wanted or newer (cargo and rustc), and found no cargo on PATH." >&2
    exit 1
fi
version=${found#cargo }
version=${version%% *}
oldest=$(printf '%s\n%s\n' "$wanted" "$version" | sort -V | head -n 1)
if [ "$oldest" != "$wanted" ]; then
    echo "wattmarket needs Rust $wanted or newer; cargo on PATH is $version." >&2
    exit 1
fi
if ! command -v cc >/dev/null 2>&1 && ! command -v gcc >/dev/null 2>&1; then
    echo "wattmarket needs a C linker (on Debian: apt-get install gcc)." >&2
    exit 1
fi
