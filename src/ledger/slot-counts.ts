/** Counts accounts by their number of slots. */
export class SlotCounts {
  private readonly counts = new Map<number, number>()

  add(slots: number): void {
    this.counts.set(slots, (this.counts.get(slots) ?? 0) + 1)
  }

  /** Fewest slots first. */
  sorted(): Map<number, number> {
    return new Map([...this.counts].sort(([a], [b]) => a - b))
  }
}
