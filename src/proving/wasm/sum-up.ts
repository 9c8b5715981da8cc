import { formatError } from '../format-error.js'
import { COEFFICIENTS_AT_ONCE, type Plan, RESULT_BYTES, rawPointsAt, type Slot, slotBytes } from './plan.js'
import { POINT_BYTES, type ProvingKey, readPoints, type SumName } from './proving-key.js'
import { COEFFICIENT_BYTES } from './quotient-code.js'
import { windowsOf } from './scalars.js'
import type { Answers, Task } from './tasks.js'

/** Has a task done, urgent ones before others, as many at once as there are threads. */
export type TaskRunner = <T extends Task>(task: T, urgent?: boolean) => Promise<Answers[T['kind']]>

/** Affine coordinates of a proof's sums; of one that is infinite there are none. */
export type Sums = Record<SumName, bigint[] | undefined>

/** The sums of a proof, of a witness that is in memory. The key is read once, piece by piece. */
export async function sumUp(key: ProvingKey, plan: Plan, memory: Uint8Array, run: TaskRunner): Promise<Sums> {
  const slots = new Slots(plan.slots)
  let results = plan.results
  const resultsOf = (windows: number) => {
    const at = results
    results += RESULT_BYTES * windows
    return at
  }

  async function sum(name: SumName): Promise<bigint[] | undefined> {
    const sum = plan.sums[name]
    const windows = windowsOf(sum.bits)
    const chunks = sum.count === 0 ? 0 : Math.ceil(sum.count / sum.chunk)
    const at = resultsOf(chunks * windows)
    const bytes = POINT_BYTES[sum.group]
    const chunkOf = async (index: number, slot: Slot) => {
      const first = index * sum.chunk
      const count = Math.min(sum.chunk, sum.count - first)
      const raw = rawPointsAt(slot, sum)
      await readPoints(key, name, first, memory.subarray(raw, raw + bytes * count))
      const chunk = { sum: name, slot, first }
      const live = await run({ kind: 'points', chunk, count }, true)
      await Promise.all(
        Array.from({ length: windows }, (_, window) => {
          const result = at + RESULT_BYTES * (index * windows + window)
          return run({ kind: 'window', chunk, live, window, result })
        }),
      )
    }
    await Promise.all(
      Array.from({ length: chunks }, (_, index) => slots.use(slotBytes(sum), (slot) => chunkOf(index, slot))),
    )
    return run({ kind: 'finish', sum: name, results: at, chunks }, true)
  }

  await run({ kind: 'scalars' })
  const quotient = quotientOf(key, plan, memory, run)
  const [b, a, c] = await Promise.all([sum('b'), sum('a'), quotient.then(() => sum('c'))])
  return { a, b, c }
}

/** Makes the scalars of the sum of C, for which the other sums do not wait. */
async function quotientOf(key: ProvingKey, plan: Plan, memory: Uint8Array, run: TaskRunner): Promise<void> {
  await Promise.all([run({ kind: 'table' }, true), rowsOf(key, plan, memory, run)])
  await Promise.all((['a', 'b', 'c'] as const).map((rows) => run({ kind: 'shift', rows }, true)))
  await run({ kind: 'quotient' }, true)
}

/** The rows of A, B and C, from the key's coefficients. */
async function rowsOf(key: ProvingKey, plan: Plan, memory: Uint8Array, run: TaskRunner): Promise<void> {
  const { at, count } = key.coefficients
  for (let first = 0; first < count; first += COEFFICIENTS_AT_ONCE) {
    const some = Math.min(COEFFICIENTS_AT_ONCE, count - first)
    const end = plan.coefficients + COEFFICIENT_BYTES * some
    await key.source.read(at + COEFFICIENT_BYTES * first, memory.subarray(plan.coefficients, end))
    if (!(await run({ kind: 'rows', count: some }, true))) throw formatError(key.source.where)
  }
  await run({ kind: 'products' }, true)
}

/** Memory for chunks, the smallest places first: who needs one waits for a place that is large enough. */
class Slots {
  private readonly waiting: { bytes: number; take(slot: Slot): void }[] = []
  private readonly free: Slot[] = []

  constructor(slots: readonly Slot[]) {
    for (const slot of slots) this.give(slot)
  }

  async use(bytes: number, work: (slot: Slot) => Promise<void>): Promise<void> {
    const slot = await new Promise<Slot>((take) => {
      this.waiting.push({ bytes, take })
      this.hand()
    })
    await work(slot)
    this.give(slot)
  }

  private give(slot: Slot): void {
    this.free.push(slot)
    this.free.sort((a, b) => a.bytes - b.bytes)
    this.hand()
  }

  private hand(): void {
    for (const asked of [...this.waiting]) {
      const found = this.free.findIndex((slot) => slot.bytes >= asked.bytes)
      if (found < 0) continue
      this.waiting.splice(this.waiting.indexOf(asked), 1)
      asked.take(this.free.splice(found, 1)[0]!)
    }
  }
}
