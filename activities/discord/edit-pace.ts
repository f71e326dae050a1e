/** When edits may go out: Discord bounds them by channel, and how much it allows it tells only by refusing. */
export interface EditPace {
  /** The earliest time for an edit in the channel. `isNews`: a change of state, for which part of the room is kept. */
  earliestAt(channelId: string, edit: { readonly isNews: boolean; readonly isOldMessage: boolean }, nowMs: number): number;
  edited(channelId: string, nowMs: number): void;
  /** Discord takes nothing more in this channel before `untilMs`. */
  heldBack(channelId: string, untilMs: number): void;
}

interface Budget {
  readonly windowMs: number;
  readonly news: number;
  readonly progress: number;
}

// About 5 in 5 s a channel, and 3 in 6 s for messages older than an hour: unofficial figures, so a little less of each.
const YOUNG: Budget = { windowMs: 5_200, news: 4, progress: 2 };
const OLD: Budget = { windowMs: 6_200, news: 3, progress: 2 };

export function createEditPace(): EditPace {
  const edits = new Map<string, number[]>();
  const held = new Map<string, number>();

  return {
    earliestAt(channelId, { isNews, isOldMessage }, nowMs) {
      const budget = isOldMessage ? OLD : YOUNG;
      const most = isNews ? budget.news : budget.progress;
      const recent = (edits.get(channelId) ?? []).filter((at) => at > nowMs - budget.windowMs);
      const oldestInTheWay = recent.at(-most);
      const freeAt = oldestInTheWay === undefined ? nowMs : oldestInTheWay + budget.windowMs;
      return Math.max(nowMs, freeAt, held.get(channelId) ?? 0);
    },
    edited(channelId, nowMs) {
      edits.set(channelId, [...(edits.get(channelId) ?? []).slice(-OLD.news - 1), nowMs]);
    },
    heldBack(channelId, untilMs) {
      held.set(channelId, Math.max(untilMs, held.get(channelId) ?? 0));
    },
  };
}
