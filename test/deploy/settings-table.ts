import { SETTINGS } from '../../domain/settings.js';
import type { Setting } from '../../domain/settings.js';

/** The README's table of all settings, as it has to read. */
export function settingsTable(): string {
  const rows = Object.entries(SETTINGS).map(([name, setting]: [string, Setting]) => [`\`${name}\``, sentence(setting), unitOf(setting), defaultOf(setting)]);
  return ['| name | what it is | unit | default |', '|---|---|---|---|', ...rows.map((cells) => `| ${cells.join(' | ')} |`)].join('\n');
}

function sentence({ help, secret, oneOf }: Setting): string {
  const choices = oneOf === undefined ? '' : ` (${oneOf.join(', ')})`;
  return `${help.replaceAll('|', '\\|')}${choices}${secret === true ? '; secret' : ''}`;
}

function unitOf({ kind, unit }: Setting): string {
  if (kind === 'duration') return 'time';
  return unit ?? (kind === 'list' ? 'list' : '');
}

function defaultOf(setting: Setting): string {
  return setting.default === undefined || setting.default === '' ? '' : `\`${setting.default}\``;
}
