import { createHash } from 'node:crypto'
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { groth16, zKey } from 'snarkjs'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { writePowers } from '../../../../scripts/known-powers.js'
import { roundTime } from '../../../../src/beacon/index.js'
import { kindOfPin, parsePins } from '../../../../src/bundle/index.js'
import { FIELD_ORDER } from '../../../../src/field/index.js'
import { curveEngine } from '../../../../src/groth16/curve-engine.js'
import { verifyProof } from '../../../../src/groth16/index.js'
import { attestationText } from '../../../../src/proving/ceremony/attestation-text.js'
import { circuitHashOf } from '../../../../src/proving/ceremony/circuit-hash.js'
import {
  acceptContribution,
  applyBeacon,
  closeCeremony,
  contribute,
  exportKeys,
} from '../../../../src/proving/ceremony/contribute.js'
import { deriveKey } from '../../../../src/proving/ceremony/contributions.js'
import { openKey, openTurn } from '../../../../src/proving/ceremony/key-parts.js'
import { blake2bFile, openPowers } from '../../../../src/proving/ceremony/powers.js'
import { writeTurn } from '../../../../src/proving/ceremony/turn.js'
import { type CeremonyReport, verifyCeremony } from '../../../../src/proving/ceremony/verify.js'
import {
  cachedKey,
  cacheEntries,
  compileCircuit,
  finalizeCeremony,
  installCeremony,
  loadArtifacts,
  snarkjsProver,
  takeSnapshot,
  terminateProving,
} from '../../../../src/proving/index.js'
import { ZKEY_SECTION } from '../../../../src/proving/zkey-section.js'
import {
  beginCeremony,
  CIRCUIT,
  CLOSED,
  contributor,
  copyOf,
  editSections,
  NAME,
  openCeremony,
  ROUND,
  reopened,
  resign,
  type Stage,
  sign,
  snarkjsInChunks,
  snarkjsVerifies,
  stage,
  takeTurn,
  wholeCeremony,
} from '../../../helpers/ceremony.js'
import { temporaryFolder, writeCircuits } from '../../../helpers/proving-circuits.js'

let at: Stage
let whole: string
let valid: CeremonyReport
/** The circuit, compiled. */
let r1cs: string
/** Powers of exactly the size of the circuit. */
let exactPowers: string

const readJson = (path: string) => JSON.parse(readFileSync(path, 'utf8'))
const sha256 = (path: string) => createHash('sha256').update(readFileSync(path)).digest('hex')
const turnOf = (folder: string, number: number) => join(folder, NAME, `000${number}.turn`)
/** The numbers and words of the checks that failed, of all instances. */
const failed = ({ checks }: CeremonyReport) =>
  checks.filter((check) => !check.valid).map(({ id }) => id.replace(`:${NAME}`, ''))
/** Writes a JSON file again. */
const edit = (path: string, change: (value: Record<string, object>) => object) =>
  writeFileSync(path, `${JSON.stringify({ ...readJson(path), ...change(readJson(path)) }, null, 2)}\n`)
/** Swaps the first two points of a section that differ, none of them infinity. */
const swapPoints = (bytes: Buffer, size: number) => {
  const at = (i: number) => bytes.subarray(i * size, (i + 1) * size)
  const finite = Array.from({ length: bytes.length / size }, (_, i) => i).filter((i) => at(i).some(Boolean))
  const other = finite.find((i) => !at(i).equals(at(finite[0]!)))!
  swap(bytes, size, finite[0], other)
}
/** Swaps two records of a section. */
const swap = (bytes: Buffer, size: number, i = 1, j = 2) => {
  const [a, b] = [i, j].map((k) => Buffer.from(bytes.subarray(k * size, (k + 1) * size))) as [Buffer, Buffer]
  bytes.set(b, i * size)
  bytes.set(a, j * size)
}

beforeAll(async () => {
  at = await stage(await temporaryFolder())
  whole = await wholeCeremony(at, 'ceremony')
  valid = await at.verify(whole)
  const circuit = join(at.directory, 'circuit')
  mkdirSync(circuit)
  ;({ r1cs } = await compileCircuit(circuit, {
    circuitsDir: at.circuitsDir,
    include: [CIRCUIT.file],
    main: 'Product(32, 5)',
    publicSignals: CIRCUIT.public,
  }))
  exactPowers = join(at.directory, 'exact.ptau')
  await writePowers(exactPowers, 7)
})
afterAll(async () => {
  await terminateProving()
  rmSync(at.directory, { recursive: true })
})

