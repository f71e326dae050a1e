import { argsRoute, idRoute, numberRoute } from './custom-ids.js';

/** Chooses a dataset on a page of the list. */
export const chooseRoute = numberRoute('choose', 'page');
export const renameRoute = idRoute('rename', 'datasetId');
export const renameFormRoute = idRoute('rename-form', 'datasetId');
/** Asks before a dataset is deleted. */
export const deleteAskRoute = idRoute('delete-ask', 'datasetId');
/** Brings a removed image back. */
export const undoRemoveRoute = argsRoute('undo-remove', { datasetId: 'id', imageId: 'id' });
