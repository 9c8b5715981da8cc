import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { run } from '../run.js'
import { GENERATED } from './statements.js'

/** Makes the keys, proofs and verifiers that the tests of the contracts read. */
export async function makeFixtures(): Promise<void> {
  const { code, said } = await run(process.execPath, ['--import', 'tsx', 'scripts/make-contract-fixtures.ts'])
  if (code !== 0) throw new Error(`the fixtures were not made:\n${said}`)
}

/** The same, unless they are there. */
export async function needFixtures(): Promise<void> {
  if (!existsSync(join(GENERATED, 'fixtures.json'))) await makeFixtures()
}