describe('a ceremony of three people and a beacon (ceremony.1)', () => {
  test('is valid, check by check, and snarkjs agrees', async () => {
    expect(failed(valid)).toEqual([])
    expect(valid).toMatchObject({ valid: true, exitCode: 0 })
    expect(valid.contributors.map(({ name }) => name)).toEqual(['Alice', 'Bob', 'Carol'])
    const numbers = new Set(valid.checks.map(({ id }) => Number.parseInt(id, 10)))
    expect([...numbers].sort((a, b) => a - b)).toEqual(Array.from({ length: 22 }, (_, i) => i + 1))
    expect(await snarkjsVerifies(at, whole)).toBe(true)
  })

  test('gives pins that name the transcript, the circuit and the powers of tau', () => {
    expect(valid.pins![NAME]).toEqual({
      keyHash: expect.stringMatching(/^[0-9a-f]{64}$/),
      circuitHash: readJson(join(whole, 'ceremony.json')).instances[NAME].r1csHash,
      keyKind: 'ceremony',
      ceremony: {
        transcript: valid.transcriptHash,
        powers: at.trustPowers,
        contributors: ['Alice', 'Bob', 'Carol'],
        beaconRound: ROUND.number,
      },
    })
  })

  test('is told the same by snarkjs from the circuit itself', async () => {
    const keys = `${whole}-from-r1cs`
    await exportKeys(whole, keys)
    expect(await zKey.verifyFromR1cs(r1cs, at.powers, join(keys, `${NAME}.zkey`))).toBe(true)
  })
})

test('an open ceremony on powers of exactly the size of the circuit fails in what is still to come alone (ceremony.1)', async () => {
  const powers = exactPowers
  const exact = { ...at, powers, trustPowers: await blake2bFile(powers) }
  const folder = await openCeremony(exact, 'exact')
  const { circuitsDir, trustPowers } = exact
  expect(failed(await verifyCeremony(folder, { powers, circuitsDir, trustPowers }))).toEqual([
    ...['5-gamma', '14-chain', '15-last-delta', '21-key', '22-forgery'],
    ...['20-attestations', '16-contributions', '17-beacon', '21-transcript'],
  ])
})

test("snarkjs's hash of an initial key is the same here for circuits below, at and above its chunk (ceremony.1)", async () => {
  const hashes = new Set<string>()
  for (const powers of [exactPowers, at.powers]) {
    for (const chunk of [32, 64, 128, 256]) {
      const path = join(at.directory, 'chunks.zkey')
      const hash = await snarkjsInChunks(chunk).zKey.newZKey(r1cs, powers, path)
      expect(await circuitHashOf(openKey(path), openPowers(powers), chunk), `${chunk}`).toEqual(hash)
      hashes.add(Buffer.from(hash).toString('hex'))
    }
  }
  // Above the chunk, the hash depends on the file of powers: by the same rule for all smaller chunks.
  expect(hashes.size).toBe(3)
})

