/** What stood between us and an answer of ComfyUI. */
export type ComfyProblem =
  /** No connection. `refused`: nothing can have reached the server; otherwise the connection broke and the request may have been acted upon. */
  | { readonly kind: 'unreachable'; readonly refused: boolean }
  | { readonly kind: 'timeout' }
  | { readonly kind: 'http'; readonly status: number; readonly body: string }
  /** A reply came, but not one ComfyUI gives: a proxy's page, cut off or too large. */
  | { readonly kind: 'malformed'; readonly problem: string };

/** A call to ComfyUI that brought no usable answer. Its message may hold a node's address: it is for logs. */
export class ComfyError extends Error {
  override readonly name = 'ComfyError';

  constructor(
    readonly call: string,
    readonly problem: ComfyProblem,
    options?: ErrorOptions,
  ) {
    super(`${call}: ${describeProblem(problem)}`, options);
  }
}

export function describeProblem(problem: ComfyProblem): string {
  switch (problem.kind) {
    case 'unreachable':
      return problem.refused ? 'the node refuses connections' : 'the connection to the node broke';
    case 'timeout':
      return 'the node did not answer in time';
    case 'http':
      return `expected an answer, got HTTP ${problem.status}`;
    case 'malformed':
      return problem.problem;
  }
}
