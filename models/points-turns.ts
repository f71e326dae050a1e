/**
 * Lets this process do one operation at a time on each account. It only saves conflicts: other processes do not take
 * part, and the unique indexes alone keep the chain right.
 */
export function createTurns(): <Result>(account: string, work: () => Promise<Result>) => Promise<Result> {
  const lastTurns = new Map<string, Promise<void>>();
  return async (account, work) => {
    const before = lastTurns.get(account) ?? Promise.resolve();
    const result = before.then(work);
    const ended = result.then(ignore, ignore);
    lastTurns.set(account, ended);
    try {
      return await result;
    } finally {
      if (lastTurns.get(account) === ended) lastTurns.delete(account);
    }
  };
}

/** The next in line waits for the end of a turn, not for its outcome. */
function ignore(): void {
  return undefined;
}
