import fc from 'fast-check';
import { testSeed } from './config.js';

/** Every property of every suite draws from the seed of this run: a second look at a failed suite sees what the first one saw. */
const seed = testSeed();
if (seed !== null) fc.configureGlobal({ ...fc.readConfigureGlobal(), seed });
