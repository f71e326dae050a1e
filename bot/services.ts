import type { Recipe } from '../domain/recipes.js';
import type { Quote } from '../domain/runs.js';
import type { DownloadLinks } from '../models/download-links.js';
import type { Datasets } from '../models/datasets.js';
import type { Interactions } from '../models/interactions.js';
import type { Loras } from '../models/loras.js';
import type { PointsLedger } from '../models/points-ledger.js';
import type { Quotes } from '../models/quotes.js';
import type { Runs } from '../models/runs.js';
import type { Log } from './log.js';

/** An owner's or operator's press on the confirm of a cancel. */
export interface CancelOrder {
  readonly by: 'owner' | 'operator';
  readonly shown?: { readonly points: number; readonly attempt: number; readonly at: number };
}

export type CancelTold = { readonly kind: 'accepted' } | { readonly kind: 'confirm-again' } | { readonly kind: 'too-late' } | { readonly kind: 'not-confirmed' };

/** How the bot starts and tells workflows; nothing here waits for work. */
export interface Yard {
  startRun(quote: Quote, interactionId: string): Promise<'started' | 'already-started' | 'not-confirmed'>;
  cancelRun(runId: string, order: CancelOrder): Promise<CancelTold>;
  startIntake(interactionId: string): Promise<'started' | 'already-started' | 'not-confirmed'>;
}

export type NodeState = 'idle' | 'busy' | 'unfit' | 'unreachable';

export interface BotSettings {
  readonly operators: readonly string[];
  readonly homeGuildId: string | undefined;
  readonly operatorRoleId: string | undefined;
  readonly welcomePoints: number;
  readonly priceFactor: number;
  readonly pointsHelp: string | undefined;
  readonly quoteTtlMs: number;
}

/** Everything a command may use. */
export interface Services {
  readonly datasets: Pick<Datasets, 'create' | 'read' | 'listOf' | 'setCaption' | 'removeImage' | 'remove'>;
  readonly runs: Pick<Runs, 'read' | 'pendingNotices' | 'noticeDelivered' | 'openRunOfDataset' | 'recentRuns' | 'countWaiting' | 'latestRunOfDataset'>;
  readonly quotes: Pick<Quotes, 'store' | 'read'>;
  readonly points: Pick<PointsLedger, 'grant' | 'balanceOf' | 'historyOf'>;
  readonly loras: Pick<Loras, 'read'>;
  readonly interactions: Pick<Interactions, 'store'>;
  /** Nodes of a lease queue whose workers have reported since. */
  readonly nodes: { seenSince(queue: string, since: Date): Promise<readonly { readonly state: NodeState }[]> };
  readonly recipes: ReadonlyMap<string, Recipe>;
  readonly yard: Yard;
  readonly downloadLinks: DownloadLinks;
  readonly settings: BotSettings;
  readonly log: Log;
  /** False until the database has been reached for the first time. */
  hasDatabase(): boolean;
  now(): Date;
}