describe('a ceremony that is none is refused (ceremony.2)', () => {
  test('V01: nobody contributed; the control is that snarkjs takes the key, and a forged proof under it', async () => {
    const folder = await openCeremony(at, 'nobody')
    const report = await at.verify(folder)
    expect(report).toMatchObject({ valid: false, exitCode: 3 })
    expect(report.pins).toBeUndefined()
    expect(failed(report)).toEqual(
      expect.arrayContaining(['5-gamma', '14-chain', '16-contributions', '17-beacon']),
    )
    expect(await snarkjsVerifies(at, folder), 'the control').toBe(true)
    const key = (await zKey.exportVerificationKey(join(folder, NAME, '0000.zkey'))) as Record<
      string,
      string[][]
    >
    const forged = {
      protocol: 'groth16',
      curve: 'bn128',
      pi_a: key.vk_alpha_1,
      pi_b: key.vk_beta_2,
      pi_c: [key.IC![0]![0], `${(await curveEngine()).q - BigInt(key.IC![0]![1]!)}`, '1'],
    }
    expect(await groth16.verify(key, ['0', '0'], forged), 'the control').toBe(true)
  })

  test('V02: a beacon alone is no contribution, also when somebody attests to it', async () => {
    const folder = await openCeremony(at, 'beacon-only')
    const [keys, made] = [`${folder}-keys`, `${folder}-made`]
    await exportKeys(folder, keys)
    mkdirSync(made)
    const value = ROUND.randomness + Buffer.from(NAME).toString('hex')
    await zKey.beacon(join(keys, `${NAME}.zkey`), join(made, `${NAME}.zkey`), 'beacon', value, 10)
    const { importContribution } = await import('../../../../src/proving/ceremony/contribute.js')
    const out = `${folder}-out`
    await importContribution(folder, contributor('Alice'), made, out)
    await sign(out, 'Alice')
    await expect(acceptContribution(folder, out)).rejects.toMatchObject({ code: 'ATTESTATION_OTHER' })
    // A coordinator who takes it all the same.
    cpSync(join(out, `${NAME}.turn`), turnOf(folder, 1))
    mkdirSync(join(folder, 'attestations'))
    const signature = readFileSync(join(out, 'attestation.txt.sig'), 'utf8')
    writeFileSync(
      join(folder, 'attestations/0001.json'),
      JSON.stringify({ ...readJson(join(out, 'attestation.json')), signature }),
    )
    const report = await at.verify(folder)
    expect(failed(report)).toEqual(['16-contributions', '17-beacon', '21-transcript'])
    expect(await snarkjsVerifies(at, folder), 'the control').toBe(true)
  })

  test('V38: fewer people than the ceremony asks for do not close it, nor make a key that counts', async () => {
    const folder = copyOf(whole)
    edit(join(folder, 'ceremony.json'), () => ({ minContributions: 4 }))
    expect(failed(await at.verify(folder))).toEqual(expect.arrayContaining(['16-contributions']))
    const few = await openCeremony(at, 'few')
    await expect(closeCeremony(few, ROUND.number, CLOSED)).rejects.toMatchObject({ code: 'CEREMONY_FEW' })
  })

  test('V03: a δ that no contribution leads to, with K and H to match', async () => {
    const folder = copyOf(whole)
    const curve = await curveEngine()
    const { G1, G2, Fr } = curve
    const five = Fr.fromObject(5n)
    const path = turnOf(folder, 4)
    const { points } = openTurn(path)
    const scaled = async (bytes: Buffer) => Buffer.from(await G1.batchApplyKey(bytes, Fr.inv(five), Fr.one))
    const [k, h] = [8, 9].map((id) => scaled(sectionOf(path, id)))
    const [newK, newH] = [await k!, await h!]
    editSections(path, (sections) => {
      const header = sections.get(2)!
      header.set(G1.toAffine(G1.timesFr(points.delta1, five)), header.length - 192)
      header.set(G2.toAffine(G2.timesFr(points.delta2, five)), header.length - 128)
      sections.set(8, newK)
      sections.set(9, newH)
    })
    const wrong = failed(await at.verify(folder))
    expect(wrong).toEqual(expect.arrayContaining(['14-chain', '17-beacon']))
    // The key itself is sound: only the chain tells.
    for (const id of ['6-delta', '12-k', '13-h']) expect(wrong, 'the control').not.toContain(id)
  })

  test('V31: another circuit, and other powers of tau', async () => {
    const other = await writeCircuits(join(at.directory, 'other'), {
      instance: { ...CIRCUIT, params: { FACTORS: 32, OFFSET: 6 } },
    })
    expect(failed(await at.verify(whole, { circuitsDir: other }))).toContain(`2-circuit`)
    const powers = join(at.directory, 'other.ptau')
    await writePowers(powers, 8, { tau: 99n })
    expect(failed(await at.verify(whole, { powers }))).toContain('7-powers')
    const unknown = await verifyCeremony(whole, { powers: at.powers, circuitsDir: at.circuitsDir })
    expect(unknown.checks.find(({ id }) => id === '7-powers')).toMatchObject({
      valid: false,
      detail: expect.stringContaining(at.trustPowers),
    })
  })

  test('V24: an edited comment keeps a key valid, and an edited constraint does not', async () => {
    const square = readFileSync(join(at.circuitsDir, 'lib/square.circom'), 'utf8')
    const commented = await writeCircuits(join(at.directory, 'commented'), {
      square: `// another comment\n${square}`,
      instance: CIRCUIT,
    })
    expect(failed(await at.verify(whole, { circuitsDir: commented }))).toEqual([])
    const changed = await writeCircuits(join(at.directory, 'changed'), {
      square: square.replace('in * in', 'in * (in + 1)'),
      instance: CIRCUIT,
    })
    expect(failed(await at.verify(whole, { circuitsDir: changed }))).toContain('2-circuit')
  })
})

/** The bytes of one section. */
function sectionOf(path: string, id: number): Buffer {
  let found: Buffer | undefined
  const copy = `${path}.copy`
  cpSync(path, copy)
  editSections(copy, (sections) => {
    found = sections.get(id)
  })
  rmSync(copy)
  return found!
}

