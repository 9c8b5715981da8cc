import type { Engine } from './engine.js'
import { type Chunk, takePoints } from './points.js'
import type { SumName } from './proving-key.js'
import { addRows, makeQuotient, makeTable, multiplyRows, shiftRows } from './quotient.js'
import { addOffset } from './scalars.js'
import { finishSum, sumWindow } from './sums.js'

/** What a thread is asked to do, all of it in the shared memory. */
export type Task =
  /** The table that depends on the domain alone. */
  | { kind: 'table' }
  /** The scalars, from the witness. */
  | { kind: 'scalars' }
  /** Coefficients, which have been read, to the rows of A and B. */
  | { kind: 'rows'; count: number }
  | { kind: 'products' }
  | { kind: 'shift'; rows: 'a' | 'b' | 'c' }
  | { kind: 'quotient' }
  /** Points, which have been read to their slot, to the kernel's. */
  | { kind: 'points'; chunk: Chunk; count: number }
  | { kind: 'window'; chunk: Chunk; live: number; window: number; result: number }
  | { kind: 'finish'; sum: SumName; results: number; chunks: number }

/** What a task answers: whether coefficients fit, how many points there are, a sum's coordinates. */
export interface Answers {
  table: undefined
  scalars: undefined
  rows: boolean
  products: undefined
  shift: undefined
  quotient: undefined
  points: number
  window: undefined
  finish: bigint[] | undefined
}
export type Answer = Answers[Task['kind']]

export function perform(engine: Engine, task: Task): Answer {
  switch (task.kind) {
    case 'table':
      return void makeTable(engine)
    case 'scalars': {
      const { plan, bytes, words } = engine
      const { a } = plan.sums
      bytes.copyWithin(a.scalars, plan.witness, plan.witness + 32 * plan.wires)
      return void addOffset(words, a.scalars, plan.wires, a.bits)
    }
    case 'rows':
      return addRows(engine, task.count)
    case 'products':
      return void multiplyRows(engine)
    case 'shift':
      return void shiftRows(engine, engine.plan[task.rows])
    case 'quotient':
      return void makeQuotient(engine)
    case 'points':
      return takePoints(engine, task.chunk, task.count)
    case 'window':
      return void sumWindow(engine, task.chunk, task.live, task.window, task.result)
    case 'finish':
      return finishSum(engine, task.sum, task.results, task.chunks)
  }
}
