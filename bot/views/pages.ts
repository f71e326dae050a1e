export interface Page<Item> {
  readonly page: number;
  readonly pages: number;
  readonly items: readonly Item[];
}

/** One page of a list; a page that is gone is the last one there is. Pages count from 0, and there is always one. */
export function pageOf<Item>(all: readonly Item[], wanted: number, size: number): Page<Item> {
  const pages = Math.max(1, Math.ceil(all.length / size));
  const page = Math.min(Math.max(0, wanted), pages - 1);
  return { page, pages, items: all.slice(page * size, (page + 1) * size) };
}