describe('a key that is not the one of the circuit and the powers of tau is refused (ceremony.3)', () => {
  const SWAPS = [
    ['ic', 64, '12-k'],
    ['a', 64, '9-a'],
    ['b1', 64, '10-b1'],
    ['b2', 128, '11-b2'],
  ] as const

  test.each(SWAPS)('two points of %s swapped, by its own check', async (name, size, check) => {
    const folder = copyOf(whole)
    const path = join(folder, NAME, '0000.zkey')
    editSections(path, (sections) => swapPoints(sections.get(ZKEY_SECTION[name])!, size))
    const wrong = failed(await at.verify(folder))
    expect(wrong).toContain(check)
    const others = SWAPS.map(([, , other]) => other).filter((other) => other !== check)
    for (const other of others) expect(wrong, 'the control').not.toContain(other)
  })

  test.each([
    ['K', 8, '12-k'],
    ['H', 9, '13-h'],
  ] as const)('two points of %s of the last turn swapped, by its own check', async (_, id, check) => {
    const folder = copyOf(whole)
    editSections(turnOf(folder, 4), (sections) => swapPoints(sections.get(id)!, 64))
    const wrong = failed(await at.verify(folder))
    expect(wrong).toEqual(expect.arrayContaining([check, '14-chain']))
    expect(wrong, 'the control').not.toContain(check === '12-k' ? '13-h' : '12-k')
  })

  test('V32: two coefficients swapped, and one more at the end', async () => {
    const swapped = copyOf(whole)
    editSections(join(swapped, NAME, '0000.zkey'), (sections) => swap(sections.get(4)!.subarray(4), 44))
    expect(failed(await at.verify(swapped))).toContain('3-coefficients')
    const longer = copyOf(whole)
    editSections(join(longer, NAME, '0000.zkey'), (sections) => {
      const before = sections.get(4)!
      const after = Buffer.concat([before, before.subarray(4, 48)])
      after.writeUInt32LE(before.readUInt32LE(0) + 1)
      sections.set(4, after)
    })
    expect(failed(await at.verify(longer))).toContain('3-coefficients')
  })

  test('V04: a byte of any section of the initial key or of a turn', async () => {
    const files = [
      ...Object.values(ZKEY_SECTION).map((id) => ['0000.zkey', id] as const),
      ...[2, 8, 9, 10].map((id) => ['0002.turn', id] as const),
    ]
    for (const [name, id] of files) {
      const folder = copyOf(whole)
      editSections(join(folder, NAME, name), (sections) => {
        const bytes = sections.get(id)!
        bytes[(bytes.length * 2) % 7 === 0 ? 0 : bytes.length >> 1]! ^= 1
      })
      expect((await at.verify(folder)).valid, `${name}, section ${id}`).toBe(false)
      rmSync(folder, { recursive: true })
    }
  })

  test('V32: bytes behind the end, which snarkjs takes as the control, and a section that is there twice', async () => {
    const folder = copyOf(whole)
    const path = join(folder, NAME, '0000.zkey')
    const before = readFileSync(path)
    appendFileSync(path, 'x')
    expect(() => openKey(path)).toThrow(expect.objectContaining({ code: 'ARTIFACT_FORMAT' }))
    const latest = join(`${folder}-latest`, `${NAME}.zkey`)
    await exportKeys(whole, `${folder}-latest`)
    appendFileSync(latest, 'x')
    expect(await zKey.verifyFromInit(join(whole, NAME, '0000.zkey'), at.powers, latest), 'the control').toBe(
      true,
    )
    const twice = Buffer.concat([before, before.subarray(12, 12 + 12 + 4)])
    twice.writeUInt32LE(11, 8)
    writeFileSync(path, twice)
    expect(() => openKey(path)).toThrow(expect.objectContaining({ code: 'ARTIFACT_FORMAT' }))
    writeFileSync(path, before)
    expect(openKey(path).domain, 'the control').toBe(128)
  })
})

/** The header's sizes of both fields, a byte of their orders, and its three sizes: where they are. */
const HEADER_FIELDS = { q: 4, r: 40, 'bytes of q': 0, 'bytes of r': 36, wires: 72, signals: 76, rows: 80 }

test.each(Object.entries(HEADER_FIELDS))(
  'V32: a header with another %s, in the initial key and in every turn alike, is refused (ceremony.3)',
  async (_, offset) => {
    const folder = copyOf(whole)
    const names = ['0000.zkey', ...[1, 2, 3, 4].map((number) => `000${number}.turn`)]
    for (const name of names) {
      editSections(join(folder, NAME, name), (sections) => {
        sections.get(2)![offset]! ^= 2
      })
    }
    expect(failed(await at.verify(folder))).toContain('1-files')
    rmSync(folder, { recursive: true })
  },
)

