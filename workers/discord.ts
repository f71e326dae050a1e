import { Worker } from '@temporalio/worker';
import { createDiscordActivities } from '../activities/discord/activities.js';
import { createDiscordRest } from '../activities/discord/rest.js';
import { createDownloadLinks } from '../models/download-links.js';
import type { RoleWorkers, WorkerContext } from './context.js';

const UNAUTHORIZED = 77;
const CALLS_AT_ONCE = 20;
const LONGEST_GRACE_MS = 2_000;

/** The worker that speaks to Discord's REST side: answers, cards, notices. It has no gateway connection. */
export async function createDiscordWorkers(context: WorkerContext): Promise<RoleWorkers> {
  const { settings, models, log } = context;
  const { DISCORD_TOKEN, DOWNLOAD_SECRET } = settings;
  if (DISCORD_TOKEN === undefined || DOWNLOAD_SECRET === undefined) throw new Error('Expected DISCORD_TOKEN and DOWNLOAD_SECRET to be set for the discord worker.');
  const rest = createDiscordRest({
    token: DISCORD_TOKEN,
    apiUrl: settings.DISCORD_API_URL,
    onUnauthorized: () => {
      // discord.js forgets the token after a 401 and every later call fails: only a new process helps.
      log.fatal('Discord no longer accepts the token');
      process.exit(UNAUTHORIZED);
    },
  });
  const worker = await Worker.create({
    connection: context.temporal,
    namespace: context.namespace,
    taskQueue: context.queues.discord,
    maxConcurrentActivityTaskExecutions: CALLS_AT_ONCE,
    // The keeper of the cards never ends by itself and every call here may be repeated: a long grace would only delay the stop.
    shutdownGraceTime: Math.min(settings.SHUTDOWN_GRACE, LONGEST_GRACE_MS),
    // The keeper of the cards heartbeats; throttled at most this long, a dead one is noticed soon.
    maxHeartbeatThrottleInterval: '5 seconds',
    interceptors: context.interceptors,
    activities: createDiscordActivities({
      ...models,
      rest,
      downloadLinks: createDownloadLinks({
        baseUrl: settings.PUBLIC_URL ?? `http://${settings.WEB_HOST}:${settings.WEB_PORT}`,
        secret: DOWNLOAD_SECRET,
        ttlMs: settings.DOWNLOAD_TTL,
      }),
      cardEditIntervalMs: settings.CARD_EDIT_INTERVAL,
      cardSlowIntervalMs: settings.CARD_SLOW_INTERVAL,
      attachUpToBytes: settings.ATTACH_MAX_BYTES,
      pointsHelp: settings.POINTS_HELP,
      opsChannelId: settings.OPS_CHANNEL_ID,
      webUi: { url: settings.TEMPORAL_UI_URL, namespace: context.namespace },
    }),
  });
  return { workers: [worker] };
}
