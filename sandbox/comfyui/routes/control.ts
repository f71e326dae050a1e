import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { scenarioRuleSchema } from '../behaviours.js';
import type { CallLog } from '../call-log.js';
import type { GroundTruth } from '../ground-truth.js';
import type { Stage } from '../stage.js';
import type { RouteContext } from './comfy-route.js';
import { jsonBody } from './comfy-route.js';

export const CONTROL_PREFIX = '/_stand-in';

/** What a test can do to the stand-in from outside. */
export interface ControlDeps {
  context: RouteContext;
  truth: GroundTruth;
  calls: CallLog;
  stage: Stage;
  /** Ends the process and starts a new one, after `downMs` during which every connection is reset. */
  restart(downMs: number): void;
  setDown(on: boolean): void;
}

const bodies = {
  restart: z.object({ downMs: z.number().min(0).default(0) }),
  on: z.object({ on: z.boolean() }),
  stepMs: z.object({ stepMs: z.number().min(0) }),
  hold: z.object({ step: z.number().int().min(0) }),
  forget: z.object({ promptId: z.string() }),
};

export function controlRoutes(app: FastifyInstance, deps: ControlDeps): void {
  const { context, stage } = deps;
  const at = (path: string) => `${CONTROL_PREFIX}/${path}`;

  app.post(at('scenario'), (request) => {
    context.scenarios.add(scenarioRuleSchema.parse(jsonBody(request)));
    return { rules: context.scenarios.list() };
  });
  app.delete(at('scenario'), () => {
    context.scenarios.clear();
    return { rules: [] };
  });
  app.post(at('zombie'), (request) => {
    stage.setZombie(bodies.on.parse(jsonBody(request)).on);
    return { zombie: stage.zombie };
  });
  app.post(at('down'), (request) => {
    const { on } = bodies.on.parse(jsonBody(request));
    deps.setDown(on);
    return { down: on };
  });
  app.post(at('restart'), (request) => {
    deps.restart(bodies.restart.parse(jsonBody(request)).downMs);
    return { restarted: true };
  });
  app.post(at('step-ms'), (request) => {
    stage.stepMs = bodies.stepMs.parse(jsonBody(request)).stepMs;
    return { stepMs: stage.stepMs };
  });
  app.post(at('hold'), (request) => {
    const { step } = bodies.hold.parse(jsonBody(request));
    stage.setHold(step);
    return { step };
  });
  app.post(at('release'), () => {
    stage.setHold(null);
    return { step: null };
  });
  app.post(at('forget'), (request) => ({ forgotten: context.server.forget(bodies.forget.parse(jsonBody(request)).promptId) }));

  app.get(at('calls'), () => ({ calls: deps.calls.all() }));
  app.delete(at('calls'), () => {
    deps.calls.clear();
    return { calls: [] };
  });
  app.get(at('jobs'), () => ({ jobs: deps.truth.all(), trainings: deps.truth.trainings() }));
  app.delete(at('jobs'), () => {
    deps.truth.clear();
    return { jobs: deps.truth.all() };
  });
}