describe('contributions that do not follow from each other are refused (ceremony.4)', () => {
  test('V25: a late contributor who begins again; the control is that snarkjs takes the key', async () => {
    const folder = copyOf(whole)
    const fresh = await beginCeremony(at, 'again')
    // The same initial key: the powers and the circuit are.
    expect(sha256(join(fresh, NAME, '0000.zkey'))).toBe(sha256(join(folder, NAME, '0000.zkey')))
    for (const name of ['Alice', 'Bob', 'Carol']) await acceptContribution(fresh, await takeTurn(fresh, name))
    for (const number of [1, 2, 3]) cpSync(turnOf(fresh, number), turnOf(folder, number))
    rmSync(turnOf(folder, 4))
    rmSync(join(folder, 'beacon.json'))
    await applyBeacon(folder, ROUND.signature)
    expect(failed(await at.verify(folder))).toEqual(['20-attestations', '17-beacon'])
    expect(await snarkjsVerifies(at, folder), 'the control').toBe(true)
  })

  test('V26: a contribution that leaves δ as it was; the control is that snarkjs takes it', async () => {
    const folder = await openCeremony(at, 'one')
    const curve = await curveEngine()
    const out = await takeTurn(folder, 'Alice')
    const path = join(out, `${NAME}.turn`)
    rmSync(path)
    const { s } = deriveKey(curve, new Uint8Array(32).fill(7))
    const key = { factor: curve.Fr.fromObject(1n), s }
    await writeTurn(curve, openKey(join(folder, NAME, '0000.zkey')), key, { name: 'Alice' }, path)
    await reattest(out, path)
    await expect(acceptContribution(folder, out)).rejects.toMatchObject({
      code: 'CEREMONY_TURN',
      message: expect.stringContaining('leaves δ as it was'),
    })
    cpSync(path, turnOf(folder, 1))
    mkdirSync(join(folder, 'attestations'))
    cpSync(join(out, 'attestation.json'), join(folder, 'attestations/0001.json'))
    expect(failed(await at.verify(folder))).toEqual(expect.arrayContaining(['14-chain', '5-gamma']))
    expect(await snarkjsVerifies(at, folder), 'the control').toBe(true)
  })

  test('V28: a contribution copied from another instance, or from another ceremony', async () => {
    const [one, two] = [await openCeremony(at, 'first'), await openCeremony(at, 'second')]
    const out = await takeTurn(one, 'Alice')
    await acceptContribution(one, out)
    await acceptContribution(two, await takeTurn(two, 'Bob'))
    const copied = await takeTurn(two, 'Carol')
    const path = join(copied, `${NAME}.turn`)
    const records = sectionOf(join(one, NAME, '0001.turn'), 10).subarray(68)
    editSections(path, (sections) => {
      const before = sections.get(10)!
      const first = sectionOf(join(two, NAME, '0001.turn'), 10)
      sections.set(10, Buffer.concat([before.subarray(0, 68), first.subarray(68), records]))
    })
    await reattest(copied, path)
    await expect(acceptContribution(two, copied)).rejects.toMatchObject({
      code: 'CEREMONY_TURN',
      message: expect.stringContaining('transcript'),
    })
  })

  test('V29: K of another turn, or scaled by another factor than H', async () => {
    const folder = copyOf(whole)
    const k = sectionOf(turnOf(folder, 2), 8)
    editSections(turnOf(folder, 3), (sections) => sections.set(8, k))
    expect(failed(await at.verify(folder))).toContain('14-chain')
    expect(await snarkjsVerifies(at, folder), 'the control: it sees the last turn alone').toBe(true)
    const open = await openCeremony(at, 'scaled')
    const out = await takeTurn(open, 'Alice')
    const path = join(out, `${NAME}.turn`)
    const { G1, Fr } = await curveEngine()
    const scaled = Buffer.from(await G1.batchApplyKey(sectionOf(path, 8), Fr.fromObject(2n), Fr.one))
    editSections(path, (sections) => sections.set(8, scaled))
    await reattest(out, path)
    await expect(acceptContribution(open, out)).rejects.toMatchObject({
      code: 'CEREMONY_TURN',
      message: expect.stringContaining('K is not what was there before'),
    })
  })

  test('V36: a contribution that the coordinator drops is missed by those after it', async () => {
    const folder = copyOf(whole)
    rmSync(turnOf(folder, 2))
    rmSync(join(folder, 'attestations/0002.json'))
    await expect(at.verify(folder)).rejects.toMatchObject({ code: 'CEREMONY_FOLDER' })
    for (const number of [3, 4]) renameSync(turnOf(folder, number), turnOf(folder, number - 1))
    renameSync(join(folder, 'attestations/0003.json'), join(folder, 'attestations/0002.json'))
    await resign(join(folder, 'attestations/0002.json'), (attestation) => {
      attestation.number = 2
    })
    expect(failed(await at.verify(folder))).toContain('14-chain')
    cpSync(turnOf(whole, 4), turnOf(folder, 3))
    expect(await snarkjsVerifies(at, folder), 'the control: the last turn is sound').toBe(true)
  })

  test('V36: of two contributions to one head the first counts, and the second has to be made again', async () => {
    const folder = await openCeremony(at, 'two')
    const [first, second] = [await takeTurn(folder, 'Alice'), await takeTurn(folder, 'Bob')]
    await acceptContribution(folder, first)
    await expect(acceptContribution(folder, second)).rejects.toMatchObject({ code: 'ATTESTATION_OTHER' })
    await resignIn(second, 'Bob', (attestation) => ({ ...attestation, number: 2 }))
    await expect(acceptContribution(folder, second)).rejects.toMatchObject({ code: 'CEREMONY_TURN' })
    expect(readdirSync(join(folder, NAME)).sort()).toEqual(['0000.zkey', '0001.turn'])
  })

  test('what is kept of a contribution is what was checked, though its file changes meanwhile', async () => {
    const folder = await openCeremony(at, 'swapped')
    const out = await takeTurn(folder, 'Alice')
    const path = join(out, `${NAME}.turn`)
    const [before, text] = [sha256(path), readFileSync(path)]
    // Each look at the clock is two seconds later, so that every step of the check is told.
    let time = 0
    const clock = vi.spyOn(performance, 'now').mockImplementation(() => {
      time += 2_000
      return time
    })
    const told: string[] = []
    try {
      await acceptContribution(folder, out, (what) => {
        told.push(what)
        if (what.includes('%')) writeFileSync(path, Buffer.alloc(text.length))
      })
    } finally {
      clock.mockRestore()
    }
    expect(
      told.some((what) => what.includes('%')),
      'control: it changed',
    ).toBe(true)
    expect(sha256(path)).not.toBe(before)
    expect(sha256(turnOf(folder, 1))).toBe(before)
    expect(readdirSync(join(folder, NAME)).sort()).toEqual(['0000.zkey', '0001.turn'])
  })

  test('nobody contributes twice, and no attestation counts without its signature', async () => {
    const folder = await openCeremony(at, 'signed')
    await acceptContribution(folder, await takeTurn(folder, 'Alice'))
    const again = contribute(
      folder,
      contributor('Alice'),
      new Uint8Array(1),
      join(at.directory, 'again-alice'),
    )
    await expect(again).rejects.toMatchObject({ code: 'CONTRIBUTOR' })
    const out = await takeTurn(folder, 'Bob')
    rmSync(join(out, 'attestation.txt.sig'))
    await expect(acceptContribution(folder, out)).rejects.toMatchObject({ code: 'ATTESTATION_UNSIGNED' })
    await sign(out, 'Alice')
    await expect(acceptContribution(folder, out)).rejects.toMatchObject({ code: 'ATTESTATION_UNSIGNED' })
    await sign(out, 'Bob')
    await acceptContribution(folder, out)
    const copy = copyOf(whole)
    edit(join(copy, 'attestations/0002.json'), () => ({ machine: 'another machine' }))
    expect(failed(await at.verify(copy))).toContain('20-attestations')
  })
})

