import { readDatabasePlan } from '../deploy/mongodb/config.js';
import { prepareDatabase } from '../deploy/mongodb/prepare-database.js';

const CONFIG_PROBLEM = 78;

/** The step that `docker-compose.yml` takes before the yard's own processes: `node dist/workers/prepare-database.js`. */
const plan = readDatabasePlan();
if ('problems' in plan) {
  process.stderr.write(`${plan.problems.join('\n')}\n`);
  process.exitCode = CONFIG_PROBLEM;
} else {
  await prepareDatabase(plan);
  process.stdout.write(`${JSON.stringify({ ready: true, member: plan.memberAddress, user: plan.user })}\n`);
}
