import { Context, log } from '@temporalio/activity';
import type { REST } from 'discord.js';
import type { Blobs } from '../../models/blobs.js';
import type { Datasets } from '../../models/datasets.js';
import type { DownloadLinks } from '../../models/download-links.js';
import type { Interactions } from '../../models/interactions.js';
import type { Nodes } from '../../models/nodes.js';
import type { PreferencesOfAccounts } from '../../models/preferences.js';
import { announceEnd, type AnnounceDependencies } from './announce.js';
import { answerPress, answerUpload } from './answers.js';
import type { CardTimes } from './card-edit.js';
import { keepCardsInStep, type KeeperDependencies } from './card-keeper.js';
import { postCard } from './cards.js';
import { createMessages } from './messages.js';
import { tellOperators, type OperatorsChannel } from './operators.js';
import { withHeartbeats } from '../heartbeats.js';

export interface DiscordDependencies extends CardTimes, Pick<OperatorsChannel, 'troubles' | 'opsChannelId' | 'webUi'> {
  readonly rest: REST;
  readonly runs: KeeperDependencies['runs'] & AnnounceDependencies['runs'];
  readonly nodes: Pick<Nodes, 'seenSince'>;
  readonly preferences: Pick<PreferencesOfAccounts, 'read'>;
  readonly interactions: Pick<Interactions, 'read' | 'markAnswered' | 'keepUntold'>;
  readonly datasets: Pick<Datasets, 'read'>;
  readonly blobs: Pick<Blobs, 'read' | 'size'>;
  readonly downloadLinks: Pick<DownloadLinks, 'linkFor'>;
  readonly attachUpToBytes: number;
  readonly pointsHelp: string | undefined;
}

export type DiscordActivities = ReturnType<typeof createDiscordActivities>;

/** Everything the yard says in Discord beside the bot's own acknowledgements. REST only: a worker has no gateway. */
export function createDiscordActivities(dependencies: DiscordDependencies) {
  const deps = { ...dependencies, messages: createMessages(dependencies.rest, dependencies.blobs), log };
  const keepCards: (nothing: Record<string, never>) => Promise<void> = () => beating((signal) => keepCardsInStep(deps, signal));

  return {
    /**
     * Answers the press that started a run: accepted, or refused with what to do. At most one answer each.
     * A user who cannot be reached is no failure; a refusal that could not be told stays a pending notice.
     */
    answerInteraction: ({ interactionId, runId }: { interactionId: string; runId: string }): Promise<void> =>
      beating(() => answerPress({ interactionId, runId }, deps)),

    /** Posts the card of an open run, once: a recorded message stands. An owner who cannot be reached gets none. */
    openCard: ({ runId }: { runId: string }): Promise<void> =>
      beating(async () => {
        const row = await deps.runs.read(runId);
        // An ended run's card is the business of `announce`, so that two do not post at once.
        if (row === null || row.card !== null || row.end !== null) return;
        await postCard(row, deps);
      }),

    /**
     * Tells a run's end in a new message and marks its notice delivered. `delivered: false` means that the owner takes messages
     * neither here nor directly: the notice stays pending. Everything else that goes wrong is worth another try.
     */
    announce: ({ runId }: { runId: string }): Promise<{ delivered: boolean }> =>
      beating((signal) => announceEnd(runId, deps, signal)),

    /** Answers an upload with what became of each file. */
    answerIntake: ({ interactionId }: { interactionId: string }): Promise<{ answered: boolean }> => answerUpload(interactionId, deps),

    /**
     * Brings the operators' channel up to date: one message for each trouble, edited when it is over. A channel that is not set or
     * takes no messages is no failure.
     */
    tellOperators: (_nothing: Record<string, never>): Promise<{ told: number }> => beating((signal) => tellOperators(deps, signal)),

    /** Keeps every card in step with its row. Returns after half an hour, and at once when its worker stops. */
    keepCards,
  };
}

/** Beats while it works, whatever call it waits for: a second keeper of the cards must not begin while the first is slow. */
function beating<Result>(work: (signal: AbortSignal) => Promise<Result>): Promise<Result> {
  return withHeartbeats(() => null, () => work(Context.current().cancellationSignal));
}
