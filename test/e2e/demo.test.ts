import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { formatUnits, parseUnits } from 'viem'
import { beforeAll, describe, expect, test } from 'vitest'
import { plimsoll, plimsollIn, type Run, TEST_CACHE, temporaryFolder } from '../helpers/cli.js'
import { EXAMPLES } from '../helpers/commands.js'
import { says } from '../helpers/says.js'

describe('demo (cli.11)', () => {
  const folder = temporaryFolder()
  const out = join(folder, 'demo')
  const [example, next] = EXAMPLES.filter(({ shownBy }) => shownBy === 'demo')
  const proofNames = ['ledger 1', 'ledger 2', 'ledger 3', 'solvency', 'margin 1', 'margin 2', 'liquidation 1']
  let run: Run
  let summary: ReturnType<typeof JSON.parse>
  beforeAll(async () => {
    run = await plimsollIn(folder, ...example!.words.slice(1), '--json')
    expect(run.code, run.stderr).toBe(0)
    summary = JSON.parse(run.stdout)
  })

  test('finds the example venue solvent in every scenario, in TypeScript and on a local chain (proof.1)', () => {
    expect(summary).toMatchObject({ verdict: 'solvent', keyKind: 'development', onchain: { valid: true } })
    expect(summary.scenarios).toEqual([
      '2020-03-12-covid',
      '2025-10-10-liquidations',
      'upside-extremes',
      'usdt-to-half',
    ])
    expect(summary.proofs.map((p: { name: string }) => p.name)).toEqual(proofNames)
    for (const proof of summary.proofs) {
      expect(proof.constraints).toBeGreaterThan(1000)
      expect(proof.seconds).toBeGreaterThan(0)
    }
    const { gas } = summary.onchain as { gas: Record<string, number> }
    expect(gas['verify ledger-4-16-s4']).toBeGreaterThan(150_000)
    const batch = gas['verifyBatch ledger-4-16-s4, 2 proofs']!
    expect(batch).toBeGreaterThan(gas['verify ledger-4-16-s4']!)
    expect(batch).toBeLessThan(2 * gas['verify ledger-4-16-s4']!)
    const instances = summary.proofs.map(({ instance }: { instance: string }) => instance)
    expect(instances.slice(0, 4), 'plain and stressed batches in one chain').toEqual([
      ...['ledger-4-16', 'ledger-4-16-s4', 'ledger-4-16-s4', 'solvency-16-s4'],
    ])
    expect(run.stderr).toContain('WARNING: development keys')
  })

  test('a trader proves maintenance and 1.5 times it to a gate; one who is short is told by how much, and gets no proof (margin.13)', () => {
    const { proven, short } = summary.margin
    expect(proven.map((p: { times: string }) => p.times)).toEqual(['1', '1.5'])
    expect(proven.every((p: { recorded: boolean }) => p.recorded)).toBe(true)
    expect(proven[0].handle).toBe(proven[1].handle)
    // 25 ether short at 3,312.75: the larger extreme, a doubling at a fifth, less 9,100 of equity.
    expect(short).toEqual({
      required: expect.stringMatching(/^16563\.75/),
      equity: '9100',
      missing: expect.stringMatching(/^7463\.75/),
      quote: 'USD',
    })
  })

  test('the trader who is short is liquidated in part, in the epoch and at a gate; the other, more than restores, and the leaf again get no proof (liquidation.10, liquidation.12, liquidation.15)', () => {
    const { refused, shown, instance } = summary.liquidation
    expect(refused.map(({ why }: { why: string }) => why)).toEqual([
      'the account was not below the trigger',
      'more is closed than restores the target',
      'this leaf has the proof of a liquidation already',
    ])
    expect(shown[0]).toContain('Proven of one account')
    expect(instance).toBe('liquidation-4')
    // A gate on the local chain has the same proof on record, and refused it a second time.
    expect(summary.liquidation.gas).toBeGreaterThan(300_000)
  })

  test('takes the epoch to a registry; a tripped breaker and time suspend venue and margin by themselves (gate.17)', () => {
    const { contracts, gas, moments } = summary.chain
    expect(new Set(Object.values(contracts)).size).toBe(4)
    expect(
      moments.map(({ status, margin }: { status: string; margin?: object }) => [status, margin]),
    ).toEqual([
      ['never', undefined],
      ['solvent', undefined],
      ['solvent', { until: expect.any(Number) }],
      ['suspended', { why: 'roots-withdrawn' }],
      ['solvent', { until: expect.any(Number) }],
      ['stale', { why: 'roots-over' }],
    ])
    expect(moments.at(-1).hours).toBe(24)
    expect(gas['SolvencyRegistry finalize']).toBeGreaterThan(300_000)
    expect(gas['SolvencyRegistry submitBatches, 2 of ledger-4-16-s4']).toBeGreaterThan(250_000)
  })

  test('shows one instrument by an address whose key signed and whose balance is proven, checked without a network (reserves.1)', async () => {
    expect(summary.evidence).toMatchObject({
      ...{ instrument: 'ETH', proven: '10000', enough: true, verdict: 'shown' },
      block: { chain: 'eip155:31337', height: 1 },
    })
    const again = await plimsoll('reserves', 'check', join(out, 'evidence'), '--epoch', join(out, 'epoch'))
    expect([again.code, again.stdout]).toEqual([0, expect.stringContaining("ON THE VENUE'S WORD")])
  })

  test('the same venue with a thin insurance fund fails one scenario, by name and amount, and gets no proof (solvency.12)', () => {
    const { scenarios, thin } = summary.stress
    for (const { owed, held } of scenarios) expect(Number(held)).toBeGreaterThan(Number(owed))
    expect(thin).toEqual([
      { scenario: '2020-03-12-covid', missing: expect.stringMatching(/^635876\./), quote: 'USD' },
    ])
  })

  test('what its help shows after it verifies what it left', async () => {
    expect(next!.calls).toBe('verify')
    const { code, stdout } = await plimsollIn(folder, ...next!.words.slice(1))
    expect(code).toBe(0)
    expect(stdout.trimEnd().endsWith('\nVALID')).toBe(true)
  })

  test('leaves an epoch and margin proofs that verify with the pins beside them, and contracts that name their keys', async () => {
    const pinned = ['--pins', join(out, 'pins.json'), '--json']
    const verified = await plimsoll('verify', join(out, 'epoch'), ...pinned)
    expect(verified.code, verified.stderr).toBe(0)
    const margin = await plimsoll(
      ...['margin', 'verify', join(out, 'margin-1.5.json'), '--epoch', join(out, 'epoch')],
      ...['--requirement', 'maintenance', '--times', '1.5', ...pinned],
    )
    expect(margin.code, margin.stdout).toBe(0)
    const pins = JSON.parse(readFileSync(join(out, 'pins.json'), 'utf8'))
    const source = readFileSync(join(out, 'contracts/Ledger416S4Verifier.sol'), 'utf8')
    expect(source).toContain(pins.keys['ledger-4-16-s4'].keyHash)
    expect(readFileSync(join(out, 'contracts/MarginGate.sol'), 'utf8')).toContain('contract MarginGate')
  })

  test('the library example proves and verifies on what the demo left', async () => {
    const env = { ...process.env, PLIMSOLL_CACHE: TEST_CACHE }
    const { stdout } = await promisify(execFile)(process.execPath, ['examples/margin/prove.mjs', out], {
      env,
    })
    expect(stdout).toContain(`meets 2 × maintenance; handle `)
  })

  test('the keeper of the examples sells the escrow of a loan that nobody proved again (example.13)', async () => {
    // As in a project that has the package: its name is that of the build.
    const env = {
      ...process.env,
      PLIMSOLL_CACHE: TEST_CACHE,
      TSX_TSCONFIG_PATH: 'examples/keeper/tsconfig.json',
    }
    const args = ['--import', 'tsx', 'examples/keeper/run.ts', out]
    const { stdout } = await promisify(execFile)(process.execPath, args, { env })
    const steps = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, string> & { step: string })
    const of = (step: string) => steps.filter((each) => each.step === step)
    // The keeper has nothing, and sees the record at the gate end.
    expect(of('price fell')).toEqual([{ step: 'price fell', price: '1750', keeperHas: '0' }])
    expect(of('looked').map(({ record, standing, did }) => [record, standing, did])).toEqual([
      ['holds', 'backed', undefined],
      ['roots-over', 'grace', undefined],
      ['roots-over', 'lapsed', 'lapse'],
      ['roots-over', 'selling', 'redo'],
    ])
    const asked = of('waiting').map((each) => Number(each.asked))
    expect(asked.length).toBeGreaterThan(5)
    expect(asked).toEqual([...asked].sort((a, b) => b - a))
    const taken = of('taken').map(({ step, ...figures }) =>
      Object.fromEntries(Object.entries(figures).map(([name, text]) => [name, parseUnits(text, 18)])),
    )
    expect(taken).toHaveLength(2)
    for (const { cost, reward, discount, recovered, repaid } of taken) {
      expect(cost).toBe(reward! + discount!)
      expect(cost! < recovered!).toBe(true)
      expect(repaid! + reward! + discount!).toBe(recovered!)
    }
    const sum = (name: string) => taken.reduce((total, figures) => total + figures[name]!, 0n)
    const [over] = of('over')
    // The reward is 10 and 1 % of the debt of 1,507.50, and no discount is above 45 %.
    expect(over!.rewardMost).toBe('25.075')
    expect(sum('reward') <= parseUnits(over!.rewardMost!, 18)).toBe(true)
    for (const { discount, recovered } of taken) expect(discount! * 100n <= recovered! * 45n).toBe(true)
    expect(formatUnits(sum('repaid'), 18)).toBe(of('borrowed')[0]!.debt)
    // A fee of 7.5 for 1,500 of the 100,000 that there were.
    expect(over!.lenderHas).toBe('100007.5')
    expect(over!.traderGotBack).toBe(formatUnits(parseUnits('1', 18) - sum('taken'), 18))
    expect(over!.keeperEarned).toBe(formatUnits(sum('reward') + sum('profit'), 18))
    expect(over!.auctionHolds).toBe('0')
  })

  test('nothing public says what the traders hold (privacy.1)', () => {
    const { secret } = JSON.parse(readFileSync(join(out, 'venue/owner-desk-1.json'), 'utf8'))
    const { salt } = JSON.parse(readFileSync(join(out, 'inclusion-desk-1.json'), 'utf8'))
    for (const name of ['margin-1.json', 'margin-1.5.json', 'epoch/manifest.json', 'epoch/solvency.json']) {
      const text = readFileSync(join(out, name), 'utf8')
      const marks = [secret, salt, 'desk-00000', '48250', '120000000']
      expect(marks.filter((mark) => says(text, mark))).toEqual([])
    }
  })

  test('a shortened summary is a person’s table too', async () => {
    const text = await plimsoll('verify', join(out, 'epoch'))
    expect(text.stdout).toContain('3 proofs verify')
    expect(text.stdout).toContain('VALID')
  })
})
