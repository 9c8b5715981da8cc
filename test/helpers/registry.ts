import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { type Address, getContractAddress } from 'viem'
import { bytesSource, type KeyPins, policyHash } from '../../src/bundle/index.js'
import {
  type ChainConnection,
  connectChain,
  deployAccessManager,
  deploySolvencyRegistry,
  deployVerifier,
  type LocalChain,
  openSolvencyRegistry,
  type SolvencyRegistry,
  startLocalChain,
} from '../../src/chain/index.js'
import { type EpochSignature, epochSigned, openEpoch, type VerifiedEpoch } from '../../src/epoch/index.js'
import { ensureArtifacts } from '../../src/proving/index.js'
import { formatJson } from '../../src/schema/index.js'
import {
  createSigningKey,
  readPrivateKey,
  readSigningKey,
  type SigningKey,
  signEpoch,
} from '../../src/venue/index.js'
import { TEST_CACHE, temporaryFolder } from './cli.js'
import { proveSampleEpoch, type SampleBooks } from './epoch.js'
import { LONG, STRESS_BOOKS, STRESSED } from './stress-books.js'

export const VENUE = 'Tiny Venue'
/** When the books were taken. The chain is a minute later, whenever this runs. */
export const TAKEN = STRESS_BOOKS.table.timestamp
export const DEADLINE = TAKEN + 100_000
export const TERMS = { maxAge: 200_000, maxLag: 100_000 }

/** Four batches of one key, and one of another. */
const BOOKS: SampleBooks = {
  ...STRESS_BOOKS,
  batches: [
    { instance: 'ledger-tiny', accounts: LONG },
    ...[1, 2, 3].map(() => ({ instance: 'ledger-tiny', accounts: [] })),
    { instance: 'ledger-tiny-stress', accounts: STRESSED },
  ],
}

/** A registry on a chain of its own, and a real epoch that is made and signed for it. */
export interface RegistryFixture {
  local: LocalChain
  chain: ChainConnection
  authority: Address
  registry: SolvencyRegistry
  epoch: VerifiedEpoch
  signature: EpochSignature
  pins: KeyPins
  /** The epoch with its signature, and its pins, as files. */
  folder: string
  pinsFile: string
  operator: SigningKey
  /** The file of the operator's key. */
  operatorFile: string
  /** A key that the registry does not know. */
  stranger: SigningKey
  strangerFile: string
}

/**
 * Starts a chain with a registry that knows the venue and every key of the sample epoch, which is proven for
 * it. Nothing of the epoch is there yet. Called while a test file is read, as it makes folders.
 */
export function registryFixture(books: SampleBooks = BOOKS): () => Promise<RegistryFixture> {
  const [folder, keys] = [temporaryFolder(), temporaryFolder()]
  return async () => {
    const [operatorFile, strangerFile] = [join(keys, 'operator.json'), join(keys, 'stranger.json')]
    const operatorAddress = (await createSigningKey(operatorFile)) as Address
    await createSigningKey(strangerFile)
    const [operator, stranger] = [await readSigningKey(operatorFile), await readSigningKey(strangerFile)]
    const local = await startLocalChain(['--timestamp', `${TAKEN + 60}`])
    const chain = await connectChain(local.rpcUrl)
    // The second contract of an account that has sent nothing: it is known before it is there.
    const contract = getContractAddress({ from: chain.writer!.account.address, nonce: 1n }).toLowerCase()
    const target = { chainId: `${chain.chainId}`, contract }

    const { files, pins } = await proveSampleEpoch({ ...books, epoch: '7', target })
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true })
      writeFileSync(join(folder, path), text)
    }
    const signature = await signEpoch({
      ...{ folder, key: operator, uri: 'https://venue.example/7', deadline: DEADLINE },
    })
    const signed = { ...files, 'signature.json': formatJson(signature) }
    const { report, epoch } = await openEpoch(bytesSource(signed), { pins, now: TAKEN })
    if (epoch === undefined) throw new Error(JSON.stringify(report.checks.filter(({ valid }) => !valid)))
    const pinsFile = join(keys, 'pins.json')
    writeFileSync(pinsFile, formatJson({ schema: 'plimsoll/pins/2', keys: pins }))

    const { address: authority } = await deployAccessManager(chain)
    const { address } = await deploySolvencyRegistry(chain, authority)
    if (address.toLowerCase() !== contract) throw new Error(`the registry is at ${address}`)
    const registry = await openSolvencyRegistry(chain, address)
    for (const instance of Object.keys(pins)) {
      const verifier = await deployVerifier(chain, await ensureArtifacts(instance, { cacheDir: TEST_CACHE }))
      const statement = instance.startsWith('ledger') ? 'ledger' : 'solvency'
      await registry.registerKey(verifier, statement, { from: TAKEN, until: TAKEN + 1_000_000 })
    }
    await registry.registerVenue(VENUE, operatorAddress, TERMS)
    await registry.setPolicy(VENUE, {
      digest: BigInt(epoch.manifest.parts.solvency.policy),
      text: policyHash(epoch.policy),
    })
    await registry.setScenarios(VENUE, ['crash'])
    return {
      ...{ local, chain, authority, registry, epoch, signature, pins, folder, pinsFile },
      ...{ operator, operatorFile, stranger, strangerFile },
    }
  }
}

/** An epoch with another manifest, and what somebody signs of it. */
export async function signedOther(
  { epoch }: Pick<RegistryFixture, 'epoch'>,
  key: SigningKey,
  changes: Partial<VerifiedEpoch['manifest']>,
  { table = epoch.table, deadline = DEADLINE } = {},
): Promise<[VerifiedEpoch, EpochSignature]> {
  const manifest = { ...epoch.manifest, ...changes }
  const about = { manifest: epoch.manifestSha256, uri: '', deadline }
  const signed = await key.sign(epochSigned(manifest, about))
  const signature: EpochSignature = { schema: 'plimsoll/epoch-signature/1', ...about, ...signed }
  return [{ ...epoch, manifest, table, signature }, signature]
}

/** Asks the local chain for something that only such a chain does. */
export function ask<T = unknown>(
  { chain }: Pick<RegistryFixture, 'chain'>,
  method: string,
  ...params: unknown[]
) {
  return chain.reader.request({ method, params } as never) as Promise<T>
}

/** A connection that sends from the account of a key file, which is given money. */
export async function senderOf(
  fixture: Pick<RegistryFixture, 'chain' | 'local'>,
  keyFile: string,
  ether = 100n,
) {
  const chain = await connectChain(fixture.local.rpcUrl, { privateKey: await readPrivateKey(keyFile) })
  const account = chain.writer!.account.address
  await ask(fixture, 'anvil_setBalance', account, `0x${(ether * 10n ** 18n).toString(16)}`)
  return { chain, account }
}
