import { join } from 'node:path'
import { ProofError } from '../../errors/index.js'
import { readReserves } from '../../inputs/index.js'
import { readStressRequest, type StressScenario } from '../../models/index.js'
import { FULL_RESERVES } from '../../statements/index.js'
import { proveSolvency, SolvencyShortError, type StressLine, stressReport } from '../../venue/index.js'
import type { Ui } from '../terminal/ui.js'
import type { ProofLog } from './proofs.js'

export interface StressDemo {
  scenarios: (StressLine & Pick<StressScenario, 'title' | 'moves' | 'fallback'> & { date?: string })[]
  /**
   * The same books with a thin insurance fund: where they fail, and by how much. There is no proof of them.
   */
  thin: { scenario: string; missing: string; quote: string }[]
}

/** The venue's view of its scenarios, and that the same venue with less insurance gets no proof. */
export async function demoStress(
  ui: Ui,
  parts: { venue: string; folder: string; privateFolder: string; log: ProofLog },
): Promise<StressDemo> {
  const { venue, folder, privateFolder, log } = parts
  const reserves = (file: string) => (table: Parameters<typeof readReserves>[1]) =>
    readReserves(join(venue, file), table)
  const lines = await stressReport({
    folder,
    privateFolder,
    reserves: reserves('reserves.json'),
    policy: FULL_RESERVES,
  })
  const request = await readStressRequest(join(venue, 'stress.json'))
  const assets = new Set(Object.values(request.instruments).map(({ asset }) => asset))
  const scenarios = lines.map((line) => {
    const { title, moves, fallback, date } = request.scenarios.find(
      (scenario): scenario is StressScenario => scenario.name === line.scenario && 'moves' in scenario,
    )!
    const own = Object.fromEntries(Object.entries(moves).filter(([asset]) => assets.has(asset)))
    return { ...line, title, moves: own, fallback, ...(date === undefined ? {} : { date }) }
  })
  const refusal = await ui.step('the same venue with a thin insurance fund gets no proof', () =>
    proveSolvency({
      folder,
      privateFolder,
      reserves: reserves('reserves-thin.json'),
      policy: FULL_RESERVES,
      artifacts: log.artifacts,
      prover: log.prover,
    }).then(
      () => undefined,
      (error: unknown) => error,
    ),
  )
  if (!(refusal instanceof SolvencyShortError)) {
    throw refusal ?? new ProofError('DEMO_INVALID', 'a venue that fails a scenario was proven solvent')
  }
  const thin = refusal.shortages.flatMap((shortage) => ('scenario' in shortage ? [shortage] : []))
  return { scenarios, thin }
}
