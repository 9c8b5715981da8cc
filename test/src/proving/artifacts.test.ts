import type { ChildProcess } from 'node:child_process'
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { existsSync } from 'node:fs'
import {
  chmod,
  lchown,
  mkdir,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { sha256File } from '../../../src/files/index.js'
import { verificationKeyHash } from '../../../src/groth16/index.js'
import {
  type Artifacts,
  cachedKey,
  ensureArtifacts,
  loadArtifacts,
  loadInstances,
  readVerificationKey,
  takeSnapshot,
} from '../../../src/proving/index.js'
import { circuitHashOf } from '../../../src/statements/index.js'
import { INSTANCE, temporaryFolder, writeCircuits } from '../../helpers/proving-circuits.js'

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

  test('F12: of two processes at once are one folder, and nothing is left beside it (key.7)', async () => {
    expect(await readdir(options.cacheDir)).toEqual([`product-tiny-${artifacts.sourceHash.slice(0, 16)}`])
    expect((await readdir(artifacts.directory)).sort()).toEqual([
      'circuit.r1cs',
      'circuit.sym',
      'circuit.wasm',
      'key.json',
      'proving.zkey',
    ])
  })

  test('say that their key is a development key, and what it verifies (key.2)', async () => {
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

  test('are found again, not made again', async () => {
    expect(await cachedKey('product-tiny', options)).toEqual({
      keyHash: artifacts.keyHash,
      keyKind: 'development',
      circuitHash: await sha256File(artifacts.r1cs),
    })
    expect(await cachedKey('product-tiny', { ...options, cacheDir: join(directory, 'none') })).toBeUndefined()
    expect(await ensureArtifacts('product-tiny', options)).toEqual(artifacts)
  })

  test.each([
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

  test('are not made when the instance names the public signals in another order than the circuit (key.6)', async () => {
    const instance = { ...INSTANCE, public: ['sum', 'product'] }
    const circuitsDir = await writeCircuits(join(directory, 'order'), { instance })
    const cacheDir = join(directory, 'order-cache')
    await expect(ensureArtifacts('product-tiny', { circuitsDir, cacheDir })).rejects.toMatchObject({
      code: 'INSTANCE_SIGNALS',
      exitCode: 3,
    })
    expect(existsSync(cacheDir)).toBe(false)
  })

  test('of a circuit that does not compile: the compiler is quoted', async () => {
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
    test.each(files.flatMap((file) => alterations.map(([how, alter]) => [file, how, alter] as const)))(
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

    test.each([
      ['another hash of its sources', { sourceHash: '0'.repeat(64) }],
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

    test.each([
      ['statement', { statement: 'sum' }],
      ['sizes', { sizes: { FACTORS: 2, OFFSET: 5 } }],
      ['names of the public signals', { publicSignals: ['sum', 'product'] }],
      ['inputs', { inputs: [] }],
      ['number of wires', { wires: 17 }],
      ['number of constraints', { constraints: { nonLinear: 5, linear: 5 } }],
    ])('key.json with another %s than the circuit has', async (_, change) => {
      const path = join(artifacts.directory, 'key.json')
      const original = await readFile(path, 'utf8')
      try {
        await writeFile(path, JSON.stringify({ ...JSON.parse(original), ...change }))
        await expect(loadArtifacts('product-tiny', options)).rejects.toMatchObject({
          code: 'ARTIFACT_BROKEN',
          where: path,
        })
      } finally {
        await writeFile(path, original)
      }
    })

    test('a folder without a manifest', async () => {
      const cacheDir = join(directory, 'empty-cache')
      await mkdir(join(cacheDir, `product-tiny-${artifacts.sourceHash.slice(0, 16)}`), { recursive: true })
      await expect(loadArtifacts('product-tiny', { ...options, cacheDir })).rejects.toMatchObject({
        code: 'ARTIFACT_BROKEN',
      })
    })
  })

  describe('V22: what another user could write to is refused, with what to do (key.9)', () => {
    const exposed = (where: string) => ({
      code: 'CACHE_EXPOSED',
      exitCode: 3,
      where,
      hint: expect.stringMatching(/chmod.*PLIMSOLL_CACHE/),
    })
    const places: [string, () => string][] = [
      ['the cache', () => options.cacheDir],
      ['the folder of an instance', () => artifacts.directory],
      ['the manifest', () => join(artifacts.directory, 'key.json')],
      ['the proving key', () => artifacts.zkey],
      ['the code of the witness', () => artifacts.wasm],
      ['a folder above the cache', () => directory],
    ]
    test.each(places)('%s', async (_, where) => {
      const path = where()
      const { mode } = await stat(path)
      try {
        await chmod(path, mode | 0o002)
        for (const read of [loadArtifacts, ensureArtifacts]) {
          await expect(read('product-tiny', options)).rejects.toMatchObject(exposed(path))
        }
        if (path.endsWith('.json'))
          await expect(cachedKey('product-tiny', options)).rejects.toMatchObject(exposed(path))
        // Nobody can replace what is another's in a folder like /tmp.
        await chmod(path, mode | 0o1002)
        const sticky = loadArtifacts('product-tiny', options)
        if (path === directory || path === options.cacheDir) await expect(sticky).resolves.toEqual(artifacts)
        else await expect(sticky).rejects.toMatchObject(exposed(path))
      } finally {
        await chmod(path, mode)
      }
      await expect(loadArtifacts('product-tiny', options)).resolves.toEqual(artifacts)
    })

    test('a folder that a symbolic link leads to', async () => {
      const target = join(directory, 'elsewhere')
      const cacheDir = join(directory, 'linked')
      await rename(options.cacheDir, target)
      await symlink(target, cacheDir)
      try {
        await expect(loadArtifacts('product-tiny', { ...options, cacheDir })).resolves.toMatchObject({
          keyHash: artifacts.keyHash,
        })
        await chmod(target, 0o777)
        await expect(loadArtifacts('product-tiny', { ...options, cacheDir })).rejects.toMatchObject(
          exposed(target),
        )
      } finally {
        await chmod(target, 0o700)
        await rename(target, options.cacheDir)
      }
    })

    test('a folder in which a link stands that another link leads to', async () => {
      const open = join(directory, 'open')
      const cacheDir = join(directory, 'twice-linked')
      await mkdir(open)
      await symlink(options.cacheDir, join(open, 'hop'))
      await symlink(join('open', 'hop'), cacheDir)
      const load = () => loadArtifacts('product-tiny', { ...options, cacheDir })
      await expect(load()).resolves.toMatchObject({ keyHash: artifacts.keyHash })
      await chmod(open, 0o777)
      await expect(load()).rejects.toMatchObject(exposed(open))
    })

    test.runIf(process.getuid?.() === 0)("a link that is another user's, in a folder like /tmp", async () => {
      const sticky = join(directory, 'sticky')
      const cacheDir = join(sticky, 'link')
      await mkdir(sticky)
      await chmod(sticky, 0o1777)
      await symlink(options.cacheDir, cacheDir)
      const load = () => loadArtifacts('product-tiny', { ...options, cacheDir })
      await expect(load()).resolves.toMatchObject({ keyHash: artifacts.keyHash })
      await lchown(cacheDir, 4_321, 4_321)
      await expect(load()).rejects.toMatchObject(exposed(cacheDir))
    })

    test('makes nothing in a cache of that kind, and makes a cache for its owner alone', async () => {
      const cacheDir = join(directory, 'open-cache')
      await mkdir(cacheDir)
      await chmod(cacheDir, 0o777)
      await expect(ensureArtifacts('product-tiny', { ...options, cacheDir })).rejects.toMatchObject(
        exposed(cacheDir),
      )
      expect(await readdir(cacheDir)).toEqual([])
      expect((await stat(options.cacheDir)).mode & 0o777).toBe(0o700)
      expect((await stat(artifacts.directory)).mode & 0o777).toBe(0o700)
    })
  })

  test('are of one circuit whatever its comments and line ends, and of another when a constraint is (key.8)', async () => {
    const lines =
      'pragma circom 2.1.0;\r\ntemplate Square() {\r\n  signal input in;\r\n  signal output out;\r\n  out <== in * in;\r\n}\r\n'
    const circuit = async (square: string) => {
      const circuitsDir = await writeCircuits(join(directory, 'same'), { square })
      const { sha256 } = await takeSnapshot('product-tiny', { circuitsDir })
      return sha256!
    }
    const same = await circuit(lines)
    expect([same.r1cs, same.sources]).toEqual([artifacts.circuitHash, artifacts.sourceHash])
    const commented = await circuit(`// Said of it.\n\n${lines}`)
    expect(commented.r1cs).toBe(artifacts.circuitHash)
    expect(commented.sources).not.toBe(artifacts.sourceHash)
    expect((await circuit(lines.replace('in * in', 'in * (in + 1)'))).r1cs).not.toBe(artifacts.circuitHash)
  })

  test('are named for every instance that is shipped (key.8)', () => {
    const unnamed = loadInstances().filter(({ name }) => circuitHashOf(name) === undefined)
    expect(unnamed.map(({ name }) => name)).toEqual([])
  })

  test('have a key from a process of its own, which has ended when it is there (key.10)', async () => {
    const started: ChildProcess[] = []
    const note = (message: unknown) => {
      started.push((message as { process: ChildProcess }).process)
    }
    subscribe('child_process', note)
    try {
      await ensureArtifacts('product-tiny', { ...options, cacheDir: join(directory, 'process-cache') })
    } finally {
      unsubscribe('child_process', note)
    }
    const makers = started.filter(({ spawnargs }) =>
      spawnargs.some((arg) => arg.includes('development-key-main')),
    )
    expect(makers.map(({ exitCode, pid }) => [exitCode, pid !== process.pid])).toEqual([[0, true]])
  })
})
