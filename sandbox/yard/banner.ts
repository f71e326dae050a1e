import type { YardSettings } from './yard-settings.js';
import type { YardState } from './yard-state.js';

/** What the user reads when everything serves. */
export function readyBanner(state: YardState, settings: YardSettings, dataDir: string, elapsedMs: number): string {
  const { temporal, discord, comfyui, web } = state;
  const tryIt: [string, string][] = discord.standIn ? [['Try it', `${discord.controlUrl ?? ''}/`]] : [];
  const rows: [string, string][] = [
    ...tryIt,
    ['Temporal Web UI', temporal.uiUrl ?? 'not known: set TEMPORAL_UI_URL'],
    ['Temporal', `${temporal.address}, namespace ${temporal.namespace}`],
    ['MongoDB', withoutPassword(state.mongodbUri)],
    ['Downloads', settings.PUBLIC_URL === undefined ? web.url : `${settings.PUBLIC_URL} (served at ${web.url})`],
    ['Discord', discord.standIn ? 'stand-in (DISCORD_TOKEN is not set)' : 'discord.com'],
    ['ComfyUI', comfyui.map(({ name, url, standIn }) => `${standIn ? 'stand-in ' : ''}${name} at ${withoutPassword(url)}`).join(', ')],
    ['Data', dataDir],
  ];
  const width = Math.max(...rows.map(([name]) => name.length));
  const table = rows.map(([name, value]) => `  ${name.padEnd(width)}  ${value}`);
  return ['', `Ready in ${(elapsedMs / 1000).toFixed(1)} s`, '', ...table, '', ...notes(state, settings), 'Stop with Ctrl-C.', ''].join('\n');
}

function notes({ discord, comfyui }: YardState, settings: YardSettings): string[] {
  const lines: string[] = [];
  if (discord.standIn) {
    lines.push('DISCORD_TOKEN is not set, so a stand-in plays Discord: open the address after "Try it" to use it in a browser. Nobody on the real Discord can reach this yard.');
  } else if (settings.PUBLIC_URL === undefined) {
    lines.push('PUBLIC_URL is not set, so users get only files that fit the upload limit of their channel.');
  }
  if (comfyui.some((node) => node.standIn)) {
    lines.push('COMFYUI_NODES is not set, so two stand-ins play the GPU nodes: the LoRA files they make are simulated.');
  }
  return lines;
}

/** Addresses may carry the credentials of their user; the screen must not. */
export function withoutPassword(uri: string): string {
  return uri.replace(/\/\/[^@/]*@/, '//***@');
}
