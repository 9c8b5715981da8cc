import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { zKey } from 'snarkjs'
import { afterAll, expect, test } from 'vitest'
import { writePowers } from '../../scripts/known-powers.js'
import { ledgerArgs, writeVenue } from '../../scripts/soundness/samples/venue.js'
import { connectChain, startLocalChain } from '../../src/chain/index.js'
import { verifyEpochOnChain } from '../../src/cli/on-chain.js'
import { openEpoch } from '../../src/epoch/index.js'
import { folderSource, readPins } from '../../src/inputs/index.js'
import { closeCeremony } from '../../src/proving/ceremony/contribute.js'
import { initCeremony } from '../../src/proving/ceremony/init.js'
import { blake2bFile } from '../../src/proving/ceremony/powers.js'
import { loadArtifacts, terminateProving } from '../../src/proving/index.js'
import { CLOSED, contributor, ROUND, sign } from '../helpers/ceremony.js'
import { start, temporaryFolder } from '../helpers/cli.js'

const INSTANCES = ['ledger-tiny', 'solvency-tiny']
const folder = temporaryFolder()
const at = (path: string) => join(folder, path)
afterAll(terminateProving)

/** Runs a command that has to do what it was asked to, with a cache that only the ceremony's keys are in. */
async function plimsoll(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await start(args, { PLIMSOLL_CACHE: at('cache') }, { cwd: folder }).ended
  expect(code, stdout + stderr).toBe(0)
  return stdout
}

/** Hands in what somebody made, signed. */
async function accept(name: string): Promise<void> {
  await sign(at(name), name)
  await plimsoll('ceremony', 'accept', 'ceremony', name)
}

const about = (name: string) => ['--name', name, '--signer', contributor(name).signer, '--out', name]

test('a ceremony makes the keys of instances that are shipped: proven with, valid in production, and on a chain (ceremony.1, ceremony.10, ceremony.11)', async () => {
  await writePowers(at('powers.ptau'), 14)
  const powers = ['--ptau', 'powers.ptau', '--trust-ptau', await blake2bFile(at('powers.ptau'))]
  writeFileSync(at('dice.txt'), '4 2 6 1 3 3 5')
  await initCeremony(at('ceremony'), {
    instances: INSTANCES,
    powers: at('powers.ptau'),
    trustPowers: powers[3]!,
    name: 'a test',
    coordinator: 'the test',
    software: 'plimsoll test',
    now: CLOSED - 86_400,
  })
  for (const name of ['Alice', 'Carol']) {
    await plimsoll('ceremony', 'contribute', 'ceremony', ...about(name), '--entropy-file', 'dice.txt')
    await accept(name)
  }
  await plimsoll('ceremony', 'contribute', 'ceremony', '--export', 'keys')
  mkdirSync(at('made'))
  for (const name of INSTANCES) {
    await zKey.contribute(at(`keys/${name}.zkey`), at(`made/${name}.zkey`), 'Bob', 'dice')
  }
  await plimsoll('ceremony', 'contribute', 'ceremony', ...about('Bob'), '--made', 'made')
  await accept('Bob')
  await closeCeremony(at('ceremony'), ROUND.number, CLOSED)
  writeFileSync(at('round.drand'), JSON.stringify({ round: ROUND.number, ...ROUND }))
  await plimsoll('ceremony', 'beacon', 'ceremony', '--answer', 'round.drand')
  await plimsoll('ceremony', 'finalize', 'ceremony', ...powers)
  const verified = await plimsoll(
    'ceremony',
    'verify',
    'ceremony',
    ...powers,
    '--pins',
    'pins.json',
    '--install',
  )
  expect(verified).toContain('VALID')
  for (const name of INSTANCES) {
    const [initial, last] = [at(`ceremony/${name}/0000.zkey`), at(`ceremony/${name}/final.zkey`)]
    expect(await zKey.verifyFromInit(initial, at('powers.ptau'), last), name).toBe(true)
  }

  const venue = writeVenue(folder)
  await plimsoll(...ledgerArgs(venue, 'epoch', ['ledger-tiny']))
  await plimsoll('solvency', 'prove', '--epoch', 'epoch', '--reserves', venue.reserves)
  await plimsoll('verify', 'epoch', '--pins', 'pins.json', '--production')

  const pins = await readPins(at('pins.json'))
  const { epoch } = await openEpoch(folderSource(at('epoch')), { pins })
  const keys = await Promise.all(INSTANCES.map((name) => loadArtifacts(name, { cacheDir: at('cache') })))
  const local = await startLocalChain()
  try {
    const chain = await connectChain(local.rpcUrl)
    const { valid } = await verifyEpochOnChain(
      chain,
      epoch!,
      keys.map((key) => key!),
      () => {},
    )
    expect(valid).toBe(true)
  } finally {
    await local.stop()
  }
})
