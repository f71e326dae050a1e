import { defineSearchAttributeKey } from '@temporalio/common';

/** What operators filter runs by in the Web UI. Registered on the server, by these names and types. */
export const accountAttribute = defineSearchAttributeKey('Account', 'KEYWORD');
export const datasetAttribute = defineSearchAttributeKey('Dataset', 'KEYWORD');
export const recipeAttribute = defineSearchAttributeKey('Recipe', 'KEYWORD');
export const runStateAttribute = defineSearchAttributeKey('RunState', 'KEYWORD');
export const gpuNodeAttribute = defineSearchAttributeKey('GpuNode', 'KEYWORD');
export const pointsAttribute = defineSearchAttributeKey('Points', 'INT');
