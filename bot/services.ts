import type { Recipe } from '../domain/recipes.js';
import type { Quote } from '../domain/runs.js';
import type { Blobs } from '../models/blobs.js';
import type { DownloadLinks } from '../models/download-links.js';
import type { Datasets } from '../models/datasets.js';
import type { Interactions } from '../models/interactions.js';
import type { Loras } from '../models/loras.js';
import type { Nodes } from '../models/nodes.js';
import type { PointsLedger } from '../models/points-ledger.js';
import type { PreferencesOfAccounts } from '../models/preferences.js';
import type { Quotes } from '../models/quotes.js';
import type { Runs } from '../models/runs.js';
import type { StartIntakeAnswer } from '../workflows/intake/client.js';
import type { StartAnswer } from '../workflows/train-run/client.js';
import type { CancelAnswer, CancelRequest } from '../workflows/train-run/messages.js';
import type { Log } from './log.js';

/** How the bot starts and tells workflows; nothing here waits for work. */
export interface Yard {
  startRun(quote: Quote, interactionId: string): Promise<StartAnswer>;
  cancelRun(runId: string, request: CancelRequest): Promise<CancelAnswer | { readonly kind: 'too-late' } | { readonly kind: 'not-confirmed' }>;
  startIntake(interactionId: string): Promise<StartIntakeAnswer>;
}

export interface BotSettings {
  readonly operators: readonly string[];
  readonly homeGuildId: string | undefined;
  readonly operatorRoleId: string | undefined;
  readonly welcomePoints: number;
  readonly priceFactor: number;
  readonly pointsHelp: string | undefined;
  readonly quoteTtlMs: number;
  /** How many images one dataset takes. */
  readonly imagesPerDataset: number;
}

/** Everything a command may use. */
export interface Services {
  readonly datasets: Pick<Datasets, 'create' | 'read' | 'listOf' | 'setCaption' | 'changeCaptions' | 'removeImage' | 'restoreImage' | 'amend' | 'remove'>;
  readonly runs: Pick<Runs, 'read' | 'isArtifactNeeded' | 'namesOf' | 'pendingNotices' | 'noticeDelivered' | 'openRunOfDataset' | 'recentRuns' | 'countWaiting' | 'finishedPaces' | 'runsOnNodes' | 'moveCard' | 'askForCard' | 'cancelAccepted' | 'latestRunOfDataset'>;
  readonly quotes: Pick<Quotes, 'store' | 'read'>;
  readonly points: Pick<PointsLedger, 'grant' | 'balanceOf' | 'historyOf'>;
  readonly preferences: Pick<PreferencesOfAccounts, 'read' | 'change'>;
  readonly loras: Pick<Loras, 'find' | 'listOf' | 'rename' | 'remove' | 'isFileNeeded' | 'fileGone'>;
  readonly interactions: Pick<Interactions, 'store' | 'read' | 'claimRetry' | 'unansweredUploads' | 'markAnswered' | 'untoldOf' | 'markTold'>;
  readonly nodes: Pick<Nodes, 'seenSince'>;
  readonly recipes: ReadonlyMap<string, Recipe>;
  readonly yard: Yard;
  readonly downloadLinks: DownloadLinks;
  /** Pictures that answers show, and the files of models. */
  readonly blobs: Pick<Blobs, 'read' | 'remove'>;
  readonly settings: BotSettings;
  readonly log: Log;
  /** False until the database has been reached for the first time. */
  hasDatabase(): boolean;
  now(): Date;
}
