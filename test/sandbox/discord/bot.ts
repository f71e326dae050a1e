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
  register(commands: RESTPutAPIApplicationCommandsJSONBody): Promise<unknown>;
  stop(): Promise<void>;
}

/** A stand-in with a driver, a REST client and as many bots as a test logs in; everything stops with `stop`. */
export async function startTestYard(options: StandInOptions = {}): Promise<TestYard> {
  const standIn = await createDiscordStandIn(options);
  const driver = createDiscordDriver(standIn.controlUrl);
  const rest = new REST({ api: standIn.apiUrl, retries: 0 }).setToken(standIn.token);
  const clients: Client[] = [];
  return {
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
    register: (commands) => rest.put(Routes.applicationCommands(APPLICATION_ID), { body: commands }),
    async stop() {
      await Promise.all(clients.map((client) => client.destroy()));
      await standIn.stop();
    },
  };
}
