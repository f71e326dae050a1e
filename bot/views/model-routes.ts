import { bareRoute, idRoute, numberRoute } from './custom-ids.js';

/** Shows one model privately. `downloadRoute` gives its file. */
export const modelRoute = idRoute('model', 'loraId');
export const modelsRoute = numberRoute('models', 'page');
/** The select of the list: what was chosen is its value. */
export const modelOpenRoute = bareRoute('model-open');
export const modelRenameRoute = idRoute('model-name', 'loraId');
export const modelRenameFormRoute = idRoute('model-name-form', 'loraId');
export const modelDeleteAskRoute = idRoute('model-del-ask', 'loraId');
export const modelDeleteRoute = idRoute('model-del', 'loraId');
