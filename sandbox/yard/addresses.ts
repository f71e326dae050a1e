import { standInToken } from '../discord/people.js';
import { mongodUri } from '../servers/mongod.js';
import type { Ports } from './data-folder.js';
import type { YardSettings } from './yard-settings.js';
import type { DiscordAddress, NodeAddress, YardState } from './yard-state.js';

/** Where everything of one yard is: given by the user, or ours on the chosen ports. */
export type Addresses = Pick<YardState, 'temporal' | 'mongodbUri' | 'discord' | 'comfyui' | 'web'>;

const STAND_IN_NODES = ['node-a', 'node-b'] as const;

export function addressesOf(settings: YardSettings, ports: Ports): Addresses {
  const loopback = (port: number): string => `http://127.0.0.1:${port}`;
  const ownTemporal = settings.TEMPORAL_ADDRESS === undefined;
  const uiUrl = settings.TEMPORAL_UI_URL ?? (ownTemporal ? loopback(ports.temporalUi) : undefined);
  return {
    temporal: {
      address: settings.TEMPORAL_ADDRESS ?? `127.0.0.1:${ports.temporal}`,
      namespace: settings.TEMPORAL_NAMESPACE,
      ...(uiUrl === undefined ? {} : { uiUrl }),
    },
    mongodbUri: settings.MONGODB_URI ?? mongodUri(ports.mongo, 'trainyard'),
    discord: discordAddress(settings, loopback(ports.discord)),
    comfyui:
      settings.COMFYUI_NODES.length > 0
        ? settings.COMFYUI_NODES.map(givenNode)
        : STAND_IN_NODES.map((name) => ({ name, url: loopback(ports[name]), standIn: true, controlUrl: loopback(ports[name]) })),
    web: { url: `http://${settings.WEB_HOST}:${ports.web}` },
  };
}

function discordAddress(settings: YardSettings, standInUrl: string): DiscordAddress {
  if (settings.DISCORD_TOKEN !== undefined) return { standIn: false };
  return { standIn: true, apiUrl: `${standInUrl}/api`, controlUrl: standInUrl, token: standInToken() };
}

function givenNode(text: string): NodeAddress {
  const [, name = text, url = text] = /^([^=]+)=([^;]+)/.exec(text) ?? [];
  return { name, url, standIn: false };
}