/** Attests to a turn that was changed, as whoever changed it would. */
async function reattest(out: string, path: string): Promise<void> {
  const { parseContributions, contributionHash } = await import(
    '../../../../src/proving/ceremony/contributions.js'
  )
  const { records } = parseContributions(openTurn(path).contributions, path)
  const hash = contributionHash(await curveEngine(), records.at(-1)!)
  const { name } = readJson(join(out, 'attestation.json'))
  await resignIn(out, name, (attestation) => ({
    ...attestation,
    contributions: { [NAME]: { hash, turn: sha256(path) } },
  }))
}

async function resignIn(
  out: string,
  name: string,
  change: (attestation: Record<string, unknown>) => object,
): Promise<void> {
  const path = join(out, 'attestation.json')
  const changed = change(readJson(path)) as Parameters<typeof attestationText>[0]
  writeFileSync(join(out, 'attestation.txt'), attestationText(changed))
  await sign(out, name)
  const signature = readFileSync(join(out, 'attestation.txt.sig'), 'utf8')
  writeFileSync(path, JSON.stringify({ ...changed, signature }))
}

describe('the beacon is of the announced round, and last (ceremony.5)', () => {
  test('V27: another round, a round that could be known, a closing of something else', async () => {
    const cases: [string, (folder: string) => void][] = [
      ['another round', (folder) => edit(join(folder, 'beacon.json'), () => ({ round: 999 }))],
      ['closed too late', (folder) => edit(join(folder, 'closing.json'), () => ({ closed: CLOSED + 200 }))],
      ['another number', (folder) => edit(join(folder, 'closing.json'), () => ({ contributions: 2 }))],
      [
        'other heads',
        (folder) => edit(join(folder, 'closing.json'), () => ({ heads: { [NAME]: '0'.repeat(64) } })),
      ],
      ['not closed', (folder) => rmSync(join(folder, 'closing.json'))],
      [
        'a signature that is none',
        (folder) => edit(join(folder, 'beacon.json'), () => ({ signature: 'a'.repeat(96) })),
      ],
    ]
    for (const [name, change] of cases) {
      const folder = copyOf(whole)
      change(folder)
      expect(failed(await at.verify(folder)), name).toContain('17-beacon')
    }
    // Of no use to whoever looks at the key alone.
    expect(await snarkjsVerifies(at, whole), 'the control').toBe(true)
  })

  test('V27: a contribution after the beacon', async () => {
    const folder = copyOf(whole)
    rmSync(join(folder, 'closing.json'))
    rmSync(join(folder, 'beacon.json'))
    const curve = await curveEngine()
    const key = deriveKey(curve, new Uint8Array(32).fill(9))
    await writeTurn(curve, openTurn(turnOf(folder, 4)), key, { name: 'Dave' }, turnOf(folder, 5))
    cpSync(join(whole, 'closing.json'), join(folder, 'closing.json'))
    cpSync(join(whole, 'beacon.json'), join(folder, 'beacon.json'))
    cpSync(join(folder, 'attestations/0003.json'), join(folder, 'attestations/0004.json'))
    expect(failed(await at.verify(folder))).toEqual(expect.arrayContaining(['17-beacon', '20-attestations']))
  })

  test('a ceremony closes once, an hour before its round at least, and ends with the signature of it', async () => {
    const folder = reopened(whole)
    await expect(applyBeacon(folder, ROUND.signature)).rejects.toMatchObject({ code: 'CEREMONY_OPEN' })
    const early = closeCeremony(folder, ROUND.number, roundTime(ROUND.number) - 3_599)
    await expect(early).rejects.toMatchObject({ code: 'BEACON_ROUND' })
    await closeCeremony(folder, ROUND.number, roundTime(ROUND.number) - 3_600)
    await expect(closeCeremony(folder, ROUND.number, CLOSED)).rejects.toMatchObject({
      code: 'CEREMONY_CLOSED',
    })
    const late = contribute(folder, contributor('Dave'), new Uint8Array(1), join(at.directory, 'dave'))
    await expect(late).rejects.toMatchObject({ code: 'CEREMONY_CLOSED' })
    const wrong = ROUND.signature.replace(/^b/, 'a')
    await expect(applyBeacon(folder, wrong)).rejects.toMatchObject({ code: 'BEACON_SIGNATURE' })
    expect(existsSync(turnOf(folder, 4))).toBe(false)
    await applyBeacon(folder, ROUND.signature)
    await expect(applyBeacon(folder, ROUND.signature)).rejects.toMatchObject({ code: 'CEREMONY_ENDED' })
    expect((await at.verify(folder)).valid).toBe(true)
  })
})

