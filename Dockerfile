# One image for every process of the yard; docker-compose.yml says which one a container runs.
# It holds no MongoDB and no Temporal server: those come from their publishers' images.

FROM node:20.20.2-bookworm-slim AS build
WORKDIR /app
ENV NODE_ENV=development
# Certificates for Temporal's bridge, which reads the system's own.
RUN apt-get update && apt-get install --yes --no-install-recommends ca-certificates && rm -rf /var/lib/apt/lists/*
COPY package.json package-lock.json .npmrc ./
# No package may depend on a script of its own having run.
RUN npm ci --ignore-scripts
COPY . .
RUN npx tsc -p tsconfig.build.json && node dist/workers/bundle.js
RUN npm prune --omit=dev --ignore-scripts \
 && find node_modules/@temporalio/core-bridge/releases -mindepth 1 -maxdepth 1 ! -name "$(uname -m)-unknown-linux-gnu" -exec rm -r {} +

FROM node:20.20.2-bookworm-slim
WORKDIR /app
ENV NODE_ENV=production
RUN apt-get update && apt-get install --yes --no-install-recommends ca-certificates tini && rm -rf /var/lib/apt/lists/*
COPY --from=build /app/package.json /app/LICENSE /app/NOTICE ./
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
USER node
# tini hands SIGTERM on and collects what a decoder may leave behind.
ENTRYPOINT ["/usr/bin/tini", "--"]
CMD ["node", "dist/workers/main.js", "--role", "yard"]
