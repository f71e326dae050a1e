/** A failure to inject into the bot's requests or the CDN's answers. */
export interface Fault {
  /** Any method when absent. */
  method?: string;
  /** A route pattern (`/channels/:channel/messages`), a path with `*`, or a CDN path (`/attachments/*`). */
  route: string;
  /** Answer with this HTTP status … */
  status?: number;
  /** … and this code of Discord (0 when absent). */
  code?: number;
  message?: string;
  /** Seconds, for 429. */
  retryAfter?: number;
  /** Whose limit a 429 is about: this route's, the whole bot's, or one shared with others; the route's when absent. */
  scope?: 'user' | 'global' | 'shared';
  /** Cut the connection instead of answering. */
  reset?: boolean;
  /** Let the request take effect first: the bot only loses the answer. */
  afterEffect?: boolean;
  /** Wait this long (wall time) before going on; with `afterEffect`, between the effect and the answer. */
  delayMs?: number;
  /** How many requests it hits; 1 when absent. */
  times?: number;
}

export interface Faults {
  add(fault: Fault): void;
  clear(): void;
  /** The fault that hits this request, used up by it. */
  take(method: string, path: string): Fault | undefined;
}

export function createFaults(): Faults {
  let armed: { fault: Fault; left: number }[] = [];
  return {
    add(fault) {
      armed.push({ fault, left: fault.times ?? 1 });
    },
    clear() {
      armed = [];
    },
    take(method, path) {
      const hit = armed.find(({ fault, left }) => left > 0 && (fault.method ?? method).toUpperCase() === method && matches(fault.route, path));
      if (hit === undefined) return undefined;
      hit.left -= 1;
      return hit.fault;
    },
  };
}

function matches(route: string, path: string): boolean {
  const source = route
    .split(/(:[a-zA-Z]+|\*)/)
    .map((part) => (part === '*' ? '.*' : part.startsWith(':') ? '[^/]+' : part.replace(/[.+?^${}()|[\]\\]/g, '\\$&')))
    .join('');
  return new RegExp(`^${source}$`).test(path);
}
