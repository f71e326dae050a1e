import type { DatabasePlan } from './prepare-database.js';

const NAMES = ['MONGO_HOST', 'MONGO_DATABASE', 'MONGO_ROOT_PASSWORD', 'MONGO_APP_PASSWORD'] as const;

/** Reads what the compose file gives to the step that prepares MongoDB. */
export function readDatabasePlan(env: Readonly<Record<string, string | undefined>> = process.env): DatabasePlan | { readonly problems: readonly string[] } {
  const [host, database, rootPassword, appPassword] = NAMES.map((name) => env[name] ?? '');
  const problems = NAMES.filter((name) => (env[name] ?? '') === '').map((name) => `${name} is not set.`);
  if (problems.length > 0 || host === undefined || database === undefined || rootPassword === undefined || appPassword === undefined) return { problems };
  return {
    adminUri: `mongodb://root:${encodeURIComponent(rootPassword)}@${host}/?authSource=admin`,
    memberAddress: host,
    database,
    user: 'trainyard',
    password: appPassword,
  };
}
