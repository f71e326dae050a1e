import type { APIButtonComponent, APIComponentInMessageActionRow } from 'discord.js';
import type { Refusal } from '../../domain/refusals.js';
import type { Help } from '../texts/en/refusals.js';
import type { Texts } from '../texts/texts.js';
import { captionsRoute, fillCaptionsRoute } from './caption-routes.js';
import { uploadRoute, viewRoute } from './custom-ids.js';
import { ACCENT, button, framed, row, text, type View } from './layout.js';
import { showRunRoute } from './run-routes.js';
import { runsRoute } from './start-routes.js';

/** One sentence or a few, where nothing else is to be shown. */
export function saidView(...lines: readonly string[]): View {
  return framed(ACCENT.calm, [text(...lines)]);
}

/** What could not be done just now, and whether to try again. `buttons` keep what can be pressed again. */
export function troubleView(line: string, ...buttons: readonly APIComponentInMessageActionRow[]): View {
  return framed(ACCENT.waiting, [text(line), row(...buttons)]);
}

/** What a refusal leads on to, as far as it is known where it is told. The offers and forms are custom ids. */
export interface WaysOn {
  readonly datasetId?: string;
  readonly runId?: string;
  readonly newOffer?: string;
  readonly settingsForm?: string;
}

export function refusalView(t: Texts, refusal: Refusal, help: Help, ways: WaysOn = {}): View {
  const { what, hint, points } = t.refusal(refusal, help);
  return framed(ACCENT.waiting, [text(`**${what}**`, hint, points === null ? null : `-# ${points}`), row(...refusalButtons(t, refusal, ways))]);
}

/** What to do about a refusal in one press; none where nothing is known to press. */
function refusalButtons(t: Texts, refusal: Refusal, { datasetId, runId, newOffer, settingsForm }: WaysOn): APIButtonComponent[] {
  const { buttons } = t.start;
  const offer = newOffer === undefined ? [] : [button(buttons.newOffer, newOffer, 'primary')];
  const settings = (label: string): APIButtonComponent[] => (settingsForm === undefined ? [] : [button(label, settingsForm, 'primary')]);
  const ofDataset = (make: (id: string) => APIButtonComponent[]): APIButtonComponent[] => (datasetId === undefined ? [] : make(datasetId));
  const show = (id: string): APIButtonComponent[] => [button(buttons.showIt, showRunRoute.format({ runId: id }))];
  switch (refusal.code) {
    case 'quote-expired':
    case 'dataset-changed':
    case 'price-changed':
    case 'run-settled':
    case 'recipe-unknown':
      return offer;
    case 'settings-invalid':
      return settings(buttons.settings);
    case 'not-enough-points':
      return settings(buttons.fewerSteps);
    case 'image-count':
      return ofDataset((id) => [
        refusal.found < refusal.min ? button(buttons.upload, uploadRoute.format({ datasetId: id }), 'primary') : button(buttons.open, viewRoute.format({ datasetId: id }), 'primary'),
      ]);
    case 'captions-missing':
      return ofDataset((id) => [
        button(buttons.fillCaptions(refusal.fileNames.length), fillCaptionsRoute.format({ datasetId: id }), 'primary'),
        button(buttons.captions, captionsRoute.format({ datasetId: id, at: 0 })),
      ]);
    case 'images-unfit':
      return [...ofDataset((id) => [button(buttons.open, viewRoute.format({ datasetId: id }), 'primary')]), ...offer];
    case 'already-running':
    case 'dataset-busy':
      return show(refusal.runId);
    case 'too-many-runs':
      return [button(buttons.showThem, runsRoute.format({}))];
    case 'too-late':
      return runId === undefined ? [] : show(runId);
    default:
      return [];
  }
}