describe('files that are broken (ceremony.6)', () => {
  test('V35: a turn of ten billion zeros is refused before it is read', async () => {
    const folder = await openCeremony(at, 'zeros')
    const out = await takeTurn(folder, 'Alice')
    const path = join(out, `${NAME}.turn`)
    writeFileSync(path, '')
    truncateSync(path, 10_000_000_000)
    await expect(acceptContribution(folder, out)).rejects.toMatchObject({
      code: 'ARTIFACT_FORMAT',
      where: path,
    })
    const long = readFileSync(join(whole, NAME, '0001.turn'))
    writeFileSync(path, long)
    truncateSync(path, 10_000_000_000)
    expect(() => openTurn(path)).toThrow(expect.objectContaining({ code: 'ARTIFACT_FORMAT' }))
  })

  test('V35: what is cut short is refused, and nothing is left of what fails', async () => {
    const path = join(copyOf(whole), NAME, '0002.turn')
    truncateSync(path, readFileSync(path).length >> 1)
    expect(() => openTurn(path)).toThrow(expect.objectContaining({ code: 'ARTIFACT_FORMAT', where: path }))
    const folder = reopened(whole)
    truncateSync(turnOf(folder, 3), 1_000)
    const out = join(at.directory, 'never')
    const attempt = contribute(folder, contributor('Dave'), new Uint8Array(1), out)
    await expect(attempt).rejects.toMatchObject({ code: 'ARTIFACT_FORMAT' })
    expect(readdirSync(at.directory).filter((name) => name.startsWith('never'))).toEqual([])
  })

  test('nothing is contributed to a turn, or to an initial key, that the ceremony does not name', async () => {
    for (const [folder, name] of [
      [reopened(whole), '0003.turn'],
      [await openCeremony(at, 'changed'), '0000.zkey'],
    ] as const) {
      const out = `${folder}-dave`
      const attempt = () => contribute(folder, contributor('Dave'), new Uint8Array(1), out)
      const path = join(folder, NAME, name)
      const before = readFileSync(path)
      editSections(path, (sections) => swapPoints(sections.get(ZKEY_SECTION.h)!, 64))
      await expect(attempt()).rejects.toMatchObject({ code: 'CEREMONY_CHANGED', where: path })
      writeFileSync(path, before)
      await expect(attempt(), 'the control').resolves.toMatchObject({ name: 'Dave' })
    }
  })

  test('no key with a point off its curve is written for another tool (ceremony.15)', async () => {
    const folder = reopened(whole)
    const path = turnOf(folder, 3)
    const { G1 } = await curveEngine()
    editSections(path, (sections) => sections.get(ZKEY_SECTION.h)!.set(G1.fromObject([1n, 1n])))
    const attempt = exportKeys(folder, `${folder}-keys`)
    await expect(attempt).rejects.toMatchObject({ code: 'CEREMONY_TURN', where: path })
    expect(existsSync(`${folder}-keys`)).toBe(false)
  })
})

