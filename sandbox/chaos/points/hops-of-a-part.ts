import type { Hop, HopName, Watch } from '../wire/hop.js';
import { openHop } from '../wire/open-hop.js';

type Environment = Readonly<Record<string, string | undefined>>;

/** The hops of one yard: each part has its own, so that a call tells who makes it. */
export interface Hops {
  /** The environment of a part whose every way out leads over hops. */
  around(part: string, env: Environment): Promise<Environment>;
  /** The one address Discord's stand-in calls itself by: its gateway and its attachments. */
  readonly discordOrigin: string;
  /** Where Discord's stand-in listens, once that is known. */
  discordListensAt(port: number): void;
  close(): Promise<void>;
}

const DISCORD = 'discord-stand-in';

/** @param watchOf what watches the calls of a part to another, each by its name in the yard */
export async function openHops(watchOf: (caller: string, target: string) => Watch): Promise<Hops> {
  const opened: Hop[] = [];
  const open = async (name: HopName, caller: string, part: string, target: { host: string; port: number }): Promise<string> => {
    const hop = await openHop({ name, target, watch: watchOf(caller, part) });
    opened.push(hop);
    return hop.address;
  };
  const discord = { host: '127.0.0.1', port: 0 };
  // Its address is one for all, and of all parts only the bot has a gateway.
  const origin = `http://${await open('gateway', 'bot', DISCORD, discord)}`;

  return {
    discordOrigin: origin,
    discordListensAt: (port) => {
      discord.port = port;
    },
    async around(part, env) {
      const mongo = new URL(env['MONGODB_URI'] ?? '');
      const mongoHop = await open('mongodb', part, 'mongo', { host: mongo.hostname, port: Number(mongo.port) });
      const [temporalHost = '', temporalPort] = (env['TEMPORAL_ADDRESS'] ?? '').split(':');
      const temporalHop = await open('temporal', part, 'temporal', { host: temporalHost, port: Number(temporalPort) });
      const discordHop = await open('discord', part, DISCORD, discord);
      const nodes = await Promise.all(
        (env['COMFYUI_NODES'] ?? '').split(',').map(async (node) => {
          const [name = '', url = ''] = node.split('=');
          const { hostname, port } = new URL(url);
          return `${name}=http://${await open('comfyui', part, `comfyui-${name}`, { host: hostname, port: Number(port) })}`;
        }),
      );
      return {
        ...env,
        MONGODB_URI: `mongodb://${mongoHop}${mongo.pathname}?directConnection=true`,
        TEMPORAL_ADDRESS: temporalHop,
        DISCORD_API_URL: `http://${discordHop}/api`,
        ATTACHMENT_ORIGINS: origin,
        COMFYUI_NODES: nodes.join(','),
      };
    },
    async close() {
      await Promise.all(opened.map((hop) => hop.close()));
    },
  };
}
