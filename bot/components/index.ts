import { anyComponent, type AnyComponent } from './component.js';
import {
  deleteDataset,
  imagesPage,
  listPage,
  openCreateForm,
  openDataset,
  openUploadForm,
  submitCreateForm,
  submitUploadForm,
  viewDataset,
} from './datasets.js';
import { olderHistory } from './points.js';
import { cancelAsk, cancelConfirmed, downloadLora, quoteDataset, refreshRun, startRun, trainAgain } from './runs.js';

const ALL: readonly AnyComponent[] = [
  anyComponent(listPage),
  anyComponent(openDataset),
  anyComponent(viewDataset),
  anyComponent(imagesPage),
  anyComponent(deleteDataset),
  anyComponent(openCreateForm),
  anyComponent(submitCreateForm),
  anyComponent(openUploadForm),
  anyComponent(submitUploadForm),
  anyComponent(startRun),
  anyComponent(quoteDataset),
  anyComponent(trainAgain),
  anyComponent(refreshRun),
  anyComponent(cancelAsk),
  anyComponent(cancelConfirmed),
  anyComponent(downloadLora),
  anyComponent(olderHistory),
];

/** Every button, select and form there is, by route. */
export const COMPONENTS: ReadonlyMap<string, AnyComponent> = new Map(ALL.map((component) => [component.name, component]));
