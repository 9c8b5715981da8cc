import { describe, expect, test } from 'vitest'
import { MARGIN_TABLE } from '../../../scripts/soundness/samples/margin-files.js'
import { purposeContext, solvencyPurpose } from '../../../src/bundle/context.js'
import { fileKind } from '../../../src/bundle/file-kind.js'
import { bytesSource } from '../../../src/bundle/index.js'
import { policyHash, readPublishedTable, riskTableHash } from '../../../src/bundle/published.js'
import { PlimsollError } from '../../../src/errors/index.js'
import { formatRiskTable, parseRiskTable, riskDigests } from '../../../src/risk/index.js'
import { FULL_RESERVES, formatPolicy, type PolicyFile, policySchema } from '../../../src/statements/index.js'
import { changedLeaves } from '../../helpers/leaves.js'

const NONE = '0'.repeat(64)
const EPOCH = { venue: 'Tiny Venue', epoch: '2026-01', target: null }
/** What a solvency proof is bound to, beside this table and this policy. */
const contextOf = (riskTable: string, policy: string) =>
  purposeContext(solvencyPurpose({ ...EPOCH, riskTable }, policy))
const POLICY: PolicyFile = {
  ...FULL_RESERVES,
  instruments: { BTC: { minimumRatio: '1.02' }, USDC: { loanFactor: '0.5' } },
  waterfall: { order: ['insurance', 'capital'], caps: { capital: '5' }, cover: 3 },
}

describe('what a proof of solvency is bound to (epoch.12, solvency.8)', () => {
  test('another value anywhere in the risk table is refused or gives another context and another root', () => {
    const text = formatRiskTable(MARGIN_TABLE)
    const [context, root] = [contextOf(riskTableHash(MARGIN_TABLE), NONE), riskDigests(MARGIN_TABLE).riskRoot]
    let tried = 0
    let rootStays = 0
    for (const { path, value } of changedLeaves(JSON.parse(text))) {
      try {
        const table = parseRiskTable(JSON.stringify(value), 'risk.json')
        expect(contextOf(riskTableHash(table), NONE), path).not.toBe(context)
        if (riskDigests(table).riskRoot === root) rootStays++
      } catch (error) {
        expect(error, path).toBeInstanceOf(PlimsollError)
      }
      tried++
    }
    expect(tried).toBeGreaterThan(150)
    expect(rootStays, 'the root tells it, too').toBe(0)
  })

  test('another value anywhere in the policy is refused or gives another context', () => {
    const context = contextOf(NONE, policyHash(POLICY))
    let tried = 0
    for (const { path, value } of changedLeaves(JSON.parse(formatPolicy(POLICY)))) {
      const policy = policySchema.safeParse(value)
      if (policy.success) expect(contextOf(NONE, policyHash(policy.data)), path).not.toBe(context)
      tried++
    }
    expect(tried).toBeGreaterThan(20)
  })

  test('venue, epoch, target and the epoch before each give another context', () => {
    const purposes = [
      EPOCH,
      { ...EPOCH, venue: 'Other Venue' },
      { ...EPOCH, epoch: '2026-02' },
      { ...EPOCH, previous: '1'.repeat(64) },
      { ...EPOCH, previous: '2'.repeat(64) },
      { ...EPOCH, target: { chainId: '1', contract: `0x${'11'.repeat(20)}` } },
    ]
    const contexts = purposes.map((epoch) =>
      purposeContext(solvencyPurpose({ ...epoch, riskTable: NONE }, NONE)),
    )
    expect(new Set(contexts).size).toBe(purposes.length)
  })
})

describe('a risk table that is published (epoch.12)', () => {
  test('is the text that any tool hashes to the same SHA-256, and is refused in another spelling', async () => {
    const text = formatRiskTable(MARGIN_TABLE)
    const read = (file: string) => readPublishedTable(bytesSource({ 'risk.json': file }), 'risk.json')
    const { value, sha256 } = await read(text)
    expect(sha256).toBe(riskTableHash(MARGIN_TABLE))
    expect(formatRiskTable(value)).toBe(text)
    for (const other of [`${text}\n`, `\ufeff${text}`, text.replace('"97000"', '"97000.0"')]) {
      expect(other).not.toBe(text)
      await expect(read(other)).rejects.toMatchObject({ code: 'FILE_CANONICAL', exitCode: 2 })
    }
  })
})

test('a file is taken for what it says that it is, and anything else for nothing (cli.5)', () => {
  expect(fileKind('{"schema": "plimsoll/margin-proof/3"}')).toBe('margin-proof')
  for (const text of [
    '',
    '{',
    '[]',
    'null',
    '{"schema": 1}',
    '{"schema": "other/proof/1"}',
    '{"__proto__": 1}',
  ]) {
    expect(fileKind(text), text).toBeUndefined()
  }
})
