import type { Connection } from 'mongoose';

/** What MongoDB refuses to store, as a filter on the whole document after the change. */
export type Obstacle = Readonly<Record<string, unknown>>;

/**
 * Lets the database itself refuse chosen writes, so that a run stands at the step that needs them and tries it again and again, as it
 * does while MongoDB is away; other runs go on. Nothing of the yard knows of it.
 */
export interface Obstacles {
  add(collection: string, obstacle: Obstacle): Promise<void>;
  /** All of them, or those of one collection. */
  clear(collection?: string): Promise<void>;
}

export function createObstacles(connection: Connection): Obstacles {
  const placed = new Map<string, Obstacle[]>();

  async function enforce(collection: string): Promise<void> {
    const obstacles = placed.get(collection) ?? [];
    await connection.db?.command({ collMod: collection, validator: obstacles.length === 0 ? {} : { $nor: obstacles } });
  }

  return {
    async add(collection, obstacle) {
      placed.set(collection, [...(placed.get(collection) ?? []), obstacle]);
      await enforce(collection);
    },
    async clear(only) {
      for (const collection of only === undefined ? [...placed.keys()] : [only]) {
        placed.delete(collection);
        await enforce(collection);
      }
    },
  };
}
