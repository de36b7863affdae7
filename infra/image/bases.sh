#!/usr/bin/env bash
# Makes two images to use in place of the official ones when no registry can be reached:
#   localhost/imagetx-build    a shell, Node and npm, as node:24-bookworm-slim
#   localhost/imagetx-runtime  libraries and Node alone, no shell, as gcr.io/distroless/nodejs24-debian12:nonroot
# from Debian's packages and the Node that package.json pins. Existing images stay.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
PATH=$root/node_modules/.bin:$PATH
node=$(node -p process.execPath)
npm=$(dirname "$(readlink -f "$(command -v npm)")")/..
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Files below $1 become the only layer of image $2; the rest are settings.
image() {
  local files=$1 name=$2 container
  shift 2
  container=$(buildah from scratch)
  buildah copy -q "$container" "$files" / >/dev/null
  buildah config "$@" "$container"
  buildah commit -q --rm "$container" "$name" >/dev/null
}

# Debian's packages, unpacked into folder $1: no maintainer script runs, none is needed.
unpack() {
  local to=$1 packages
  shift
  packages=$(mktemp -d -p "$work")
  chmod 755 "$work" "$packages"
  (cd "$packages" && apt-get download -qq -o APT::Sandbox::User=root "$@")
  mkdir "$to"
  for package in "$packages"/*.deb; do dpkg-deb -x "$package" "$to"; done
  rm -rf "$to"/usr/share/{doc,locale,man}
  cat "$to"/usr/share/ca-certificates/mozilla/*.crt >"$packages/authorities"
  install -Dm644 "$packages/authorities" "$to/etc/ssl/certs/ca-certificates.crt"
  install -dm1777 "$to/tmp"
}
libraries=(libc6 libgcc-s1 gcc-12-base libstdc++6 libssl3 base-files netbase tzdata ca-certificates)
shell=(dash coreutils libacl1 libattr1 libgmp10 libpcre2-8-0 libselinux1)

if ! buildah inspect --type image localhost/imagetx-build >/dev/null 2>&1; then
  unpack "$work/build" "${libraries[@]}" "${shell[@]}"
  [ -e "$work/build/bin/sh" ] || ln -s dash "$work/build/bin/sh"
  echo 'root:x:0:0::/root:/bin/sh' >"$work/build/etc/passwd"
  install -D "$node" "$work/build/usr/local/bin/node"
  mkdir -p "$work/build/usr/local/lib/node_modules" "$work/build/root"
  cp -rL "$npm" "$work/build/usr/local/lib/node_modules/npm"
  ln -s ../lib/node_modules/npm/bin/npm-cli.js "$work/build/usr/local/bin/npm"
  settings=(--env PATH=/usr/local/bin:/usr/bin:/bin --env HOME=/root --cmd node)
  # A network with a certificate authority of its own.
  if [ -n "${NODE_EXTRA_CA_CERTS:-}" ]; then
    cp -L "$NODE_EXTRA_CA_CERTS" "$work/build/authority.crt"
    settings+=(--env NODE_EXTRA_CA_CERTS=/authority.crt)
  fi
  image "$work/build" localhost/imagetx-build "${settings[@]}"
fi

if ! buildah inspect --type image localhost/imagetx-runtime >/dev/null 2>&1; then
  unpack "$work/runtime" "${libraries[@]}"
  printf 'root:x:0:0::/root:/sbin/nologin\nnonroot:x:65532:65532::/home/nonroot:/sbin/nologin\n' >"$work/runtime/etc/passwd"
  install -D "$node" "$work/runtime/nodejs/bin/node"
  image "$work/runtime" localhost/imagetx-runtime --user 65532 --workingdir /home/nonroot --entrypoint '["/nodejs/bin/node"]'
fi
