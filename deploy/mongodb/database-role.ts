import { POINTS_COLLECTION } from '../../models/points-store.js';

/** Every collection that the yard's processes change as they like. */
export const FREE_COLLECTIONS = [
  'blobs.chunks',
  'blobs.files',
  'collections',
  'datasets',
  'interactions',
  'loras',
  'nodes',
  'preferences',
  'quotes',
  'runs',
  'sightings',
  'troubles',
  'uploads.chunks',
  'uploads.files',
] as const;

export const ROLE = 'trainyardProcess';

interface Privilege {
  readonly resource: { readonly db: string; readonly collection: string };
  readonly actions: readonly string[];
}

/** Processes make their collections and indexes at start, and follow changes. */
const EVERYWHERE = ['createCollection', 'createIndex', 'listIndexes', 'collStats', 'find', 'changeStream', 'insert'] as const;

/**
 * What the yard's database user may do. Points are append-only by these privileges, not only by our code: no entry can be changed or removed.
 * Each collection is named, because a privilege on the whole database would hold for the entries too.
 */
export function rolePrivileges(db: string): Privilege[] {
  return [
    { resource: { db, collection: '' }, actions: ['listCollections'] },
    ...FREE_COLLECTIONS.map((collection) => ({ resource: { db, collection }, actions: [...EVERYWHERE, 'update', 'remove'] })),
    { resource: { db, collection: POINTS_COLLECTION }, actions: EVERYWHERE },
  ];
}
