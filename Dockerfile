# One image per service: `docker build --target imagetx .` (inline, on the fly, command) or `--target imagebatch .`.
# VARIANT=full adds the optional engines. Compare .dockerignore, infra/image/ and docs/deploy.md.
ARG BUILD_IMAGE=docker.io/library/node:24-bookworm-slim
ARG RUNTIME_IMAGE=gcr.io/distroless/nodejs24-debian12:nonroot

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

FROM ${RUNTIME_IMAGE} AS runtime
# Neither shell nor package manager is needed; distroless keeps Node in /nodejs.
ENV PATH=/nodejs/bin:/usr/local/bin:/usr/bin:/bin \
    NODE_ENV=production \
    HOST=0.0.0.0 \
    MALLOC_ARENA_MAX=2 \
    MALLOC_MMAP_THRESHOLD_=33554432 \
    MALLOC_TRIM_THRESHOLD_=33554432 \
    NODE_COMPILE_CACHE=/app/compile-cache
WORKDIR /app
USER 65532:65532
EXPOSE 8080
# distroless has `node` as its entry point, node:slim runs what is no command by it.
CMD ["main.cjs"]

# V8's cache is accepted only from the same Node, path and user: each is filled in the runtime image itself.
FROM runtime AS warm-imagetx
ARG VARIANT=slim
COPY --from=build --chown=65532:65532 /src/dist/image/imagetx-${VARIANT} /app
COPY --from=build /src/infra/image/warm.mjs /warm/warm.mjs
RUN ["node", "/warm/warm.mjs", "imagetx", "/app"]

FROM runtime AS warm-imagebatch
ARG VARIANT=slim
COPY --from=build --chown=65532:65532 /src/dist/image/imagebatch-${VARIANT} /app
COPY --from=build /src/infra/image/warm.mjs /warm/warm.mjs
RUN ["node", "/warm/warm.mjs", "imagebatch", "/app"]

FROM runtime AS imagebatch
ARG VARIANT=slim
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

FROM runtime AS imagetx
ARG VARIANT=slim
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

# The on-the-fly service is the same image with DOORS=onthefly.
FROM imagetx AS onthefly
