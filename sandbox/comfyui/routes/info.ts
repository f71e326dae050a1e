import { freemem, totalmem } from 'node:os';
import type { FastifyInstance } from 'fastify';
import { allNodeClasses, nodeClass } from '../node-classes.js';
import { objectInfo } from '../object-info.js';
import type { RouteContext } from './comfy-route.js';
import { comfyRoute, paramOf } from './comfy-route.js';

/** Share of the video memory that loaded models take. */
const MODEL_SHARE = 0.4;

/** What the server is and has: versions, memory, node classes, models. */
export function infoRoutes(app: FastifyInstance, context: RouteContext): void {
  comfyRoute(app, 'GET', '/system_stats', () => systemStats(context));
  comfyRoute(app, 'GET', '/features', () => context.features);

  comfyRoute(app, 'GET', '/object_info', () =>
    Object.fromEntries(allNodeClasses().map((each) => [each.name, objectInfo(each, context.folders)])),
  );
  comfyRoute(app, 'GET', '/object_info/:class', (request) => {
    const found = nodeClass(paramOf(request, 'class'));
    return found === undefined ? {} : { [found.name]: objectInfo(found, context.folders) };
  });

  const models: Record<string, () => string[]> = {
    checkpoints: () => context.folders.checkpoints(),
    loras: () => context.folders.loras(),
    vae: () => [],
  };
  comfyRoute(app, 'GET', '/models', () => Object.keys(models));
  comfyRoute(app, 'GET', '/models/:folder', (request, reply) => models[paramOf(request, 'folder')]?.() ?? reply.code(404).send());
}

function systemStats(context: RouteContext): Record<string, unknown> {
  const total = context.vramTotalBytes;
  const free = context.server.modelsLoaded ? Math.floor(total * (1 - MODEL_SHARE)) : total;
  return {
    system: {
      os: process.platform,
      ram_total: totalmem(),
      ram_free: freemem(),
      comfyui_version: context.version,
      python_version: '3.12.3 (stand-in)',
      pytorch_version: '2.9.0+cu128',
      embedded_python: false,
      argv: ['main.py', '--stand-in', context.name],
    },
    devices: [
      {
        name: `cuda:0 stand-in ${context.name}`,
        type: 'cuda',
        index: 0,
        vram_total: total,
        vram_free: free,
        torch_vram_total: total - free,
        torch_vram_free: 0,
      },
    ],
  };
}
