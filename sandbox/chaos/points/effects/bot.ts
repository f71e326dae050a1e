import type { Effect } from '../table.js';
import { effects } from './effect.js';

/** What the bot asks for is taken by the yard's worker. */
export const BOT_EFFECTS: readonly Effect[] = [
  ...effects('bot', 'yard', 'discord', [
    ['POST /api/v10/interactions/:id/:id/callback', 'train'],
    ['PATCH /api/v10/webhooks/:id/:id/messages/*original', 'train'],
  ]),
  ...effects('bot', 'yard', 'temporal', [
    ['StartWorkflowExecution', 'train'],
    ['UpdateWorkflowExecution', 'cancel'],
  ]),
  ...effects('bot', 'yard', 'mongodb', [
    ['insert points_entries', 'points', { detail: 'grant' }],
    ['update quotes', 'train'],
    ['insert datasets', 'dataset'],
    ['findAndModify datasets', 'dataset'],
    ['delete datasets', 'dataset'],
    ['findAndModify loras', 'shelf'],
    ['findAndModify preferences', 'points'],
    ['findAndModify runs', 'cancel'],
    ['update interactions', 'train'],
    ['create *', 'start'],
    ['createIndexes *', 'start'],
  ]),
];
