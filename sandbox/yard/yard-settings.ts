import { readFileSync } from 'node:fs';
import { readNodeList } from '../../workers/gpu/node-list.js';
import { readSettings, SETTINGS, type SettingName, type SettingValues } from '../../domain/settings.js';

export type Environment = Readonly<Record<string, string | undefined>>;
export type YardSettings = SettingValues<SettingName>;

/** What the user has set is wrong; the message lists all of it. */
export class WrongSettings extends Error {
  override readonly name = 'WrongSettings';
}

/** Reads every setting before anything is started, so that no part dies of one later. @throws WrongSettings */
export function readYardSettings(env: Environment): YardSettings {
  const names = Object.keys(SETTINGS) as SettingName[];
  const outcome = readSettings(env, names, { readFile: (path) => readFileSync(path, 'utf8') });
  const nodes = outcome.kind === 'ok' ? outcome.values.COMFYUI_NODES : (env['COMFYUI_NODES'] ?? '').split(',').filter((item) => item.trim() !== '');
  const listed = nodes.length === 0 ? null : readNodeList(nodes);
  const problems = [...(outcome.kind === 'problems' ? outcome.problems : []), ...(listed?.kind === 'problems' ? listed.problems : [])];
  if (outcome.kind === 'problems' || problems.length > 0) throw new WrongSettings(problems.join('\n'));
  return outcome.values;
}
