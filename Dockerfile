# One image per service: `docker build .` (imagetx: inline, on the fly, command) or `docker build --target imagebatch .`.
# VARIANT=slim leaves out the optional engines: no HEIC, BMP, PDF. Compare .dockerignore, infra/image/, docs/containers.md.
# infra/image/pin.sh renews the digests.
ARG BUILD_IMAGE=docker.io/library/node:24-bookworm-slim@sha256:6f7b03f7c2c8e2e784dcf9295400527b9b1270fd37b7e9a7285cf83b6951452d
ARG RUNTIME_IMAGE=gcr.io/distroless/nodejs24-debian12:nonroot@sha256:14d42e2511532589a7c7e01a753667a74fcc96266e137e8125006b87b0c32d0a

FROM ${BUILD_IMAGE} AS build
# Behind a network with its own certificate authority: its file, mounted.
ARG NODE_EXTRA_CA_CERTS
WORKDIR /src
COPY . .
# One step, so that half a gigabyte of packages never becomes a layer; npm's downloads are kept.
RUN --mount=type=cache,target=/root/.npm \
    npm ci --ignore-scripts --no-audit --no-fund && \
    node build/main.ts && node build/image.ts && \
    rm -rf node_modules

# The local cloud, from its sources: `docker build --target local .`
FROM ${BUILD_IMAGE} AS local
ARG NODE_EXTRA_CA_CERTS
WORKDIR /src
COPY --chown=65532:65532 . .
RUN --mount=type=cache,target=/root/.npm \
    npm ci --ignore-scripts --no-audit --no-fund && \
    mkdir -p .local && chown 65532:65532 . .local certs
USER 65532:65532
# State and certificates live in .local and certs; nothing listens outside of loopback.
CMD ["node", "local/main.ts", "--trace"]

FROM ${RUNTIME_IMAGE} AS runtime
# Neither shell nor package manager is needed; distroless keeps Node in /nodejs.
ENV PATH=/nodejs/bin:/usr/local/bin:/usr/bin:/bin \
    NODE_ENV=production \
    HOST=0.0.0.0 \
    MALLOC_ARENA_MAX=2 \
    MALLOC_MMAP_THRESHOLD_=33554432 \
    MALLOC_TRIM_THRESHOLD_=134217728 \
    NODE_COMPILE_CACHE=/app/compile-cache
WORKDIR /app
USER 65532:65532
EXPOSE 8080
# Arguments are Imaginary's flags or a command; without any the environment decides what is served.
ENTRYPOINT ["node", "/app/main.cjs"]
CMD []

# V8's cache is accepted only from the same Node, path and user: each is filled in the runtime image itself.
FROM runtime AS warm-imagetx
ARG VARIANT=full
COPY --from=build --chown=65532:65532 /src/dist/image/imagetx-${VARIANT} /app
COPY --from=build /src/infra/image/warm.mjs /warm/warm.mjs
RUN ["node", "/warm/warm.mjs", "imagetx", "/app"]

FROM runtime AS warm-imagebatch
ARG VARIANT=full
COPY --from=build --chown=65532:65532 /src/dist/image/imagebatch-${VARIANT} /app
COPY --from=build /src/infra/image/warm.mjs /warm/warm.mjs
RUN ["node", "/warm/warm.mjs", "imagebatch", "/app"]

FROM runtime AS imagebatch
ARG VARIANT=full
ARG VERSION=unknown
ARG REVISION=unknown
LABEL org.opencontainers.image.title="imagebatch" \
      org.opencontainers.image.description="Converts pictures of a bucket, one task at a time" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      imagetx.variant="${VARIANT}" \
      imagetx.sbom="/app/sbom.cdx.json"
COPY --from=build /src/dist/image/imagebatch-${VARIANT} /app
COPY --from=warm-imagebatch --chown=65532:65532 /app/compile-cache /app/compile-cache
HEALTHCHECK --start-period=30s CMD ["node", "-e", "fetch('http://127.0.0.1:' + (process.env.PORT || 8080) + '/readyz').then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]

FROM runtime AS imagetx
ARG VARIANT=full
ARG VERSION=unknown
ARG REVISION=unknown
LABEL org.opencontainers.image.title="imagetx" \
      org.opencontainers.image.description="Converts pictures inline and on the fly; a drop-in replacement for Imaginary" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      imagetx.variant="${VARIANT}" \
      imagetx.sbom="/app/sbom.cdx.json"
COPY --from=build /src/dist/image/imagetx-${VARIANT} /app
COPY --from=warm-imagetx --chown=65532:65532 /app/compile-cache /app/compile-cache
# By default every 30 s; it finds the port by the flags and the environment of the server.
HEALTHCHECK --start-period=30s CMD ["node", "/app/main.cjs", "health"]

# The on-the-fly service is the same image with DOORS=onthefly.
FROM imagetx AS onthefly
