import { Client, GatewayIntentBits, type Interaction, type RESTPutAPIApplicationCommandsJSONBody, REST, Routes } from 'discord.js';
import { createDiscordDriver, type DiscordDriver } from '../../../sandbox/discord/driver/driver.js';
import { APPLICATION_ID } from '../../../sandbox/discord/people.js';
import { createDiscordStandIn, type DiscordStandIn, type StandInOptions } from '../../../sandbox/discord/stand-in.js';

export interface TestYard {
  standIn: DiscordStandIn;
  driver: DiscordDriver;
  /** REST with the bot token, as a worker without a gateway has it. */
  rest: REST;
  /** Logs an unmodified client in; `onInteraction` is its one listener. */
  logIn(onInteraction?: (interaction: Interaction) => Promise<unknown>): Promise<Client>;
  /** Logs a client in that answers nothing by itself; `received` hands out what it gets. */
  logInSilent(): Promise<Client>;
  /** The interaction with this id, once a silent bot has it. */
  received(id: string): Promise<Interaction>;
  register(commands: RESTPutAPIApplicationCommandsJSONBody): Promise<unknown>;
  stop(): Promise<void>;
}

/** A stand-in with a driver, a REST client and as many bots as a test logs in; everything stops with `stop`. */
export async function startTestYard(options: StandInOptions = {}): Promise<TestYard> {
  const standIn = await createDiscordStandIn(options);
  const driver = createDiscordDriver(standIn.controlUrl);
  const rest = new REST({ api: standIn.apiUrl, retries: 0 }).setToken(standIn.token);
  const clients: Client[] = [];
  const inbox = new Map<string, PromiseWithResolvers>();
  const slot = (id: string): PromiseWithResolvers => {
    const known = inbox.get(id) ?? withResolvers();
    inbox.set(id, known);
    return known;
  };
  const yard: TestYard = {
    standIn,
    driver,
    rest,
    async logIn(onInteraction) {
      const client = new Client({
        intents: [GatewayIntentBits.Guilds],
        allowedMentions: { parse: [], repliedUser: false },
        rest: { api: standIn.apiUrl, cdn: `${standIn.origin}/cdn` },
      });
      clients.push(client);
      client.on('interactionCreate', (interaction) => {
        void onInteraction?.(interaction);
      });
      const ready = new Promise((resolve) => client.once('clientReady', resolve));
      await client.login(standIn.token);
      await ready;
      return client;
    },
    logInSilent: () =>
      yard.logIn((interaction) => {
        slot(interaction.id).resolve(interaction);
        return Promise.resolve();
      }),
    received: (id) => slot(id).promise,
    register: (commands) => rest.put(Routes.applicationCommands(APPLICATION_ID), { body: commands }),
    async stop() {
      await Promise.all(clients.map((client) => client.destroy()));
      await standIn.stop();
    },
  };
  return yard;
}

interface PromiseWithResolvers {
  promise: Promise<Interaction>;
  resolve: (interaction: Interaction) => void;
}

function withResolvers(): PromiseWithResolvers {
  let resolve: PromiseWithResolvers['resolve'] = () => undefined;
  const promise = new Promise<Interaction>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}

/** Discord's error code of a refused call, or `accepted`. */
export async function codeOf(attempt: Promise<unknown>): Promise<unknown> {
  try {
    await attempt;
    return 'accepted';
  } catch (error) {
    return error instanceof Error && 'code' in error ? error.code : error;
  }
}
