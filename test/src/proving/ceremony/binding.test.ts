import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { freeze, recordCeremony } from '../../../../scripts/freeze.js'
import { type KeyPins, parsePins } from '../../../../src/bundle/index.js'
import { pinnedKind, verifierSource } from '../../../../src/chain/index.js'
import { FIELD_ORDER } from '../../../../src/field/index.js'
import { sha256File } from '../../../../src/files/index.js'
import { verificationKeyHash } from '../../../../src/groth16/index.js'
import { openBrowserArtifacts } from '../../../../src/proving/browser/artifacts.js'
import { signatureFault } from '../../../../src/proving/ceremony/attestation.js'
import { nameKey } from '../../../../src/proving/ceremony/names.js'
import type { CeremonyReport } from '../../../../src/proving/ceremony/verify.js'
import {
  type Artifacts,
  cachedKey,
  ensureArtifacts,
  finalizeCeremony,
  installCeremony,
  loadArtifacts,
  loadProduction,
  readTranscript,
  readVerificationKey,
  takeSnapshot,
  terminateProving,
  transcriptOf,
  writeDevelopmentKey,
} from '../../../../src/proving/index.js'
import { encodeInputs } from '../../../../src/proving/jobs/elements.js'
import { jobId } from '../../../../src/proving/jobs/job.js'
import { JobWorker } from '../../../../src/proving/jobs/job-worker.js'
import { makeWorkerKeys, sealJob } from '../../../../src/proving/jobs/seal.js'
import { ZKEY_SECTION } from '../../../../src/proving/zkey-section.js'
import { formatJson, sha256Text } from '../../../../src/schema/index.js'
import {
  copyOf,
  editSections,
  NAME,
  ROUND,
  resign,
  type Stage,
  stage,
  wholeCeremony,
} from '../../../helpers/ceremony.js'
import { TEST_CACHE } from '../../../helpers/cli.js'
import { PROVERS } from '../../../helpers/provers.js'
import { temporaryFolder } from '../../../helpers/proving-circuits.js'

let at: Stage
let whole: string
let valid: CeremonyReport
/** The text of its transcript. */
let text: string
let kept: Artifacts
let options: { circuitsDir: string; cacheDir: string }

type Json = Record<string, never>
const parsed = () => JSON.parse(text) as Record<string, Json> & { attestations: Json[] }
/** The transcript with something changed, as whoever changes it would write it. */
const changed = (change: (value: ReturnType<typeof parsed>) => void) => {
  const value = parsed()
  change(value)
  return formatJson(value)
}
/** Writes a file of the cache for the time of some work. */
async function withFile(path: string, content: string | Buffer, work: () => Promise<void>): Promise<void> {
  const before = readFileSync(path)
  writeFileSync(path, content)
  await work().finally(() => writeFileSync(path, before))
}
const inputs = () => {
  const factors = Array.from({ length: 32 }, (_, i) => [BigInt(i + 1), BigInt(i % 3)])
  const product = factors.reduce((all, [x]) => (all * x!) % FIELD_ORDER, 1n)
  const squares = factors.map(([x, y], i) => BigInt(i + 3) * (x! + 7n * y!) ** 2n)
  return { factors, product, sum: squares.reduce((all, square) => all + square, 5n) }
}

beforeAll(async () => {
  at = await stage(await temporaryFolder())
  whole = await wholeCeremony(at, 'ceremony')
  const snapshot = await takeSnapshot(NAME, { circuitsDir: at.circuitsDir })
  writeFileSync(join(at.circuitsDir, 'constraints.json'), JSON.stringify({ [NAME]: snapshot }))
  writeFileSync(join(at.circuitsDir, 'production.json'), '{}')
  await freeze([NAME], at)
  valid = await at.verify(whole)
  await finalizeCeremony(whole, valid)
  text = readFileSync(join(whole, 'transcript.json'), 'utf8')
  options = { circuitsDir: at.circuitsDir, cacheDir: join(at.directory, 'cache') }
  ;[kept] = (await installCeremony(whole, valid, options)) as [Artifacts]
})
afterAll(async () => {
  await terminateProving()
  rmSync(at.directory, { recursive: true })
})

