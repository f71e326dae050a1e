import { readFileSync } from 'node:fs';
import { readSettings, type SettingsOutcome, type SettingValues } from '../../domain/settings.js';

/** The database named in the environment, if any. */
export function auditSettings(): SettingsOutcome<SettingValues<'MONGODB_URI'>> {
  return readSettings(process.env, ['MONGODB_URI'], { readFile: (path) => readFileSync(path, 'utf8') });
}
