import { fastify, LogController, type FastifyBaseLogger, type FastifyInstance } from 'fastify';
import { serveDownloads, type DownloadDependencies } from './download.js';
import { serveHealth, type HealthDependencies } from './health.js';

export interface WebDependencies extends DownloadDependencies, HealthDependencies {
  readonly log: FastifyBaseLogger;
}

/** The web part: signed downloads and health. It trusts no header and answers errors without details. */
export function createWebServer({ log, ...deps }: WebDependencies): FastifyInstance {
  // Requests are not logged: their addresses hold signatures.
  const app = fastify({ loggerInstance: log, logController: new LogController({ disableRequestLogging: true }), bodyLimit: 1024, exposeHeadRoutes: false });
  app.setErrorHandler((error, request, reply) => {
    const status = isClientError(error) ? error.statusCode : 500;
    if (status === 500) log.error({ err: error, requestId: request.id }, 'request failed');
    return reply
      .code(status)
      .type('text/plain; charset=utf-8')
      .send(status === 500 ? `Something went wrong. Try again in a minute; reference ${request.id}.\n` : 'This request cannot be understood.\n');
  });
  app.setNotFoundHandler((_request, reply) => reply.code(404).type('text/plain; charset=utf-8').send('There is nothing here.\n'));
  serveDownloads(app, deps);
  serveHealth(app, deps);
  return app;
}

function isClientError(error: unknown): error is { readonly statusCode: number } {
  return typeof error === 'object' && error !== null && 'statusCode' in error && typeof error.statusCode === 'number' && error.statusCode >= 400 && error.statusCode < 500;
}
