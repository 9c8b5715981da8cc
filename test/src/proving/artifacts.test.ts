import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  type Artifacts,
  cachedKey,
  ensureArtifacts,
  loadArtifacts,
  readVerificationKey,
  verificationKeyHash,
} from '../../../src/proving/index.js'
import { INSTANCE, temporaryFolder, writeCircuits } from './circuits.js'

describe('artifacts (key.1)', () => {
  let directory: string
  let options: { circuitsDir: string; cacheDir: string }
  let artifacts: Artifacts
  beforeAll(async () => {
    directory = await temporaryFolder()
    options = {
      circuitsDir: await writeCircuits(join(directory, 'circuits')),
      cacheDir: join(directory, 'cache'),
    }
    expect(await loadArtifacts('product-tiny', options)).toBeUndefined()
    // Two at once: one of them loses and takes what the other made.
    const both = await Promise.all([1, 2].map(() => ensureArtifacts('product-tiny', options)))
    artifacts = both[0]!
    expect(both[1]).toEqual(artifacts)
  })
  afterAll(() => rm(directory, { recursive: true }))

  it('F12: of two processes at once are one folder, and nothing is left beside it (key.7)', async () => {
    expect(await readdir(options.cacheDir)).toEqual([`product-tiny-${artifacts.circuitHash.slice(0, 16)}`])
    expect((await readdir(artifacts.directory)).sort()).toEqual([
      'circuit.r1cs',
      'circuit.sym',
      'circuit.wasm',
      'key.json',
      'proving.zkey',
    ])
  })

  it('say that their key is a development key, and what it verifies (key.2)', async () => {
    expect(artifacts).toMatchObject({
      keyKind: 'development',
      statement: 'product',
      sizes: { FACTORS: 3, OFFSET: 5 },
      publicSignals: ['product', 'sum'],
      inputs: [
        { name: 'product', shape: [] },
        { name: 'sum', shape: [] },
        { name: 'factors', shape: [3, 2] },
      ],
      verificationKey: await readVerificationKey(artifacts.zkey),
      keyHash: verificationKeyHash(artifacts.verificationKey),
    })
    expect((await readFile(artifacts.zkey)).toString('latin1')).toContain('development key: insecure')
  })

  it('are found again, not made again', async () => {
    expect(await cachedKey('product-tiny', options)).toEqual({
      keyHash: artifacts.keyHash,
      keyKind: 'development',
    })
    expect(await cachedKey('product-tiny', { ...options, cacheDir: join(directory, 'none') })).toBeUndefined()
    expect(await ensureArtifacts('product-tiny', options)).toEqual(artifacts)
  })

  it.each([
    [
      'another byte in an included file',
      {
        square:
          'pragma circom 2.1.0;\ntemplate Square() { signal input in; signal output out; out <== in * in ; }',
      },
    ],
    ['another size', { instance: { ...INSTANCE, params: { FACTORS: 4, OFFSET: 5 } } }],
    ['another order of the public signals', { instance: { ...INSTANCE, public: ['sum', 'product'] } }],
  ])('of a circuit with %s are others: the old key is not met', async (_, change) => {
    const circuitsDir = await writeCircuits(join(directory, 'changed'), change)
    expect(await loadArtifacts('product-tiny', { ...options, circuitsDir })).toBeUndefined()
  })

  it('are not made when the instance names the public signals in another order than the circuit (key.6)', async () => {
    const instance = { ...INSTANCE, public: ['sum', 'product'] }
    const circuitsDir = await writeCircuits(join(directory, 'order'), { instance })
    const cacheDir = join(directory, 'order-cache')
    await expect(ensureArtifacts('product-tiny', { circuitsDir, cacheDir })).rejects.toMatchObject({
      code: 'INSTANCE_SIGNALS',
      exitCode: 3,
    })
    expect(existsSync(cacheDir)).toBe(false)
  })

  it('of a circuit that does not compile: the compiler is quoted', async () => {
    const square =
      'pragma circom 2.1.0;\ntemplate Square() { signal input in; signal output out; out <== in * in * in; }'
    const circuitsDir = await writeCircuits(join(directory, 'cubic'), { square })
    const cacheDir = join(directory, 'cubic-cache')
    await expect(ensureArtifacts('product-tiny', { circuitsDir, cacheDir })).rejects.toMatchObject({
      code: 'COMPILE_FAILED',
      exitCode: 3,
      message: expect.stringMatching(/Non quadratic[\s\S]*square\.circom":2/),
    })
  })

  describe('V04, F05: an altered file is refused before it is used', () => {
    const files = ['circuit.r1cs', 'circuit.wasm', 'circuit.sym', 'proving.zkey']
    const alterations: [string, (bytes: Buffer) => Buffer][] = [
      [
        'one bit flipped',
        (bytes) => Buffer.from(bytes.map((byte, i) => (i === bytes.length >> 1 ? byte ^ 1 : byte))),
      ],
      ['cut short', (bytes) => bytes.subarray(0, -1)],
      ['emptied', () => Buffer.alloc(0)],
    ]
    it.each(files.flatMap((file) => alterations.map(([how, alter]) => [file, how, alter] as const)))(
      '%s %s',
      async (file, _, alter) => {
        const path = join(artifacts.directory, file)
        const original = await readFile(path)
        try {
          await writeFile(path, alter(original))
          await expect(loadArtifacts('product-tiny', options)).rejects.toMatchObject({
            code: 'ARTIFACT_BROKEN',
            exitCode: 3,
            where: path,
            hint: expect.stringContaining('plimsoll setup product-tiny'),
          })
        } finally {
          await writeFile(path, original)
        }
      },
    )

    it.each([
      ['another circuit hash', { circuitHash: '0'.repeat(64) }],
      ['another key hash', { keyHash: '0'.repeat(64) }],
      ['another kind of key', { keyKind: 'ceremony' }],
      ['another instance', { instance: 'product-huge' }],
    ])('key.json with %s', async (_, change) => {
      const path = join(artifacts.directory, 'key.json')
      const original = await readFile(path, 'utf8')
      try {
        await writeFile(path, JSON.stringify({ ...JSON.parse(original), ...change }))
        for (const read of [ensureArtifacts, cachedKey]) {
          await expect(read('product-tiny', options)).rejects.toMatchObject({
            code: 'ARTIFACT_BROKEN',
            where: path,
          })
        }
      } finally {
        await writeFile(path, original)
      }
    })

    it('a folder without a manifest', async () => {
      const cacheDir = join(directory, 'empty-cache')
      await mkdir(join(cacheDir, `product-tiny-${artifacts.circuitHash.slice(0, 16)}`), { recursive: true })
      await expect(loadArtifacts('product-tiny', { ...options, cacheDir })).rejects.toMatchObject({
        code: 'ARTIFACT_BROKEN',
      })
    })
  })
})
