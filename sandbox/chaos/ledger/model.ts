/** What people and workflows ask of a ledger. Ids are small, so that commands meet each other. */
export type Command =
  | { readonly kind: 'grant'; readonly id: number; readonly amount: number }
  | { readonly kind: 'hold'; readonly run: number; readonly amount: number }
  | { readonly kind: 'capture'; readonly run: number; readonly amount: number }
  | { readonly kind: 'release'; readonly run: number };

/** The price of every run, which a resolve without a hold records. */
export const PRICE = 30;

/** What a ledger is, without chains, keys or a database. */
export class LedgerModel {
  balance = 0;
  readonly grants = new Map<number, number>();
  readonly runs = new Map<number, { amount: number; state: 'held' | 'refused' | 'captured' | 'released'; captured: number; answer: object }>();

  get held(): number {
    return [...this.runs.values()].reduce((sum, run) => sum + (run.state === 'held' ? run.amount : 0), 0);
  }

  apply(command: Command): object {
    switch (command.kind) {
      case 'grant':
        return this.#grant(command.id, command.amount);
      case 'hold':
        return this.#hold(command.run, command.amount);
      case 'capture':
        return this.#resolve(command.run, command.amount);
      case 'release':
        return this.#resolve(command.run, 0);
    }
  }

  #grant(id: number, amount: number): object {
    const granted = this.grants.get(id);
    if (granted !== undefined && granted !== amount) return { name: 'IdempotencyMismatchError' };
    if (granted === undefined) this.balance += amount;
    this.grants.set(id, amount);
    return { kind: 'granted', entry: { amount } };
  }

  #hold(id: number, amount: number): object {
    const run = this.runs.get(id);
    if (run !== undefined) {
      if (run.amount !== amount) return { name: 'IdempotencyMismatchError' };
      if (run.state === 'captured') return { kind: 'settled', resolution: 'capture' };
      return run.state === 'released' ? { kind: 'settled', resolution: 'release' } : run.answer;
    }
    const availablePoints = this.balance - this.held;
    const state = amount <= availablePoints ? 'held' : 'refused';
    const held = { kind: 'held', balancePoints: this.balance, heldPoints: this.held + amount, availablePoints: availablePoints - amount };
    const answer = state === 'held' ? held : { kind: 'refused', neededPoints: amount, availablePoints };
    this.runs.set(id, { amount, state, captured: 0, answer });
    return answer;
  }

  #resolve(id: number, wished: number): object {
    const run = this.runs.get(id);
    if (run === undefined) {
      const answer = { kind: 'refused', neededPoints: PRICE, availablePoints: this.balance - this.held };
      this.runs.set(id, { amount: PRICE, state: 'refused', captured: 0, answer });
      return { kind: 'nothing-held' };
    }
    if (run.state === 'refused') return { kind: 'nothing-held' };
    if (run.state === 'held') {
      if (wished > run.amount) return { name: 'CaptureExceedsHoldError' };
      run.state = wished > 0 ? 'captured' : 'released';
      run.captured = wished;
      this.balance -= wished;
    }
    if (run.state === 'released') return { kind: 'released', amountPoints: run.amount };
    return { kind: 'captured', amountPoints: run.captured, freedPoints: run.amount - run.captured };
  }
}
