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
import { askToDeleteModel, deleteModelConfirmed, downloadModel, modelsPage, openModel, openModelRenameForm, submitModelRenameForm, viewModel } from './models.js';
import { olderHistory } from './points.js';
import { cancelAsk, cancelConfirmed, quoteDataset, refreshRun, startRun, trainAgain } from './runs.js';

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
  anyComponent(downloadModel),
  anyComponent(viewModel),
  anyComponent(modelsPage),
  anyComponent(openModel),
  anyComponent(openModelRenameForm),
  anyComponent(submitModelRenameForm),
  anyComponent(askToDeleteModel),
  anyComponent(deleteModelConfirmed),
  anyComponent(olderHistory),
];

/** Every button, select and form there is, by route. */
export const COMPONENTS: ReadonlyMap<string, AnyComponent> = new Map(ALL.map((component) => [component.name, component]));
