import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { proveInChaos, queuedLedger } from '../helpers/chaos.js'
import { plimsoll, temporaryFolder, until } from '../helpers/cli.js'
import { Postgres } from '../helpers/postgres.js'
import { SWEEPING } from '../helpers/sweep.js'

const [BATCHES, KILLS] = SWEEPING ? [200, 60] : [16, 6]
const SEED = 20_261_129
const pins = join(temporaryFolder(), 'pins.json')
let postgres: Postgres

beforeAll(async () => {
  const setup = await plimsoll('setup', 'ledger-tiny', 'solvency-tiny', '--pins', pins)
  expect(setup.code, setup.stderr).toBe(0)
  postgres = await Postgres.start()
})

/** Jobs in a queue, in any state or in one. */
function jobsIn(queue: string, state?: string): number {
  const condition = state === undefined ? '' : ` AND state = '${state}'`
  try {
    return Number(
      postgres.query(queue, `SELECT count(*) FROM plimsoll.job WHERE name = 'jobs-1'${condition}`),
    )
  } catch {
    // There is no queue yet.
    return 0
  }
}

test(`${BATCHES} batches are proven while workers, coordinator and queue are killed (jobs.4)`, async () => {
  const folder = temporaryFolder()
  const epoch = join(folder, 'epoch')
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
  expect(jobsIn(postgres.url('chaos')), 'nothing is left in the queue').toBe(0)
  expect(readdirSync(join(folder, 'cache')), 'control: a worker copied its artifacts').toHaveLength(1)

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

test('a coordinator whose disk is full says so, and what was proven meanwhile waits for it in the queue (jobs.7)', async () => {
  const [folder, batches] = [temporaryFolder(), 4]
  const proofs = join(folder, 'epoch', 'ledger', '0000')
  const ledger = await queuedLedger(folder, postgres, { name: 'disk', batches, lease: 60 })
  const full = ledger.prove()
  await until(() => jobsIn(ledger.queue) === batches)
  // From now on the system refuses what is longer, as it refuses everything on a full disk: a proof is.
  execFileSync('prlimit', ['--pid', `${full.child.pid}`, '--fsize=600:600'])
  const worker = ledger.work()
  const { code, stdout } = await full.ended
  expect(code, stdout).toBe(2)
  expect(JSON.parse(stdout).error).toMatchObject({
    code: 'FILE_ACCESS',
    message: expect.stringMatching(/EFBIG/),
  })
  expect(readdirSync(proofs), 'no part of a proof is left').toEqual([])
  expect(existsSync(join(folder, 'epoch', 'manifest.json'))).toBe(false)

  await until(() => jobsIn(ledger.queue, 'completed') === batches)
  worker.kill('SIGKILL')
  const again = await ledger.prove().ended
  expect(again.code, again.stdout).toBe(0)
  expect(JSON.parse(again.stdout)).toMatchObject({ batches, kept: 0 })
  expect(readdirSync(proofs)).toHaveLength(batches)
  expect(jobsIn(ledger.queue)).toBe(0)
})
