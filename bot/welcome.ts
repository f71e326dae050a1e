import { points } from '../domain/points.js';
import type { Context } from './interaction-kinds.js';

/** The welcome grant of an account, once for ever: repeating it changes nothing, whatever the setting is by then. */
export async function welcome({ services, actor }: Context): Promise<void> {
  const { welcomePoints } = services.settings;
  if (welcomePoints === 0) return;
  await services.points.grant({ accountId: actor.accountId, key: `welcome:${actor.accountId}`, amountPoints: points(welcomePoints) });
}
