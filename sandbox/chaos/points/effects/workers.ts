import type { Effect } from '../table.js';
import { effects, PAST_HEARTBEAT_MS, PAST_KEEPER_MS, PAST_STEP_MS } from './effect.js';

export const IMAGES_EFFECTS: readonly Effect[] = [
  ...effects('images', 'images', 'mongodb', [
    ['findAndModify runs', 'train', { freezeMs: PAST_HEARTBEAT_MS }],
    ['insert blobs.chunks', 'dataset', { freezeMs: PAST_STEP_MS }],
    ['insert blobs.files', 'dataset'],
    ['create *', 'start'],
    ['createIndexes *', 'start'],
  ]),
  ...effects('images', 'images', 'temporal', [
    ['RespondActivityTaskCompleted', 'train'],
    ['RecordActivityTaskHeartbeat', 'train'],
  ]),
];

export const GPU_EFFECTS: readonly Effect[] = [
  ...effects('gpu', 'gpu', 'comfyui', [
    ['POST /upload/image', 'train', { freezeMs: PAST_HEARTBEAT_MS }],
    ['POST /prompt', 'train', { freezeMs: PAST_HEARTBEAT_MS }],
    ['POST /api/jobs/:id/cancel', 'cancel', { freezeMs: PAST_HEARTBEAT_MS }],
    ['POST /free', 'out-of-memory'],
  ]),
  ...effects('gpu', 'gpu', 'mongodb', [
    ['findAndModify runs', 'train', { detail: 'revision claim *', freezeMs: PAST_HEARTBEAT_MS }],
    ['findAndModify runs', 'train', { detail: 'revision artifact', freezeMs: PAST_HEARTBEAT_MS }],
    ['findAndModify runs', 'train', { detail: 'revision status' }],
    ['update runs', 'train', { freezeMs: PAST_HEARTBEAT_MS }],
    ['insert blobs.chunks', 'train', { freezeMs: PAST_HEARTBEAT_MS }],
    ['insert blobs.files', 'train'],
    ['update nodes', 'train'],
    ['create *', 'start'],
    ['createIndexes *', 'start'],
  ]),
  ...effects('gpu', 'gpu', 'temporal', [
    ['RespondActivityTaskCompleted', 'train', { detail: 'submitTraining', freezeMs: PAST_HEARTBEAT_MS }],
    ['RespondActivityTaskCompleted', 'train', { detail: 'followTraining', freezeMs: PAST_HEARTBEAT_MS }],
    ['RespondActivityTaskCompleted', 'train', { detail: 'collectLora' }],
    ['RespondActivityTaskCompleted', 'operator-cancel'],
    ['RespondActivityTaskFailed', 'fail'],
    ['RecordActivityTaskHeartbeat', 'train'],
  ]),
];

export const DISCORD_EFFECTS: readonly Effect[] = [
  ...effects('discord', 'discord', 'discord', [
    ['POST /api/v10/channels/:id/messages', 'train', { freezeMs: PAST_HEARTBEAT_MS }],
    ['PATCH /api/v10/channels/:id/messages/:id', 'train', { freezeMs: PAST_KEEPER_MS }],
    ['DELETE /api/v10/channels/:id/messages/:id', 'move', { freezeMs: PAST_KEEPER_MS }],
    ['POST /api/v10/users/@me/channels', 'move'],
    ['PATCH /api/v10/webhooks/:id/:id/messages/*original', 'train'],
  ]),
  ...effects('discord', 'discord', 'mongodb', [
    ['findAndModify runs', 'train', { detail: 'card', freezeMs: PAST_HEARTBEAT_MS }],
    ['findAndModify runs', 'move', { detail: 'retiredCards*' }],
    ['findAndModify runs', 'train', { detail: 'notice' }],
    ['update interactions', 'train'],
    ['create *', 'start'],
    ['createIndexes *', 'start'],
  ]),
  ...effects('discord', 'discord', 'temporal', [
    ['RespondActivityTaskCompleted', 'train', { detail: 'announce' }],
    ['RespondActivityTaskCompleted', 'train'],
    ['RecordActivityTaskHeartbeat', 'train'],
  ]),
];

export const WEB_EFFECTS: readonly Effect[] = effects('web', 'web', 'mongodb', [['create *', 'start']]);
