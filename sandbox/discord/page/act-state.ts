import { useState } from 'preact/hooks';
import { Refused } from './api.js';
import { useToast } from './components/toast.js';
import { useClient } from './hooks.js';

/** Runs an act of a component and knows whether its answer is still on the way. What the stand-in refuses is said in words. */
export function useAct(): { isBusy: boolean; run: (act: Readonly<Record<string, unknown>>) => void } {
  const client = useClient();
  const say = useToast();
  const [isBusy, setBusy] = useState(false);
  const run = (act: Readonly<Record<string, unknown>>): void => {
    if (isBusy) return;
    setBusy(true);
    client
      .act(act)
      .then((id) => client.settled(id))
      .catch((error: unknown) => {
        if (!(error instanceof Refused)) throw error;
        say(error.message);
      })
      .finally(() => {
        setBusy(false);
      });
  };
  return { isBusy, run };
}
