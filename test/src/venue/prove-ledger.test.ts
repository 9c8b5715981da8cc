import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { simulatedKey } from '../../../scripts/simulated-proofs.js'
import { RISK } from '../../../scripts/soundness/samples/venue.js'
import { toField } from '../../../src/field/index.js'
import { verificationKeyHash } from '../../../src/groth16/index.js'
import { readLedger } from '../../../src/ledger/index.js'
import { type Artifacts, findInstance, type ProofPool } from '../../../src/proving/index.js'
import { parseRiskTable } from '../../../src/risk/index.js'
import { epochLayout, privateLayout } from '../../../src/venue/folders.js'
import { type BatchEvent, proveLedger } from '../../../src/venue/index.js'
import { temporaryFolder } from '../../helpers/cli.js'

const BATCHES = 3
const INSTANCE = findInstance('ledger-tiny')
let drawn = 0
const draw = () => toField(BigInt(`0x${createHash('sha256').update(`${drawn++}`).digest('hex')}`))
const { verificationKey, prove } = simulatedKey([draw(), draw(), draw()], draw)
const artifacts = {
  instance: INSTANCE,
  keyHash: verificationKeyHash(verificationKey),
  circuitHash: 'c'.repeat(64),
  keyKind: 'development',
  verificationKey,
} as unknown as Artifacts

/** Proofs that verify, by whoever knows the key's secret: no circuit is needed for these. */
const pool: ProofPool = {
  room: 1,
  prove: async ({ signals }) => ({
    proven: prove(INSTANCE.public.map((name) => signals[name]!)),
    use: { seconds: 1, cpuSeconds: 1, peakBytes: 1 },
    release: async () => {},
  }),
  finish: async () => {},
}

test('who has lost the lock of an epoch writes nothing more of it, and whoever goes on keeps what was written before (epoch.9, epoch.8)', async () => {
  const folder = temporaryFolder()
  const [epoch, own, accounts] = ['epoch', 'private', 'accounts.csv'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ]
  const table = parseRiskTable(JSON.stringify(RISK), 'risk.json')
  const rows = Array.from({ length: BATCHES * INSTANCE.params.ACCOUNTS! }, (_, i) => `user-${i},BTC,${i + 1}`)
  writeFileSync(accounts, `account_id,instrument,quantity\n${rows.join('\n')}\n`)
  const ledger = await readLedger(accounts, table)
  const at = epochLayout(epoch)
  const { lock } = privateLayout(own)
  const written = () => readdirSync(join(at.ledger, '0000'))
  const run = (onBatch: (event: BatchEvent) => void) =>
    proveLedger({
      ...{ folder: epoch, privateFolder: own, venue: 'Venue', epoch: '2026-01', table, ledger },
      ...{ instances: [INSTANCE.name], artifacts: async () => artifacts, prover: pool, onBatch },
    })
  try {
    const done: number[] = []
    const lost = run(({ index }) => {
      done.push(index)
      const record = JSON.parse(readFileSync(lock, 'utf8'))
      writeFileSync(lock, JSON.stringify({ ...record, token: '0'.repeat(32) }))
    })
    await expect(lost).rejects.toMatchObject({ code: 'LOCK_LOST' })
    expect(done).toEqual([0])
    expect(written()).toEqual(['0000000.json'])
    expect(existsSync(at.manifest)).toBe(false)
    const first = readFileSync(at.batch(0), 'utf8')

    rmSync(lock)
    const events: BatchEvent[] = []
    await run((event) => events.push(event))
    expect(events.map(({ index, kept, done: number }) => [index, kept, number])).toEqual([
      [0, true, 1],
      [1, false, 2],
      [2, false, 3],
    ])
    expect(written()).toHaveLength(BATCHES)
    expect(readFileSync(at.batch(0), 'utf8')).toBe(first)
  } finally {
    await ledger.close()
  }
})
