import type { Texts } from '../texts/texts.js';
import { pickDatasetRoute, pickNewRoute, pickPageRoute } from './intake-routes.js';
import { ACCENT, button, framed, row, select, text, type View } from './layout.js';
import { pageOf } from './pages.js';
import { plain } from './safe.js';

export interface PickedFilesView {
  /** The interaction that knows the files. */
  readonly interactionId: string;
  readonly pictures: number;
  readonly captionFiles: number;
  readonly datasets: readonly { readonly datasetId: string; readonly name: string; readonly images: number; readonly captionsMissing: number }[];
  readonly page: number;
}

/** What a select takes. */
const PER_PAGE = 25;

/** Asks which dataset the files of a message go into. */
export function pickDatasetView(t: Texts, { interactionId, pictures, captionFiles, datasets, page: wanted }: PickedFilesView): View {
  const words = t.intake.message;
  const { page, pages, items } = pageOf(datasets, wanted, PER_PAGE);
  return framed(ACCENT.calm, [
    text(`**${words.choose(pictures, captionFiles)}**`, datasets.length === 0 ? words.none : null),
    items.length === 0
      ? null
      : row(
          select(
            pickDatasetRoute.format({ interactionId, page }),
            words.select,
            items.map(({ datasetId, name, images, captionsMissing }) => ({ label: plain(name), value: datasetId, description: words.contents(images, captionsMissing) })),
          ),
        ),
    row(
      page > 0 ? button(words.previous, pickPageRoute.format({ interactionId, page: page - 1 })) : null,
      page + 1 < pages ? button(words.next, pickPageRoute.format({ interactionId, page: page + 1 })) : null,
      button(words.newDataset, pickNewRoute.format({ interactionId }), datasets.length === 0 ? 'primary' : 'secondary'),
    ),
  ]);
}
