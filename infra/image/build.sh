#!/usr/bin/env bash
# Builds the images with buildah, without a Docker engine.
# usage: infra/image/build.sh [imagetx|imagebatch]-[slim|full]...     all four when none is named
# BUILD_IMAGE and RUNTIME_IMAGE name other base images than those of bases.sh.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
if [ -z "${BUILD_IMAGE:-}" ] || [ -z "${RUNTIME_IMAGE:-}" ]; then "$root/infra/image/bases.sh"; fi

revision=$(git -C "$root" rev-parse HEAD 2>/dev/null || echo unknown)
version=$(sed -n 's/^  "version": "\(.*\)",/\1/p' "$root/package.json")

[ $# -gt 0 ] || set -- imagetx-slim imagetx-full imagebatch-slim imagebatch-full
for image in "$@"; do
  # Docker's format: that of OCI has no health check.
  buildah bud --quiet --layers --format docker --isolation chroot --network host \
    --build-arg BUILD_IMAGE="${BUILD_IMAGE:-localhost/imagetx-build}" \
    --build-arg RUNTIME_IMAGE="${RUNTIME_IMAGE:-localhost/imagetx-runtime}" \
    --build-arg VARIANT="${image#*-}" --build-arg VERSION="$version" --build-arg REVISION="$revision" \
    --target "${image%-*}" --tag "localhost/${image%-*}:${image#*-}" "$root"
done
