import { argsRoute, idRoute } from './custom-ids.js';

/** Tries the files of an upload again that failed for no fault of theirs; the interaction is the one that brought them. */
export const retryFilesRoute = idRoute('retry-files', 'interactionId');

/** The select in which the files of a message get their dataset; the interaction is the one that knows the files. */
export const pickDatasetRoute = argsRoute('pick', { interactionId: 'id', page: 'number' });
export const pickPageRoute = argsRoute('pick-page', { interactionId: 'id', page: 'number' });
export const pickNewRoute = idRoute('pick-new', 'interactionId');
export const pickNewFormRoute = idRoute('pick-new-form', 'interactionId');
