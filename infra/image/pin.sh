#!/usr/bin/env bash
# Renews the digests of the base images in the Dockerfile: each becomes what its tag names in its registry now.
# Needs skopeo or Docker with buildx, and a network that reaches the registries.
# usage: infra/image/pin.sh            writes the Dockerfile
#        infra/image/pin.sh --check    writes nothing; exit status 1 where a tag has moved on
set -euo pipefail
dockerfile=$(cd "$(dirname "$0")/../.." && pwd)/Dockerfile

digest_of() { # of the index of all platforms, not of one of them
  if command -v skopeo >/dev/null; then
    skopeo inspect --raw "docker://$1" | sha256sum | sed 's/^\([0-9a-f]*\).*/sha256:\1/'
  else
    docker buildx imagetools inspect "$1" --format '{{.Manifest.Digest}}'
  fi
}

status=0
for name in BUILD_IMAGE RUNTIME_IMAGE; do
  image=$(sed -n "s/^ARG $name=\\([^@]*\\).*/\\1/p" "$dockerfile")
  digest=$(digest_of "$image")
  [[ $digest =~ ^sha256:[0-9a-f]{64}$ ]] || { echo "$image: expected a digest, got: $digest" >&2; exit 1; }
  if grep -q "^ARG $name=$image@$digest\$" "$dockerfile"; then
    echo "$image: $digest"
  elif [ "${1:-}" = --check ]; then
    echo "$image: its digest is now $digest" >&2
    status=1
  else
    sed -i "s|^ARG $name=.*|ARG $name=$image@$digest|" "$dockerfile"
    echo "$image: now $digest"
  fi
done
exit "$status"