describe('a transcript holds in itself (ceremony.12)', () => {
  test('as it was written, and gives the pins of the ceremony that was verified', async () => {
    const { pins, hash } = await readTranscript(text, 'transcript.json')
    expect(pins).toEqual(valid.pins)
    expect(hash).toBe(valid.transcriptHash)
    expect(await transcriptOf(kept)).toBe(text)
  })

  test.each<[what: string, change: (transcript: ReturnType<typeof parsed>) => void, said: string]>([
    ['V28: a contributor renamed', ({ attestations }) => rename(attestations[1]!, 'Mallory'), 'Mallory'],
    ['one contributor fewer', ({ attestations }) => attestations.pop(), 'at least 3'],
    ['V36: two contributors in another order', ({ attestations }) => attestations.reverse(), 'numbered 3'],
    [
      'V38: fewer contributions asked for',
      ({ ceremony }) => set(ceremony!, { minContributions: 2 }),
      'of another ceremony',
    ],
    [
      'another initial key',
      ({ ceremony }) => set(ceremony!.instances![NAME]!, { initialKey: '0'.repeat(64) }),
      'of another ceremony',
    ],
    ['a key of another instance', ({ keys }) => set(keys!, { other: keys![NAME] }), 'other instances'],
    [
      'V27: a round that was known',
      ({ closing }) => set(closing!, { closed: 1_700_000_000 }),
      'could be known',
    ],
    [
      'V27: a closing before the opening',
      ({ closing }) => set(closing!, { closed: 1_000 }),
      'before it was opened',
    ],
    ['V27: the beacon of another round', ({ beacon }) => set(beacon!, { round: 999 }), 'round 999'],
    [
      'another last turn',
      ({ closing }) => set(closing!, { heads: { [NAME]: '0'.repeat(64) } }),
      'another last turn',
    ],
  ])('but for %s', async (_, change, said) => {
    await expect(readTranscript(changed(change), 'transcript.json')).rejects.toMatchObject({
      code: 'TRANSCRIPT_UNSOUND',
      exitCode: 3,
      message: expect.stringContaining(said),
    })
  })

  test('V28: an attestation counts in one ceremony alone; the control is that its signature holds', async () => {
    const other = changed(({ ceremony }) => set(ceremony!, { name: 'another ceremony' }))
    await expect(readTranscript(other, 'transcript.json')).rejects.toMatchObject({
      message: expect.stringContaining('is of another ceremony'),
    })
    for (const attestation of JSON.parse(other).attestations) {
      expect(await signatureFault(attestation), 'the control').toBeUndefined()
    }
  })

  test('in one way of writing it, so that one ceremony has one hash', async () => {
    await expect(readTranscript(JSON.stringify(parsed()), 'x')).rejects.toMatchObject({
      code: 'TRANSCRIPT_UNSOUND',
    })
    await expect(readTranscript(text.replace('"beacon"', '"Beacon"'), 'x')).rejects.toMatchObject({
      code: 'JSON_SCHEMA',
    })
  })

  test('V38: one person under two names that read alike; the control is that both signatures hold', async () => {
    const folder = copyOf(whole)
    rmSync(join(folder, 'transcript.json'))
    const path = join(folder, 'attestations/0003.json')
    const asked = (folder: string) =>
      at.verify(folder).then(({ checks }) => checks.filter((check) => !check.valid).map(({ id }) => id))
    const carol = readFileSync(path, 'utf8')
    const failedAs = async (name: string) => {
      writeFileSync(path, carol)
      await resign(path, (attestation) => rename(attestation as never, name))
      return asked(folder)
    }
    expect(await failedAs('Dave'), 'the control').toEqual([])
    // The third begins with a Cyrillic letter.
    for (const name of ['ALICE', 'Álice', '\u0410lice', 'A. lice']) {
      expect(await failedAs(name), name).toEqual(['20-attestations', '21-transcript'])
    }
    expect(nameKey('Мария')).not.toBe(nameKey('Марина'))
  })
})

function rename(attestation: Json, name: string): void {
  set(attestation, { name })
}

function set(value: Json, change: object): void {
  Object.assign(value, change)
}

