import { Client, Connection as TemporalConnection } from '@temporalio/client';
import { createConnection } from 'mongoose';
import type { Connection } from 'mongoose';
import { createComfyControl } from '../comfyui/control.js';
import { createDiscordDriver } from '../discord/driver/driver.js';
import type { DiscordDriver } from '../discord/driver/driver.js';
import { renderMessage } from '../discord/driver/render-message.js';
import { USERS } from '../discord/people.js';
import type { PersonName } from '../discord/people.js';
import type { YardState } from '../yard/yard-state.js';
import type { Witnesses } from './agreement/witnesses.js';

/** Every door into a yard of stand-ins that the play and its check use. */
export interface YardAccess extends Witnesses {
  readonly driver: DiscordDriver;
  readonly webUrl: string;
  readonly temporalUiUrl: string | undefined;
  close(): Promise<void>;
}

export interface AccessPoints {
  readonly mongo: Connection;
  readonly client: Client;
  readonly discordControlUrl: string;
  readonly nodes: readonly { readonly nodeId: string; readonly url: string; readonly controlUrl: string }[];
  readonly webUrl: string;
  readonly temporalUiUrl: string | undefined;
}

/** @throws when the yard uses Discord or nodes of its own: the play needs the stand-ins */
export async function openYardAccess({ mongodbUri, temporal, discord, comfyui, web }: YardState): Promise<YardAccess> {
  if (discord.controlUrl === undefined) throw new Error('The demo plays on the stand-ins, and this yard is connected to Discord itself. Start it without DISCORD_TOKEN.');
  const nodes = comfyui.map(({ name, url, controlUrl }) => {
    if (controlUrl === undefined) throw new Error(`The demo plays on the stand-ins, and node ${name} is a real one. Start the yard without COMFYUI_NODES.`);
    return { nodeId: name, url, controlUrl };
  });
  const mongo = await createConnection(mongodbUri, { serverSelectionTimeoutMS: 5_000 }).asPromise();
  const connection = await TemporalConnection.connect({ address: temporal.address });
  const client = new Client({ connection, namespace: temporal.namespace });
  const access = accessTo({ mongo, client, discordControlUrl: discord.controlUrl, nodes, webUrl: web.url, temporalUiUrl: temporal.uiUrl });
  return {
    ...access,
    async close() {
      await connection.close();
      await mongo.close();
    },
  };
}

export function accessTo({ mongo, client, discordControlUrl, nodes, webUrl, temporalUiUrl }: AccessPoints): Omit<YardAccess, 'close'> {
  const driver = createDiscordDriver(discordControlUrl);
  return {
    driver,
    mongo,
    client,
    webUrl,
    temporalUiUrl,
    messagesOf: (userId) => driver.user(nameOf(userId)).visibleMessages(),
    textOf: renderMessage,
    nodes: nodes.map(({ nodeId, url, controlUrl }) => ({ nodeId, url, control: createComfyControl(controlUrl) })),
  };
}

function nameOf(userId: string): PersonName {
  for (const name of Object.keys(USERS) as PersonName[]) if (USERS[name].id === userId) return name;
  throw new Error(`Expected one of the people of the stand-in, got user ${userId}.`);
}
