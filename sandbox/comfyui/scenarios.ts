import type { HttpBehaviour, JobBehaviour, PromptBehaviour, ScenarioRule } from './behaviours.js';

export interface JobScenario {
  behaviour: JobBehaviour;
  stepMs: number | null;
}

/** The rules in force. A job takes its rule when it starts to run, a request when it arrives; older rules first. */
export interface Scenarios {
  add(rule: ScenarioRule): void;
  clear(): void;
  list(): ScenarioRule[];
  takeForJob(): JobScenario | null;
  takeForPrompt(): PromptBehaviour | null;
  /** @param route method and bare path, for example `POST /prompt` */
  takeForRequest(route: string): HttpBehaviour | null;
}

interface Held {
  rule: ScenarioRule;
  left: number;
}

export function createScenarios(): Scenarios {
  let held: Held[] = [];

  function take<T>(pick: (rule: ScenarioRule) => T | null): T | null {
    for (const entry of held) {
      const picked = pick(entry.rule);
      if (picked === null) continue;
      entry.left -= 1;
      held = held.filter((each) => each.left > 0);
      return picked;
    }
    return null;
  }

  return {
    add(rule) {
      const times = rule.behaviour.kind === 'http' ? rule.behaviour.times : undefined;
      held.push({ rule, left: rule.next ?? times ?? Number.POSITIVE_INFINITY });
    },
    clear() {
      held = [];
    },
    list: () => held.map((entry) => entry.rule),
    takeForJob: () => take(jobScenario),
    takeForPrompt: () => take(({ behaviour }) => (isPromptBehaviour(behaviour) ? behaviour : null)),
    takeForRequest: (route) =>
      take(({ behaviour }) => (behaviour.kind === 'http' && (behaviour.route === '*' || behaviour.route === route) ? behaviour : null)),
  };
}

function jobScenario(rule: ScenarioRule): JobScenario | null {
  const { behaviour } = rule;
  if (behaviour.kind === 'http' || isPromptBehaviour(behaviour)) return null;
  return { behaviour, stepMs: behaviour.kind === 'slow' ? behaviour.stepMs : (rule.stepMs ?? null) };
}

function isPromptBehaviour(behaviour: ScenarioRule['behaviour']): behaviour is PromptBehaviour {
  return behaviour.kind === 'reply-lost' || behaviour.kind === 'error-after-enqueue';
}