describe('artifacts are trusted by hash, never by their place (ceremony.13)', () => {
  const broken = { code: 'ARTIFACT_BROKEN', exitCode: 3 }
  const readers = [loadArtifacts, ensureArtifacts, cachedKey]

  test('V34: a manifest that says something else of its ceremony is refused, also where only pins are read', async () => {
    const path = join(kept.directory, 'key.json')
    const manifest = JSON.parse(readFileSync(path, 'utf8'))
    const ceremonies = [
      { contributors: ['Alice', 'Mallory', 'Carol'] },
      { contributors: ['Alice'] },
      { powers: '0'.repeat(128) },
      { beaconRound: 1 },
      { transcript: '0'.repeat(64) },
    ]
    for (const change of ceremonies) {
      const edited = { ...manifest, ceremony: { ...manifest.ceremony, ...change } }
      await withFile(path, JSON.stringify(edited), async () => {
        for (const read of readers) await expect(read(NAME, options)).rejects.toMatchObject(broken)
      })
    }
    for (const read of readers)
      expect(await read(NAME, options), 'the control').toMatchObject({ keyKind: 'ceremony' })
  })

  test('V33: the transcript of another ceremony, and one that somebody made up, are refused with their manifest', async () => {
    const [path, transcript] = ['key.json', 'transcript.json'].map((name) => join(kept.directory, name)) as [
      string,
      string,
    ]
    const manifest = JSON.parse(readFileSync(path, 'utf8'))
    const texts = [
      changed(({ ceremony }) => set(ceremony!, { name: 'another ceremony' })),
      changed(({ attestations }) => rename(attestations[0]!, 'Mallory')),
      changed(({ beacon }) => set(beacon!, { signature: ROUND.signature.replace(/^b/, 'a') })),
    ]
    for (const other of texts) {
      const ceremony = { ...manifest.ceremony, transcript: sha256Text(other) }
      await withFile(transcript, other, () =>
        withFile(path, JSON.stringify({ ...manifest, ceremony }), async () => {
          for (const read of readers) await expect(read(NAME, options)).rejects.toMatchObject(broken)
        }),
      )
    }
  })

  test('V34: a development key in the place of a ceremony’s, with a manifest that calls it one', async () => {
    const cacheDir = join(at.directory, 'renamed')
    const own = { ...options, cacheDir }
    cpSync(options.cacheDir, cacheDir, { recursive: true })
    const { directory } = (await loadArtifacts(NAME, own))!
    const zkey = join(directory, 'proving.zkey')
    rmSync(zkey)
    await writeDevelopmentKey(kept.r1cs, zkey)
    const verificationKey = await readVerificationKey(zkey)
    const path = join(directory, 'key.json')
    const manifest = JSON.parse(readFileSync(path, 'utf8'))
    const files = { ...manifest.files, 'proving.zkey': await sha256File(zkey) }
    const keyHash = verificationKeyHash(verificationKey)
    writeFileSync(path, JSON.stringify({ ...manifest, files, verificationKey, keyHash }))
    for (const read of readers) await expect(read(NAME, own)).rejects.toMatchObject(broken)
  })

  test('with pins only the pinned key is proven with: no other ceremony’s, no development key, none of another circuit, and no new one', async () => {
    const pins = valid.pins!
    const pin = pins[NAME]!
    await expect(ensureArtifacts(NAME, { ...options, pins })).resolves.toMatchObject({ keyHash: pin.keyHash })
    const { ceremony, ...development } = { ...pin, keyKind: 'development' as const }
    const others: KeyPins[] = [
      {},
      { other: pin },
      { [NAME]: { ...pin, keyHash: '0'.repeat(64) } },
      { [NAME]: { ...pin, circuitHash: '0'.repeat(64) } },
      { [NAME]: { ...pin, ceremony: { ...ceremony!, transcript: '0'.repeat(64) } } },
      { [NAME]: development },
    ]
    for (const pins of others) {
      await expect(ensureArtifacts(NAME, { ...options, pins })).rejects.toMatchObject({
        code: 'KEY_UNPINNED',
      })
    }
    const empty = { ...options, cacheDir: join(at.directory, 'empty') }
    await expect(ensureArtifacts(NAME, { ...empty, pins })).rejects.toMatchObject({ code: 'KEY_MISSING' })
  })

  test('V37: a proving key with sections of another is refused by whatever proves: this process, and the worker of a queue', async () => {
    const { product, sum } = inputs()
    const keys = await makeWorkerKeys()
    const header = {
      id: jobId('a proof', 0),
      run: 'a'.repeat(64),
      index: 0,
      instance: NAME,
      keyHash: kept.keyHash,
      circuitHash: kept.circuitHash,
      manifestHash: kept.manifestHash,
      domainSize: kept.domainSize,
    }
    const content = () => encodeInputs(kept, { inputs: inputs(), signals: { product, sum } })
    const answer = async () => {
      const worker = new JobWorker({ ...options, secretKey: keys.secretKey, prover: PROVERS[0]![1] })
      return worker.answer(await sealJob(keys.publicKey, header, content()))
    }
    expect(await answer(), 'the control').toHaveProperty('proof')
    const [zkey, manifest] = [kept.zkey, join(kept.directory, 'key.json')]
    const before = [zkey, manifest].map((path) => readFileSync(path))
    // The query of B in G1 at infinity: what it makes is not blinded there.
    editSections(zkey, (sections) => sections.get(ZKEY_SECTION.b1)!.fill(0))
    const file = JSON.parse(before[1]!.toString())
    writeFileSync(
      manifest,
      JSON.stringify({ ...file, files: { ...file.files, 'proving.zkey': await sha256File(zkey) } }),
    )
    await expect(loadArtifacts(NAME, options)).rejects.toMatchObject(broken)
    await expect(answer()).rejects.toMatchObject(broken)
    for (const [i, path] of [zkey, manifest].entries()) writeFileSync(path, before[i]!)
    expect(await answer(), 'the control').toHaveProperty('proof')
  })

  test('V37: in a browser, too, pins say which key, and their transcript which proving key', async () => {
    const own = await ensureArtifacts('ledger-tiny', { cacheDir: TEST_CACHE })
    const manifest = readFileSync(join(own.directory, 'key.json'), 'utf8')
    const dressed = formatJson({
      ...JSON.parse(manifest),
      keyKind: 'ceremony',
      ceremony: valid.pins![NAME]!.ceremony,
    })
    const provingKey = new Blob([readFileSync(own.zkey)])
    const opened = (more: object) => openBrowserArtifacts({ manifest: dressed, provingKey, ...more })
    expect((await opened({})).keyKind, 'whatever its manifest says').toBe('development')
    const { keyHash, circuitHash } = own
    const said = (provingKey: string) => JSON.stringify({ keys: { 'ledger-tiny': { provingKey, keyHash } } })
    const pinned = (transcript: string, change = {}) => ({
      pins: {
        'ledger-tiny': {
          ...{ keyHash, circuitHash, keyKind: 'ceremony' as const, ...change },
          ceremony: { ...valid.pins![NAME]!.ceremony!, transcript: sha256Text(transcript) },
        },
      },
    })
    const transcript = said(await sha256File(own.zkey))
    expect(await opened({ ...pinned(transcript), transcript })).toMatchObject({ keyKind: 'ceremony' })
    const other = said('0'.repeat(64))
    await expect(opened({ ...pinned(transcript) })).rejects.toMatchObject(broken)
    await expect(opened({ ...pinned(transcript), transcript: other })).rejects.toMatchObject(broken)
    await expect(opened({ ...pinned(other), transcript: other })).rejects.toMatchObject(broken)
    for (const change of [{ keyHash: '0'.repeat(64) }, { circuitHash: '0'.repeat(64) }]) {
      await expect(opened({ ...pinned(transcript, change), transcript })).rejects.toMatchObject({
        code: 'KEY_UNPINNED',
      })
    }
  })

  test('a folder that changed since it was verified gives no final key', async () => {
    const folder = copyOf(whole)
    cpSync(join(folder, NAME, '0003.turn'), join(folder, NAME, '0004.turn'))
    const changed = { code: 'CEREMONY_CHANGED', exitCode: 3 }
    await expect(finalizeCeremony(folder, valid)).rejects.toMatchObject(changed)
    await expect(installCeremony(folder, valid, options)).rejects.toMatchObject(changed)
    await expect(loadArtifacts(NAME, options)).resolves.toMatchObject({ keyHash: kept.keyHash })
  })

  test('V33: of a frozen instance, no other ceremony’s key counts than the recorded one', async () => {
    await recordCeremony(text, 'transcript.json', at)
    expect(loadProduction(at)[NAME]).toMatchObject({
      transcript: valid.transcriptHash,
      keyHash: valid.pins![NAME]!.keyHash,
    })
    await expect(loadArtifacts(NAME, options)).resolves.toMatchObject({ keyKind: 'ceremony' })
    const other = changed(({ ceremony }) => set(ceremony!, { name: 'another ceremony' }))
    await expect(recordCeremony(other, 'transcript.json', at)).rejects.toMatchObject({
      code: 'TRANSCRIPT_UNSOUND',
    })
    const path = join(at.circuitsDir, 'production.json')
    const production = loadProduction(at)
    // Nor another key that names the recorded one.
    for (const other of [{ transcript: '0'.repeat(64) }, { keyHash: '0'.repeat(64) }]) {
      writeFileSync(path, JSON.stringify({ [NAME]: { ...production[NAME], ...other } }))
      for (const read of readers) {
        await expect(read(NAME, options)).rejects.toMatchObject({ code: 'CEREMONY_UNPINNED', exitCode: 3 })
      }
    }
    writeFileSync(path, JSON.stringify({ [NAME]: { ...production[NAME], transcript: '0'.repeat(64) } }))
    await expect(recordCeremony(text, 'transcript.json', at)).rejects.toThrow('already')
    writeFileSync(path, JSON.stringify({ [NAME]: { ...production[NAME], r1cs: '0'.repeat(64) } }))
    await expect(recordCeremony(text, 'transcript.json', at)).rejects.toThrow('not the frozen one')
    writeFileSync(path, JSON.stringify(production))
  })
})

