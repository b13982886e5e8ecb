# The streamer:                     docker build -t s3-edgedelta-streamer .
# The simulator, for compose.yaml:  docker build -t s3-edgedelta-harness --target harness .
ARG NODE_IMAGE=node:26.10.0-bookworm-slim

FROM ${NODE_IMAGE} AS build
WORKDIR /build
COPY package.json package-lock.json ./
# Without install scripts: they would fetch a second Node beside that of the image.
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY . .
RUN node --import tsx build.ts

# Generator and mock EdgeDelta, from their sources.
FROM build AS harness
RUN mkdir -p .cache && chown node:node .cache
USER node
ENTRYPOINT ["node", "--import", "tsx"]

FROM ${NODE_IMAGE}
RUN mkdir -p /var/lib/s3-streamer && chown node:node /var/lib/s3-streamer
COPY --from=build /build/dist/ /build/LICENSE /app/
USER node
WORKDIR /var/lib/s3-streamer
VOLUME /var/lib/s3-streamer
# Where `health.address` has another port, say so here.
ENV NODE_ENV=production HEALTH_PORT=8080
# As in the bundle's first line, which is not read here: see docs/performance.md, Memory.
ENV MALLOC_ARENA_MAX=2 MALLOC_TRIM_THRESHOLD_=131072
# Alive, not ready: to start it again would mend neither S3 nor an endpoint.
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.HEALTH_PORT}/live`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
# The program itself is process 1, with no shell before it: SIGTERM reaches it. It needs up to 20 s then (shutdown_grace): docker stop --time 30.
ENTRYPOINT ["node", "--max-semi-space-size=2", "/app/streamer.js"]
CMD ["run", "--config", "/etc/s3-streamer/config.yaml"]
