import { obtainProgram } from '../servers/obtain-program.js';
import type { ProgramKind } from '../servers/program-kind.js';
import type { FoundProgram, SourceContext } from '../servers/sources.js';
import { chromiumSources } from './chromium-sources.js';

const LEAST_MAJOR = 120;

/** The browser of the try-it page's and the operator's desk's tests; the oldest is what Debian's oldest supported release has. */
export const CHROMIUM: ProgramKind = {
  name: 'Chromium',
  pathVariable: 'CHROME_PATH',
  program: 'chromium',
  cachePaths: [],
  needs: `Chromium or Chrome ${LEAST_MAJOR} or newer`,
  acceptedVersion: (output) => {
    const version = /\b(?:Chromium|Google Chrome|Google Chrome for Testing) (\d+(?:\.\d+)+)/.exec(output)?.[1];
    return version !== undefined && Number(version.split('.')[0]) >= LEAST_MAJOR ? version : undefined;
  },
};

/**
 * Finds a Chromium or brings one; the tests that need a browser fail without it.
 *
 * @throws ProgramUnavailable
 */
export function obtainChromium(context: SourceContext): Promise<FoundProgram> {
  return obtainProgram(CHROMIUM, chromiumSources(CHROMIUM), context);
}
