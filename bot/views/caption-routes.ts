import { argsRoute, idRoute } from './custom-ids.js';

/** Opens the private caption editor at the first image without a caption from this position on, else at this position; one that is gone is the last. */
export const captionsRoute = argsRoute('captions', { datasetId: 'id', at: 'number' });
/** Makes the trigger word the caption of every image without one. */
export const fillCaptionsRoute = idRoute('caption-fill', 'datasetId');

/** The image decides; its position is a hint for when it is gone. */
const imageArgs = { datasetId: 'id', imageId: 'id', at: 'number' } as const;

export interface ImageArgs {
  readonly datasetId: string;
  readonly imageId: string;
  readonly at: number;
}

export const captionPreviousRoute = argsRoute('cap-back', imageArgs);
export const captionNextRoute = argsRoute('cap-next', imageArgs);
export const captionMissingRoute = argsRoute('cap-missing', imageArgs);
export const captionEditRoute = argsRoute('cap-edit', imageArgs);
export const captionFormRoute = argsRoute('cap-form', imageArgs);
/** Up to five images in one form. */
export const captionFiveRoute = argsRoute('cap-five', imageArgs);
export const captionRemoveRoute = argsRoute('cap-remove', imageArgs);
/** Takes a removal in the editor back. */
export const captionUndoRoute = argsRoute('cap-undo', imageArgs);
/** Puts the trigger word in front of all captions. */
export const captionTriggerRoute = argsRoute('cap-trigger', imageArgs);
