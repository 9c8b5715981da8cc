import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { groth16 } from 'snarkjs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { bundleForBrowser, serving, startChromium } from '../../scripts/chromium.js'
import { writeMarginAccount, writeMarginTable } from '../../scripts/soundness/samples/margin-files.js'
import { ownerCommitment } from '../../src/hash/index.js'
import { parseMarginProof, verifyMargin } from '../../src/margin/index.js'
import {
  type Artifacts,
  calculateWitness,
  ensureArtifacts,
  type Prover,
  terminateProving,
} from '../../src/proving/index.js'
import { parseRiskTable } from '../../src/risk/index.js'
import { proveMargin } from '../../src/trader/browser.js'
import { parseInclusion } from '../../src/verify.js'
import { TEST_CACHE, temporaryFolder } from '../helpers/cli.js'

const folder = temporaryFolder()
const SECRET = 918_273_645n
const OWNER = { schema: 'plimsoll/owner/1', secret: `${SECRET}`, commitment: `${ownerCommitment(SECRET)}` }
const PURPOSE = {
  schema: 'plimsoll/margin-purpose/1',
  reader: { name: 'Example Desk', purpose: 'credit line 7' },
} as const

/** What the page runs: the public entries, and nothing else of ours. */
const PAGE = `
import { browserProver, openBrowserArtifacts, parseOwner, proveMargin } from '/prove.js'
import { parseInclusion, parseRiskTable } from '/verify.js'

const text = async (path) => (await fetch(path)).text()
const bytes = async (path) => new Uint8Array(await (await fetch(path)).arrayBuffer())
const codeOf = (made) => made.then(() => 'none', (error) => error.code ?? String(error))
const shown = ({ proof, publicSignals }) => ({ proof, publicSignals: publicSignals.map(String) })

globalThis.run = async (threads) => {
  const manifest = await text('/key.json')
  const read = []
  const artifacts = await openBrowserArtifacts(
    { manifest, provingKey: fetch('/proving.zkey'), witnessCode: bytes('/circuit.wasm') },
    (file, done) => read.push([file, done]),
  )
  let started = 0
  const prover = browserProver({
    threads,
    worker: () => (started++, new Worker('/prove-worker.js', { type: 'module' })),
  })
  const options = {
    inclusion: parseInclusion(await text('/inclusion.json'), 'inclusion.json'),
    ownerSecret: parseOwner(await text('/owner.json'), 'owner.json'),
    table: parseRiskTable(await text('/risk.json'), 'risk.json'),
    requirement: 'maintenance',
    times: '1.5',
    purpose: JSON.parse(await text('/for.json')),
    instance: 'margin-tiny',
    artifacts: async () => artifacts,
    prover,
  }
  const proof = await proveMargin(options)
  const forProving = started
  const wtns = await bytes('/witness.wtns')
  const wrong = wtns.slice()
  wrong[wrong.length - 1] ^= 1
  const fromWitness = prover.proveWitness({ ...artifacts, witnessCode: undefined }, wtns)
  const taken = wtns.length
  const found = {
    isolated: crossOriginIsolated,
    threads: prover.threads,
    workers: forProving,
    read: read.at(-1),
    proof,
    fromWitness: shown(await fromWitness),
    taken,
    codes: {
      short: await codeOf(proveMargin({ ...options, times: '900' })),
      noCode: await codeOf(proveMargin({ ...options, artifacts: async () => ({ ...artifacts, witnessCode: undefined }) })),
      noWitness: await codeOf(prover.proveWitness(artifacts, new Uint8Array(100))),
      otherWitness: await codeOf(prover.proveWitness(artifacts, wrong)),
      cutKey: await codeOf(openBrowserArtifacts({ manifest, provingKey: (await bytes('/proving.zkey')).slice(1) })),
      noKey: await codeOf(openBrowserArtifacts({ manifest, provingKey: fetch('/nothing') })),
      otherCircuit: await codeOf(
        openBrowserArtifacts({
          manifest: manifest.replace(/("circuit.r1cs": ")../, '$100'),
          provingKey: fetch('/proving.zkey'),
        }),
      ),
      otherKey: await codeOf(
        openBrowserArtifacts({
          manifest: manifest.replace(/("keyHash": ")../, '$100'),
          provingKey: fetch('/proving.zkey'),
        }),
      ),
    },
  }
  const ending = prover.prove(artifacts, {})
  prover.end()
  found.codes.ended = await codeOf(ending)
  found.codes.noWorker = await codeOf(
    browserProver({ threads, worker: () => new Worker('/nothing.js', { type: 'module' }) }).prove(artifacts, {}),
  )
  return JSON.stringify(found)
}
`

let browser: Browser
let artifacts: Artifacts
let root: bigint
let files: Record<string, string | Uint8Array>

