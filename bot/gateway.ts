import { Client, Events, GatewayIntentBits, type ClientOptions, type Interaction } from 'discord.js';
import type { Log } from './log.js';
import { noteRepeatedAnswers } from './repeated-answers.js';
import { wholeReplies } from './wire/whole-replies.js';

export interface GatewayOptions {
  readonly token: string;
  /** REST base of a stand-in; Discord itself when unset. */
  readonly apiUrl: string | undefined;
  readonly log: Log;
  /** Of one request until its headers have come, and from there to its end. */
  readonly limits?: { readonly headersMs: number; readonly bodyMs: number } | undefined;
  /** Discord took the token away: the REST part of the client is of no use any more and the process has to start anew. */
  onUnauthorized(): void;
}

/** No privileged intents: interactions come without any, and Guilds alone tells what kind of channel one came from. */
export function createGateway({ apiUrl, log, limits, onUnauthorized }: Omit<GatewayOptions, 'token'>): Client {
  const options: ClientOptions = {
    intents: [GatewayIntentBits.Guilds],
    allowedMentions: { parse: [], repliedUser: false },
    rest: {
      ...(apiUrl === undefined ? {} : { api: apiUrl }),
      ...(limits === undefined ? {} : { timeout: limits.headersMs }),
      makeRequest: wholeReplies(limits?.bodyMs),
    },
  };
  const client = new Client(options);
  client.on(Events.Error, (error) => {
    log.error({ err: error }, 'gateway');
  });
  client.on(Events.Warn, (warning) => {
    log.warn({ warning }, 'gateway');
  });
  client.on(Events.Invalidated, () => {
    log.error({}, 'the session was invalidated');
    onUnauthorized();
  });
  noteRepeatedAnswers(client.rest);
  client.rest.on('response', ({ path }, { status }) => {
    // Interaction and webhook calls carry their own token; a 401 of theirs is about that one interaction.
    if (status !== 401 || path.startsWith('/interactions/') || path.startsWith('/webhooks/')) return;
    log.error({ path }, 'Discord no longer accepts the token');
    onUnauthorized();
  });
  return client;
}

/** The interactions that are being handled. */
export interface Listening {
  /** Resolves when the last of them is answered, or has failed. */
  drained(): Promise<void>;
}

/** Lets every interaction go through the router, which never throws. */
export function listen(client: Client, route: (interaction: Interaction) => Promise<void>, log: Log): Listening {
  const underWay = new Set<Promise<void>>();
  client.on(Events.InteractionCreate, (interaction) => {
    const handled = route(interaction)
      .catch((error: unknown) => {
        log.error({ err: error, interactionId: interaction.id }, 'an interaction got no answer');
      })
      .finally(() => underWay.delete(handled));
    underWay.add(handled);
  });
  return {
    async drained() {
      await Promise.all(underWay);
    },
  };
}

/** Resolves when the gateway is up and the application is known. */
export async function login(client: Client, token: string): Promise<Client<true>> {
  const ready = new Promise<Client<true>>((resolve) => {
    client.once(Events.ClientReady, resolve);
  });
  await client.login(token);
  return ready;
}
