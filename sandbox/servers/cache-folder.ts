import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where downloaded servers live, shared by every checkout of one user. */
export function cacheFolder(env: Readonly<Record<string, string | undefined>>, platform: NodeJS.Platform): string {
  const configured = env['XDG_CACHE_HOME'];
  if (configured !== undefined && configured !== '') return join(configured, 'trainyard');
  const home = env['HOME'] ?? homedir();
  return platform === 'darwin' ? join(home, 'Library', 'Caches', 'trainyard') : join(home, '.cache', 'trainyard');
}