describe('keys of a ceremony are used as its transcript has them (ceremony.10)', () => {
  const cacheDir = () => join(at.directory, 'cache')
  const options = () => ({ circuitsDir: at.circuitsDir, cacheDir: cacheDir() })
  const inputs = () => {
    const factors = Array.from({ length: 32 }, (_, i) => [BigInt(i + 1), BigInt(i % 3)])
    const product = factors.reduce((all, [x]) => (all * x!) % FIELD_ORDER, 1n)
    const squares = factors.map(([x, y], i) => BigInt(i + 3) * (x! + 7n * y!) ** 2n)
    return { factors, product, sum: squares.reduce((all, square) => all + square, 5n) }
  }

  beforeAll(async () => {
    const snapshot = await takeSnapshot(NAME, { circuitsDir: at.circuitsDir })
    writeFileSync(join(at.circuitsDir, 'constraints.json'), JSON.stringify({ [NAME]: snapshot }))
  })

  test('finalized, kept, proven with, and verified by the pins; an invalid ceremony is not', async () => {
    const folder = copyOf(whole)
    const keys = await finalizeCeremony(folder, valid)
    const { provingKey } = readJson(join(folder, 'transcript.json')).keys[NAME]
    expect(sha256(keys[NAME]!)).toBe(provingKey)
    expect(sha256(join(folder, 'transcript.json'))).toBe(valid.transcriptHash)
    expect(failed(await at.verify(folder))).toEqual([])
    const [kept] = await installCeremony(folder, valid, options())
    expect(kept).toMatchObject({ keyKind: 'ceremony', ceremony: valid.pins![NAME]!.ceremony })
    const artifacts = (await loadArtifacts(NAME, options()))!
    expect(await cachedKey(NAME, options())).toEqual(valid.pins![NAME])
    const { proof, publicSignals } = await snarkjsProver.prove(artifacts, inputs())
    expect(await verifyProof(artifacts.verificationKey, publicSignals, proof)).toBe(true)
    const invalid = { ...valid, valid: false }
    await expect(finalizeCeremony(folder, invalid)).rejects.toMatchObject({ code: 'CEREMONY_INVALID' })
    await expect(installCeremony(folder, invalid, options())).rejects.toMatchObject({
      code: 'CEREMONY_INVALID',
    })
    const states = (await cacheEntries(options())).map(({ state }) => state)
    expect(states).toEqual(['current'])
    writeFileSync(keys[NAME]!, 'another')
    expect(failed(await at.verify(folder))).toEqual(['21-transcript'])
  })

  test('V37: a proving key with sections of another, a development key in its place, a transcript that is edited', async () => {
    const { directory } = (await loadArtifacts(NAME, options()))!
    const paths = ['proving.zkey', 'key.json', 'transcript.json'].map((name) => join(directory, name))
    const [zkey, manifest, transcript] = paths as [string, string, string]
    const before = paths.map((path) => readFileSync(path))
    const restore = () => {
      for (const [i, path] of paths.entries()) writeFileSync(path, before[i]!)
    }
    const refused = async (what: string, where: string) => {
      await expect(loadArtifacts(NAME, options()), what).rejects.toMatchObject({
        code: 'ARTIFACT_BROKEN',
        where,
      })
      restore()
      expect((await loadArtifacts(NAME, options()))!.keyKind, 'the control').toBe('ceremony')
    }
    editSections(zkey, (sections) => swapPoints(sections.get(5)!, 64))
    await refused('a changed key', zkey)
    editSections(zkey, (sections) => swapPoints(sections.get(5)!, 64))
    edit(manifest, (file: Record<string, object>) => ({
      files: { ...file.files, 'proving.zkey': sha256(zkey) },
    }))
    await refused('a changed key that the manifest agrees to', transcript)
    edit(transcript, (file: Record<string, object>) => ({
      keys: { [NAME]: { ...(file.keys as Record<string, object>)[NAME], provingKey: '0'.repeat(64) } },
    }))
    await refused('an edited transcript', transcript)
    edit(manifest, () => ({ keyKind: 'development', ceremony: undefined }))
    await refused('a development key', manifest)
    edit(manifest, () => ({ ceremony: undefined }))
    await refused('no ceremony', manifest)
  })

  test('V33: pins of a ceremony name it, and a pin that does not counts as one of a development key', () => {
    const pin = valid.pins![NAME]!
    const text = (value: object) => JSON.stringify({ schema: 'plimsoll/pins/2', keys: { [NAME]: value } })
    expect(parsePins(text(pin), 'pins.json')[NAME]).toEqual(pin)
    const { ceremony, ...without } = pin
    for (const wrong of [without, { ...pin, keyKind: 'development' }, { ...pin, ceremony: {} }]) {
      expect(() => parsePins(text(wrong), 'pins.json')).toThrow(
        expect.objectContaining({ code: 'JSON_SCHEMA' }),
      )
    }
    expect(kindOfPin(pin)).toBe('ceremony')
    expect(kindOfPin(without)).toBe('development')
    expect(ceremony!.contributors).toHaveLength(3)
  })
})
