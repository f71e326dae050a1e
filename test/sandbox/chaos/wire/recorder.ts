import type { Call, Watch } from '../../../../sandbox/chaos/wire/hop.js';

/** Notes in which order a call passes, and holds one back until it is let go. */
export function createRecorder() {
  const seen: string[] = [];
  const gates = new Map<string, Promise<void>>();
  const note = (side: string) => async (call: Call): Promise<void> => {
    const words = [side, call.name, call.detail].filter((word) => word !== '').join(' ');
    seen.push(words);
    await gates.get(words);
  };
  const watch: Watch = { before: note('before'), after: note('after') };
  return {
    seen,
    watch,
    /** Lets the call wait at this point until the answer is called. */
    holdAt(words: string): () => void {
      let letGo: () => void = () => undefined;
      gates.set(words, new Promise<void>((resolve) => { letGo = resolve; }));
      return () => {
        gates.delete(words);
        letGo();
      };
    },
    /** Cuts the connection of the call at this point. */
    cutAt(words: string): void {
      const broken = Promise.reject(new Error('cut'));
      broken.catch(() => undefined); // Met by the hop when the call comes.
      gates.set(words, broken);
    },
  };
}
