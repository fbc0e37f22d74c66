# syntax=docker/dockerfile:1
FROM node:22-bookworm-slim AS build
WORKDIR /aiqyn
COPY . .
RUN npm ci && npm run build:agent && npm prune --omit=dev --ignore-scripts

# docker build --target agent: the agent of one file, for a vantage (docs/run-a-vantage.md).
FROM node:22-bookworm-slim AS agent
COPY --from=build --chown=root:root /aiqyn/dist/agent/aiqyn-agent.mjs /usr/local/lib/aiqyn/aiqyn.mjs
RUN mkdir /data && chown node:node /data
USER node
ENV MALLOC_ARENA_MAX=2
ENTRYPOINT ["node", "/usr/local/lib/aiqyn/aiqyn.mjs"]
CMD ["agent", "--config", "/etc/aiqyn/aiqyn.yaml", "--data-dir", "/data"]

FROM node:22-bookworm-slim
WORKDIR /aiqyn
COPY --from=build --chown=root:root /aiqyn/package.json /aiqyn/LICENSE /aiqyn/NOTICE ./
COPY --from=build --chown=root:root /aiqyn/node_modules ./node_modules
COPY --from=build --chown=root:root /aiqyn/dist ./dist
COPY --from=build --chown=root:root /aiqyn/probes ./probes
COPY --from=build --chown=root:root /aiqyn/src ./src
RUN mkdir /data && chown node:node /data
USER node
EXPOSE 8470
ENTRYPOINT ["node", "/aiqyn/dist/src/cli/main.js"]
CMD ["run", "--host", "0.0.0.0", "--data-dir", "/data"]