beforeAll(async () => {
  artifacts = await ensureArtifacts('margin-tiny', { cacheDir: TEST_CACHE })
  const account = writeMarginAccount(folder, 'alice', OWNER, [
    ['USDC', 148_213_915_577n],
    ['BTC', 51_735_190n],
    ['BTC-PERP', -101_928_374n],
  ])
  root = account.accountsRoot
  const [risk, inclusion] = [writeMarginTable(folder), account.inclusion].map((path) =>
    readFileSync(path, 'utf8'),
  )
  // The same account's witness, as another program would have calculated it.
  let witness = new Uint8Array()
  const onlyWitness: Prover = {
    name: 'none',
    async prove(made, inputs) {
      witness = Uint8Array.from(await calculateWitness(made, inputs))
      throw new Error('none')
    },
  }
  const given = { ownerSecret: SECRET, requirement: 'maintenance', times: '1.5', purpose: PURPOSE }
  await proveMargin({
    ...given,
    inclusion: parseInclusion(inclusion!, 'inclusion.json'),
    table: parseRiskTable(risk!, 'risk.json'),
    instance: 'margin-tiny',
    artifacts: async () => artifacts,
    prover: onlyWitness,
  }).catch(() => {})
  const own = (name: string) => new Uint8Array(readFileSync(join(artifacts.directory, name)))
  files = {
    ...(await bundleForBrowser('prove.ts', 'verify.ts', 'prove-worker.ts')),
    '/page.js': PAGE,
    '/': '<!doctype html><title>page</title><script type="module" src="/page.js"></script>',
    '/key.json': own('key.json'),
    '/proving.zkey': own('proving.zkey'),
    '/circuit.wasm': own('circuit.wasm'),
    '/witness.wtns': witness,
    '/inclusion.json': inclusion!,
    '/risk.json': risk!,
    '/owner.json': JSON.stringify(OWNER),
    '/for.json': JSON.stringify(PURPOSE),
  }
  browser = await startChromium()
})
afterAll(async () => {
  await browser?.close()
  await terminateProving()
})

interface Found {
  isolated: boolean
  threads: number
  workers: number
  read: [string, number]
  proof: { proof: { proof: { a: string[]; b: string[][]; c: string[] }; signals: Record<string, string> } }
  fromWitness: { proof: { a: string[]; b: string[][]; c: string[] }; publicSignals: string[] }
  taken: number
  codes: Record<string, string>
}

async function inChromium(isolated: boolean, threads: number): Promise<Found> {
  return serving(files, isolated, async (address) => {
    const page = await browser.newPage()
    const faults: string[] = []
    page.on('pageerror', (error) => faults.push(String(error)))
    await page.goto(address, { waitUntil: 'load' })
    const found = JSON.parse(await page.evaluate(`run(${threads})`)) as Found
    await page.close()
    expect(faults).toEqual([])
    return found
  })
}

describe('margin is proven in a browser by the public entries alone (proof.23)', () => {
  test.each([
    ['with cross-origin isolation: two threads share memory', true, 2, 3],
    ['without: one worker does it all', false, 1, 1],
  ])('%s', async (_, isolated, threads, workers) => {
    const found = await inChromium(isolated, 2)
    expect(found).toMatchObject({ isolated, threads, workers, taken: 0 })
    const table = parseRiskTable(files['/risk.json'] as string, 'risk.json')
    const { keyHash, keyKind, circuitHash, verificationKey } = artifacts
    const report = await verifyMargin(parseMarginProof(JSON.stringify(found.proof), 'proof.json'), {
      pins: { 'margin-tiny': { keyHash, keyKind, circuitHash } },
      accountsRoot: root,
      table,
      requirement: 'maintenance',
      times: '1.5',
      purpose: PURPOSE,
    })
    expect(report.checks.filter(({ valid }) => !valid)).toEqual([])
    expect(report.valid).toBe(true)

    const { alpha, beta, gamma, delta, ic } = verificationKey
    const one = ['1', '0']
    const key = {
      protocol: 'groth16',
      curve: 'bn128',
      nPublic: ic.length - 1,
      vk_alpha_1: [...alpha, '1'],
      vk_beta_2: [...beta, one],
      vk_gamma_2: [...gamma, one],
      vk_delta_2: [...delta, one],
      IC: ic.map((point) => [...point, '1']),
    }
    const { proof: inner } = found.proof
    for (const { proof, publicSignals } of [
      { proof: inner.proof, publicSignals: artifacts.instance.public.map((name) => inner.signals[name]!) },
      found.fromWitness,
    ]) {
      const { a, b, c } = proof
      const other = {
        protocol: 'groth16',
        curve: 'bn128',
        pi_a: [...a, '1'],
        pi_b: [...b, one],
        pi_c: [...c, '1'],
      }
      expect(await groth16.verify(key, publicSignals, other as never)).toBe(true)
    }
    expect(found.fromWitness.publicSignals).toEqual(Object.values(inner.signals))
    expect(found.read).toEqual(['circuit.wasm', (files['/circuit.wasm'] as Uint8Array).length])
    expect(found.codes).toEqual({
      short: 'MARGIN_SHORT',
      noCode: 'WITNESS_CODE',
      noWitness: 'WITNESS_FORMAT',
      otherWitness: 'KEY_MISMATCH',
      cutKey: 'ARTIFACT_BROKEN',
      noKey: 'ARTIFACT_FETCH',
      otherCircuit: 'CIRCUIT_FOREIGN',
      otherKey: 'ARTIFACT_BROKEN',
      ended: 'PROVER_FAILED',
      noWorker: 'PROVER_FAILED',
    })
  })
})
