import type { Artifacts, Prover } from '../../proving/index.js'
import { artifactSource } from '../artifacts.js'
import type { Ui } from '../terminal/ui.js'

export interface ProofRow {
  name: string
  instance: string
  constraints: number
  seconds: number
}

/** Artifacts and a prover that keep count of what was used and how long each proof took. */
export interface ProofLog {
  artifacts: (instance: string) => Promise<Artifacts>
  prover: Prover
  rows: ProofRow[]
  used: ReadonlyMap<string, Artifacts>
}

export function proofLog(ui: Ui, prover: Prover): ProofLog {
  const source = artifactSource(ui)
  const used = new Map<string, Artifacts>()
  const rows: ProofRow[] = []
  return {
    rows,
    used,
    async artifacts(name) {
      const found = await source(name)
      used.set(name, found)
      return found
    },
    prover: {
      name: prover.name,
      async prove(artifacts, inputs) {
        const { name: instance, statement } = artifacts.instance
        const number = rows.filter((row) => row.name.startsWith(`${statement} `)).length + 1
        const name = statement === 'solvency' ? 'solvency' : `${statement} ${number}`
        const before = performance.now()
        const proven = await ui.step(`proving ${name}`, () => prover.prove(artifacts, inputs))
        const { nonLinear, linear } = artifacts.constraints
        const seconds = Number(((performance.now() - before) / 1000).toFixed(2))
        rows.push({ name, instance, constraints: nonLinear + linear, seconds })
        return proven
      },
    },
  }
}
