export { intake } from './intake/workflow.js';
export { keepCards } from './keep-cards/workflow.js';
export { settleRun } from './settle-run/workflow.js';
export { settleRuns } from './settle-runs/workflow.js';
export { trainRun } from './train-run/workflow.js';
