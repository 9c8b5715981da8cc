import { cpSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { acceptContribution, closeCeremony } from '../../src/proving/ceremony/contribute.js'
import { terminateProving } from '../../src/proving/index.js'
import {
  CLOSED,
  contributor,
  NAME,
  openCeremony,
  ROUND,
  type Stage,
  sign,
  stage,
  takeTurn,
} from '../helpers/ceremony.js'
import { plimsollIn, start, startInterrupted, temporaryFolder } from '../helpers/cli.js'
import { EXAMPLES } from '../helpers/commands.js'

const folder = temporaryFolder()
let at: Stage

/** The words of the examples of a command, as its help shows them. */
const examplesOf = (name: string) =>
  EXAMPLES.filter(({ shownBy }) => shownBy === `ceremony ${name}`).map(({ words }) => words.slice(1))
const run = async (words: readonly string[]) => plimsollIn(folder, ...words)

beforeAll(async () => {
  at = await stage(folder)
  await openCeremony(at, 'ceremony')
  writeFileSync(join(folder, 'dice.txt'), '4 2 6 1 3 3 5')
})
afterAll(terminateProving)

describe('the commands of a ceremony, one after the other (ceremony.11)', () => {
  test('contribute: as its help shows, with a file of dice', async () => {
    const [contribute, exported] = examplesOf('contribute')
    const made = await run([...contribute!, '--json'])
    expect(made, made.stderr).toMatchObject({ code: 0 })
    expect(JSON.parse(made.stdout)).toMatchObject({ number: 1, name: 'Alice', signature: null })
    expect(readdirSync(join(folder, 'alice')).sort()).toEqual([
      'attestation.json',
      'attestation.txt',
      `${NAME}.turn`,
    ])
    expect(await run(contribute!)).toMatchObject({ code: 2, stderr: expect.stringContaining('FILE_EXISTS') })
    expect(await run(exported!)).toMatchObject({ code: 0 })
    expect(statSync(join(folder, `keys/${NAME}.zkey`)).size).toBeGreaterThan(10_000)
  })

  test('accept: only with the signature', async () => {
    const [accept] = examplesOf('accept')
    expect(await run(accept!)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('ssh-keygen -Y sign'),
    })
    await sign(join(folder, 'alice'), 'Alice')
    const accepted = await run(accept!)
    expect(accepted, accepted.stderr).toMatchObject({ code: 0 })
    expect(accepted.stdout).toMatch(/contribution 1, by Alice/)
  })

  test('close and beacon: with enough contributions, and the signature of the round', async () => {
    const [[close], [beacon]] = [examplesOf('close'), examplesOf('beacon')]
    expect(await run(close!)).toMatchObject({ code: 2, stderr: expect.stringContaining('CEREMONY_FEW') })
    const ceremony = join(folder, 'ceremony')
    for (const name of ['Bob', 'Carol']) await acceptContribution(ceremony, await takeTurn(ceremony, name))
    cpSync(ceremony, join(folder, 'open'), { recursive: true })
    expect(await run([...close!.slice(0, 3), '--beacon-round', '1000'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('BEACON_ROUND'),
    })
    writeFileSync(join(folder, 'round.drand'), JSON.stringify({ round: 1000, ...ROUND }))
    expect(await run(beacon!)).toMatchObject({ code: 2, stderr: expect.stringContaining('CEREMONY_OPEN') })
    const closed = await run([...close!, '--json'])
    expect(JSON.parse(closed.stdout)).toMatchObject({ round: 90_000_000, contributions: 3 })
    const late = await run([...examplesOf('contribute')[0]!.slice(0, -1), 'late'])
    expect(late).toMatchObject({ code: 2, stderr: expect.stringContaining('CEREMONY_CLOSED') })
    // The same ceremony, closed in time for a round that is known by now.
    mkdirSync(join(folder, 'past'))
    cpSync(join(folder, 'round.drand'), join(folder, 'past/round.drand'))
    cpSync(join(folder, 'open'), join(folder, 'past/ceremony'), { recursive: true })
    await closeCeremony(join(folder, 'past/ceremony'), ROUND.number, CLOSED)
    const ended = await plimsollIn(join(folder, 'past'), ...beacon!)
    expect(ended, ended.stderr).toMatchObject({ code: 0 })
    expect((await at.verify(join(folder, 'past/ceremony'))).valid).toBe(true)
  })

  test('init, verify and finalize: refuse powers that nobody knows, and a circuit that this version has not', async () => {
    const powers = join(folder, 'powers.ptau')
    cpSync(at.powers, powers)
    const [init] = examplesOf('init')
    expect(await run(init!)).toMatchObject({ code: 2, stderr: expect.stringContaining(at.trustPowers) })
    expect(await run([...init!.slice(0, -1), 'other', '--trust-ptau', at.trustPowers])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('POWERS_SMALL'),
    })
    for (const name of ['verify', 'finalize']) {
      const [words] = examplesOf(name)
      const { code, stdout } = await run(words!)
      expect(code, stdout).toBe(3)
      expect(stdout).toContain('is INVALID')
      expect(stdout).toMatch(/✗ +2-circuit:product-tiny +there is no instance/)
    }
    expect(readdirSync(folder).filter((name) => /making|pins/.test(name))).toEqual([])
  })

  test('what is missing or contradictory is said, and no entropy is taken from the command line', async () => {
    const base = ['ceremony', 'contribute', 'open']
    const who = ['--name', 'Dave', '--signer', contributor('Dave').signer, '--out', 'dave']
    const cases: [words: string[], said: string][] = [
      [[...base, '--signer', 'x', '--out', 'y'], '--name'],
      [[...base, '--export', 'k', '--name', 'x'], 'give --export alone'],
      [[...base, ...who], '--entropy-file'],
      [[...base, ...who, '--entropy', 'secret'], 'unknown option'],
      [['ceremony', 'close', 'open', '--beacon-round', 'x'], '--beacon-round'],
      [['ceremony', 'verify', 'nothing', '--ptau', 'powers.ptau'], 'CEREMONY_FOLDER'],
    ]
    for (const [words, said] of cases) {
      expect(await run(words), words.join(' ')).toMatchObject({
        code: 2,
        stderr: expect.stringContaining(said),
      })
    }
  })

  describe('a contribution that is stopped half way leaves nothing to find its secret from (ceremony.6)', () => {
    const words = ['ceremony', 'contribute', join(folder, 'open'), '--name', 'Dave']
    const dave = [
      ...words,
      ...['--signer', contributor('Dave').signer, '--entropy-file', join(folder, 'dice.txt')],
      ...['--out', join(folder, 'dave')],
    ]
    const left = () => readdirSync(folder).filter((name) => name.startsWith('dave'))

    test('by a full disk', async () => {
      // Blocks of 512 bytes; a turn has more than 16 KiB.
      const ended = await start(dave, {}, { before: 'ulimit -f 8; trap "" XFSZ' }).ended
      expect(ended, ended.stdout).toMatchObject({ code: 2, stderr: expect.stringContaining('FILE_ACCESS') })
      expect(left()).toEqual([])
    })

    test('by Ctrl-C in the middle of a turn', async () => {
      const ended = await startInterrupted(dave, 'SIGINT', `${NAME}.turn`).ended
      expect(ended, ended.stderr).toMatchObject({ code: 130 })
      expect(left()).toEqual([])
    })

    test("by force in the middle of a turn; what is left is no contribution and in nobody's way", async () => {
      expect((await startInterrupted(dave, 'SIGKILL', `${NAME}.turn`).ended).code).not.toBe(0)
      const [unfinished, ...others] = left()
      expect(others).toEqual([])
      expect(unfinished).toMatch(/^dave\.making\./)
      expect(readdirSync(join(folder, unfinished!))).toEqual([`${NAME}.turn`])
      const accepted = acceptContribution(join(folder, 'open'), join(folder, unfinished!))
      await expect(accepted).rejects.toMatchObject({ code: 'FILE_ACCESS' })
      expect(readFileSync(join(folder, unfinished!, `${NAME}.turn`)).includes('4 2 6 1')).toBe(false)
      const again = await start(dave).ended
      expect(again, again.stderr).toMatchObject({ code: 0 })
    })
  })
})
