import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { proveInChaos } from '../helpers/chaos.js'
import { plimsoll, temporaryFolder } from '../helpers/cli.js'
import { Postgres } from '../helpers/postgres.js'
import { SWEEPING } from '../helpers/sweep.js'

const [BATCHES, KILLS] = SWEEPING ? [200, 60] : [24, 6]
const SEED = 20_261_129

test(`${BATCHES} batches are proven while workers, coordinator and queue are killed (jobs.4)`, async () => {
  const folder = temporaryFolder()
  const epoch = join(folder, 'epoch')
  const pins = join(folder, 'pins.json')
  const setup = await plimsoll('setup', 'ledger-tiny', 'solvency-tiny', '--pins', pins)
  expect(setup.code, setup.stderr).toBe(0)
  const postgres = await Postgres.start()
  const { last, kills, proven } = await proveInChaos(folder, postgres, {
    batches: BATCHES,
    kills: KILLS,
    seed: SEED,
  })
  expect(last.code, last.stdout + last.stderr).toBe(0)
  expect(kills, 'control: each was killed').toEqual({
    worker: KILLS / 3,
    coordinator: KILLS / 3,
    postgres: KILLS / 3,
  })
  expect(JSON.parse(last.stdout)).toMatchObject({ batches: BATCHES, accounts: BATCHES * 4 })

  // No batch is said to be proven twice: what a killed coordinator had written is kept.
  expect(new Set(proven).size).toBe(proven.length)
  const proofs = readdirSync(join(epoch, 'ledger', '0000')).map((name) =>
    readFileSync(join(epoch, 'ledger', '0000', name), 'utf8'),
  )
  expect(proofs.length).toBe(BATCHES)
  expect(new Set(proofs.map((text) => JSON.parse(text).signals.stateBefore)).size).toBe(BATCHES)
  const jobs = postgres.query(
    postgres.url('chaos'),
    "SELECT count(*) FROM plimsoll.job WHERE name = 'jobs-1'",
  )
  expect(jobs, 'nothing is left in the queue').toBe('0')

  const solvency = await plimsoll(
    'solvency',
    'prove',
    '--epoch',
    epoch,
    '--reserves',
    join(folder, 'reserves.json'),
  )
  expect(solvency.code, solvency.stderr).toBe(0)
  const verified = await plimsoll('verify', epoch, '--pins', pins, '--json')
  expect(verified.code, verified.stdout).toBe(0)
  expect(JSON.parse(verified.stdout)).toMatchObject({ valid: true, batches: BATCHES })
})
