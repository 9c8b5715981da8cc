import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { faultsOf, secretsIn, type Target } from '../../scripts/soundness/fuzz/judge.js'
import { makeTargets, runsOf } from '../../scripts/soundness/fuzz/targets.js'
import { InputError } from '../../src/errors/index.js'
import { temporaryFolder } from '../helpers/cli.js'
import { cases } from '../helpers/sweep.js'

const folder = temporaryFolder()
/** The same mutants each time: what is found by chance is for the report, which draws others. */
const SEED = 20_260_101

describe('every file that is read, mutated (cli.20, privacy.7, epoch.5)', () => {
  let targets: Target[]
  beforeAll(async () => {
    targets = await makeTargets(folder)
  })

  test('control: each file is accepted as it is', async () => {
    for (const { name, path, read } of targets) {
      const { accepted, said } = (await read(path)) ?? { accepted: true, said: [] }
      expect(accepted, `${name}: ${said.join('; ')}`).toBe(true)
    }
  })

  test('no mutant crashes a reader, is accepted as what it is not, or is repeated in a message', async () => {
    const faults: string[] = []
    for (const target of targets) faults.push(...(await faultsOf(target, runsOf(target, cases(1, 4)), SEED)))
    expect(faults).toEqual([])
  })
})

describe('control: what a fuzz has to find is found (cli.20)', () => {
  const path = join(folder, 'file.json')
  const original = Buffer.from(JSON.stringify({ name: 'a public name', secret: '73054182964242' }))
  const faulty = async (read: Target['read']) => {
    writeFileSync(path, original)
    const secrets = () => ['73054182964242']
    return faultsOf({ name: 'control', path, original, json: true, secrets, read }, 50, SEED)
  }
  const refuse = () => {
    throw new InputError('CONTROL', 'cannot be read')
  }

  test('a reader that refuses has no fault', async () => {
    expect(await faulty(async () => refuse())).toEqual([])
  })

  test('a part of a public text is no secret, whatever it was cut from', () => {
    const file = Buffer.from(JSON.stringify({ epoch: '026-01', quantity: '48213.915577' }))
    expect(secretsIn(file, new Set(['2026-01']))).toEqual(['48213.915577'])
  })

  test.each<[string, Target['read'], RegExp]>([
    ['an exception of the language', async () => JSON.parse('{'), /not ours: SyntaxError/],
    ['a verifier that says yes to everything', async () => ({ accepted: true, said: [] }), /: accepted$/],
    [
      'a message that repeats what is private',
      async () => {
        throw new InputError('CONTROL', 'not a number: 73054182964242')
      },
      /repeats a value of 14 characters$/,
    ],
    [
      'a hint that does',
      async () => {
        throw new InputError('CONTROL', 'not a number', { hint: 'Is it 73054182964242?' })
      },
      /repeats a value of 14 characters$/,
    ],
  ])('%s', async (_, read, fault) => {
    const faults = await faulty(read)
    expect(faults.length).toBeGreaterThan(10)
    expect(faults.filter((each) => !fault.test(each))).toEqual([])
  })
})
