/** The last numbers of a stream: memory for all of them is taken once. */
export class Ring {
  readonly #numbers: Float64Array
  #next = 0
  #length = 0

  /** @param size how many are kept, at least one */
  constructor(size: number) {
    this.#numbers = new Float64Array(size)
  }

  get length(): number {
    return this.#length
  }

  get isFull(): boolean {
    return this.#length === this.#numbers.length
  }

  push(number: number): void {
    this.#numbers[this.#next] = number
    this.#next = (this.#next + 1) % this.#numbers.length
    if (!this.isFull) this.#length++
  }

  /** A copy, oldest first. */
  toArray(): number[] {
    const start = this.isFull ? this.#next : 0
    return Array.from({ length: this.#length }, (_, i) => this.#numbers[(start + i) % this.#numbers.length]!)
  }
}
