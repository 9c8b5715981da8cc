import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { plimsoll, type Run, temporaryFolder } from '../helpers/cli.js'

describe('demo', () => {
  const out = join(temporaryFolder(), 'demo')
  let run: Run
  beforeAll(async () => {
    run = await plimsoll('demo', '--out', out, '--json')
  }, 600_000)

  test('finds the example venue solvent, in TypeScript and on a local chain', () => {
    expect(run.code, run.stderr).toBe(0)
    const summary = JSON.parse(run.stdout)
    expect(summary).toMatchObject({ verdict: 'solvent', keyKind: 'development', onchain: { verified: true } })
    expect(summary.proofs.map((p: { name: string }) => p.name)).toEqual([
      'batch 1',
      'batch 2',
      'batch 3',
      'batch 4',
      'solvency',
    ])
    for (const proof of summary.proofs) {
      expect(proof.constraints).toBeGreaterThan(1000)
      expect(proof.seconds).toBeGreaterThan(0)
    }
    const { gas } = summary.onchain as { gas: Record<string, number> }
    expect(gas['verify ledger-small']).toBeGreaterThan(150_000)
    const batch = gas['verifyBatch ledger-small, 4 proofs']!
    expect(batch).toBeGreaterThan(gas['verify ledger-small']!)
    expect(batch).toBeLessThan(4 * gas['verify ledger-small']!)
    expect(run.stderr).toContain('WARNING: development keys')
  })

  test('leaves an epoch that verifies with the pins beside it, and verifiers that name their keys', async () => {
    const verified = await plimsoll('verify', join(out, 'epoch'), '--pins', join(out, 'pins.json'), '--json')
    expect(verified.code, verified.stderr).toBe(0)
    const pins = JSON.parse(readFileSync(join(out, 'pins.json'), 'utf8'))
    const source = readFileSync(join(out, 'contracts/LedgerSmallVerifier.sol'), 'utf8')
    expect(source).toContain(pins.keys['ledger-small'].keyHash)
  })

  test('a shortened summary is a person’s table too', async () => {
    const text = await plimsoll('verify', join(out, 'epoch'))
    expect(text.stdout).toContain('4 proofs verify')
    expect(text.stdout).toContain('VALID')
  })
})
