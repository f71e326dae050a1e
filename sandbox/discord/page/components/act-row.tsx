import type { SeenInteraction } from '../../user/seen.js';
import { useClient } from '../hooks.js';
import { withoutOptions } from './message-header.js';

/** A command of the person that the bot has not answered: on its way, or failed. */
export function ActRow({ act }: { act: SeenInteraction }) {
  const client = useClient();
  return (
    <div class="act-row">
      <p class="asked">You used {withoutOptions(act.label)}</p>
      {act.failure === undefined ? (
        <p class="thinking">Sending command…</p>
      ) : (
        <p class="failure" role="alert">
          {act.failure} <button type="button" class="text-button" onClick={() => { client.dismiss(act.id); }}>Dismiss</button>
        </p>
      )}
    </div>
  );
}
