import type { IncomingMessage, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { WebSocketServer } from 'ws';
import { createApp } from './app.js';
import { createCallLog } from './call-log.js';
import { createFolders } from './folders.js';
import { createGroundTruth } from './ground-truth.js';
import { openGroundTruthFile } from './ground-truth-file.js';
import type { RouteContext } from './routes/comfy-route.js';
import { createScenarios } from './scenarios.js';
import type { ServerProcess } from './server-process.js';
import { createServerProcess } from './server-process.js';
import { createStage } from './stage.js';

export interface ComfyStandInOptions {
  /** 0 or absent takes a free port. */
  port?: number;
  /** Holds `input/`, `output/` and `temp/`; the first two outlive restarts. */
  dir: string;
  /** Time of one training step; 3 by default. */
  stepMs?: number;
  version?: string;
  name?: string;
  vramTotalBytes?: number;
  /** Behaves as with `--cache-none`; by default node results are kept, as ComfyUI does. */
  cacheNone?: boolean;
  /** File names the checkpoint loader offers. */
  checkpoints?: string[];
  /** Largest request body; 100 MB by default. */
  maxUploadBytes?: number;
  /** Keeps what happened to every job in a file of `dir`, for a process that is going to be killed. */
  keepTruth?: boolean;
}

export interface ComfyStandIn {
  /** Base address of the ComfyUI side, without a slash at the end. */
  url: string;
  /** Base address for `createComfyControl`. */
  controlUrl: string;
  stop(): Promise<void>;
}

export const DEFAULT_CHECKPOINTS = ['sd_xl_base_1.0.safetensors', 'v1-5-pruned-emaonly-fp16.safetensors'];
export const DEFAULT_STEP_MS = 3;
const DEFAULT_VERSION = '0.33.0';
const DEFAULT_VRAM_BYTES = 24 * 1024 ** 3;
const DEFAULT_UPLOAD_BYTES = 100 * 1024 ** 2;

/**
 * A server that answers as ComfyUI 0.33.0 does on a machine that trains LoRAs, and computes every answer.
 * Listens on loopback. Training takes real time and yields a valid file of pseudo-random weights.
 */
export async function createComfyStandIn(options: ComfyStandInOptions): Promise<ComfyStandIn> {
  const folders = createFolders(options.dir, options.checkpoints ?? DEFAULT_CHECKPOINTS);
  const stage = createStage(options.stepMs ?? DEFAULT_STEP_MS);
  const scenarios = createScenarios();
  const truth = createGroundTruth(options.keepTruth === true ? openGroundTruthFile(path.join(options.dir, 'ground-truth.jsonl')) : null);
  const calls = createCallLog();
  const maxUploadBytes = options.maxUploadBytes ?? DEFAULT_UPLOAD_BYTES;
  const features = { supports_preview_metadata: true, max_upload_size: maxUploadBytes, assets: false };
  let down = false;
  let server = startProcess();

  function startProcess(): ServerProcess {
    folders.wipeTemp();
    return createServerProcess({
      folders,
      stage,
      scenarios,
      truth,
      cacheNone: options.cacheNone ?? false,
      features,
      crash: () => {
        restart(0);
      },
    });
  }

  function restart(downMs: number): void {
    server.kill();
    stage.setZombie(false);
    server = startProcess();
    if (downMs === 0) return;
    down = true;
    void setTimeout(downMs, undefined, { ref: false }).then(() => {
      down = false;
    });
  }

  const context: RouteContext = {
    get server() {
      return server;
    },
    folders,
    scenarios,
    version: options.version ?? DEFAULT_VERSION,
    name: options.name ?? 'comfyui',
    vramTotalBytes: options.vramTotalBytes ?? DEFAULT_VRAM_BYTES,
    features,
  };
  const setDown = (on: boolean) => {
    down = on;
    if (on) server.sockets.dropAll();
  };
  const app = createApp({ control: { context, truth, calls, stage, restart, setDown }, maxUploadBytes, isDown: () => down });
  acceptSockets(app.server, () => (down ? null : server));
  await app.listen({ host: '127.0.0.1', port: options.port ?? 0 });
  const url = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`;
  return {
    url,
    controlUrl: url,
    async stop() {
      server.kill();
      app.server.closeAllConnections();
      await app.close();
    },
  };
}

function acceptSockets(http: Server, alive: () => ServerProcess | null): void {
  const upgrades = new WebSocketServer({ noServer: true });
  http.on('upgrade', (request: IncomingMessage, socket, head) => {
    const address = new URL(request.url ?? '/', 'http://stand-in');
    const server = alive();
    if (server === null || (address.pathname !== '/ws' && address.pathname !== '/api/ws')) {
      socket.destroy();
      return;
    }
    upgrades.handleUpgrade(request, socket, head, (webSocket) => {
      server.sockets.join(webSocket, address.searchParams.get('clientId'));
    });
  });
}