describe('a verifier contract is marked INSECURE unless pins and a transcript say otherwise (key.14)', () => {
  test('V34: whatever the key says of itself, and its pins without the transcript', async () => {
    const pins = valid.pins!
    for (const trust of [undefined, { pins }, { pins, transcripts: ['{}'] }]) {
      const source = await verifierSource(kept, trust)
      expect(source).toContain('// INSECURE')
      expect(source).toContain('keyKind = "development"')
      expect(await pinnedKind(kept, trust)).toBe('development')
    }
  })

  test('with both, its head names transcript, powers of tau, contributors and beacon', async () => {
    const trust = { pins: valid.pins!, transcripts: ['{}', text] }
    const source = await verifierSource(kept, trust)
    expect(source).not.toContain('INSECURE')
    expect(source).toContain('keyKind = "ceremony"')
    const head = source.slice(0, source.indexOf('pragma'))
    for (const said of [valid.transcriptHash!, at.trustPowers, `round ${ROUND.number}`])
      expect(head).toContain(said)
    for (const { name, signer } of valid.contributors) expect(head).toContain(`${name}, ${signer}`)
    expect(await pinnedKind(kept, trust)).toBe('ceremony')
  })

  test('V33: pins that were edited, of another key, or of a transcript that says something else, make none', async () => {
    const pin = valid.pins![NAME]!
    const made = (pins: KeyPins, transcript = text) =>
      verifierSource(kept, { pins, transcripts: [transcript] })
    const cases: [KeyPins, string][] = [
      [{}, 'KEY_UNPINNED'],
      [{ [NAME]: { ...pin, keyHash: '0'.repeat(64) } }, 'KEY_UNPINNED'],
      [{ [NAME]: { ...pin, circuitHash: '0'.repeat(64) } }, 'KEY_UNPINNED'],
      [
        { [NAME]: { ...pin, ceremony: { ...pin.ceremony!, contributors: ['Alice', 'Mallory', 'Carol'] } } },
        'TRANSCRIPT_OTHER',
      ],
      [{ [NAME]: { ...pin, ceremony: { ...pin.ceremony!, beaconRound: 1 } } }, 'TRANSCRIPT_OTHER'],
    ]
    for (const [pins, code] of cases) await expect(made(pins)).rejects.toMatchObject({ code, exitCode: 3 })
    const other = changed(({ attestations }) => rename(attestations[0]!, 'Mallory'))
    const ceremony = { ...pin.ceremony!, transcript: sha256Text(other) }
    await expect(made({ [NAME]: { ...pin, ceremony } }, other)).rejects.toMatchObject({
      code: 'TRANSCRIPT_UNSOUND',
    })
  })

  test('V33: a file of pins that says two things of one ceremony is refused', () => {
    const pin = valid.pins![NAME]!
    const file = (second: object) =>
      JSON.stringify({ schema: 'plimsoll/pins/2', keys: { [NAME]: pin, other: { ...pin, ...second } } })
    expect(
      Object.keys(parsePins(file({ keyHash: '0'.repeat(64) }), 'pins.json')),
      'the control',
    ).toHaveLength(2)
    for (const change of [
      { contributors: ['Alice', 'Bob'] },
      { powers: '0'.repeat(128) },
      { beaconRound: 1 },
    ]) {
      const text = file({ ceremony: { ...pin.ceremony, ...change } })
      expect(() => parsePins(text, 'pins.json')).toThrow(
        expect.objectContaining({ code: 'JSON_SCHEMA', where: expect.stringContaining('other') }),
      )
    }
  })
})
