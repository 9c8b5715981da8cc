import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { groth16 } from 'snarkjs'
import { curve, fromG1, g1 } from '../../scripts/contract-fixtures/points.js'
import { contractSources, VERIFIER_IMPORTS } from '../../src/chain/contracts.js'
import { deployContract } from '../../src/chain/deploy.js'
import {
  type ChainConnection,
  type VerifierAt,
  type VerifierKey,
  verifierName,
  verifierSource,
} from '../../src/chain/index.js'
import { sha256File } from '../../src/files/index.js'
import { type Groth16Proof, type VerificationKey, verificationKeyHash } from '../../src/groth16/index.js'
import type { Artifacts } from '../../src/proving/index.js'
import { temporaryFolder } from '../helpers/cli.js'

/** The contract of a key, with the constants of another key in it: what `verifierSource` would not make. */
export async function deployByHand(
  chain: ChainConnection,
  sound: VerifierKey,
  key: VerificationKey,
  edit: (library: string) => string = (text) => text,
): Promise<VerifierAt> {
  const name = verifierName(sound.instance.name)
  const path = `${name}.sol`
  const words = constantsOf(key)
  const source = (await verifierSource(sound)).replace(
    /hex"[0-9a-f]{64}"/g,
    () => `hex"${words.shift()!.toString(16).padStart(64, '0')}"`,
  )
  const imports = await contractSources(VERIFIER_IMPORTS)
  const library = imports['libraries/Groth16.sol']!
  const sources = { ...imports, 'libraries/Groth16.sol': edit(library), [path]: source }
  const { address } = await deployContract(chain, { sources, path, name })
  return { address, keyHash: verificationKeyHash(sound.verificationKey) }
}

/** The words of a key in the order of a contract: G2 with the imaginary part first. */
export function constantsOf({ alpha, beta, gamma, delta, ic }: VerificationKey): bigint[] {
  const twists = [beta, gamma, delta].flatMap(([x, y]) => [x[1], x[0], y[1], y[0]])
  return [...alpha, ...twists, ...ic.flat()].map(BigInt)
}

/** What anyone makes of a key alone where gamma is delta: e(α, β) = e(α, β)·e(ic, γ)·e(−ic, δ). */
export function forgery({ alpha, beta, ic }: VerificationKey, signals: readonly bigint[]): Groth16Proof {
  const { G1 } = curve
  const sum = signals.reduce(
    (total, signal, i) => G1.add(total, G1.timesScalar(g1(ic[i + 1]!), signal)),
    g1(ic[0]!),
  )
  return { a: alpha, b: beta, c: fromG1(G1.neg(sum)) }
}

/** The verdict of snarkjs, which does not look at the key. */
export function snarkjsVerifies(
  key: VerificationKey,
  signals: readonly bigint[],
  { a, b, c }: Groth16Proof,
): Promise<boolean> {
  const one = ['1', '0']
  const { alpha, beta, gamma, delta, ic } = key
  return groth16.verify(
    {
      protocol: 'groth16',
      curve: 'bn128',
      nPublic: signals.length,
      vk_alpha_1: [...alpha, '1'],
      vk_beta_2: [...beta, one],
      vk_gamma_2: [...gamma, one],
      vk_delta_2: [...delta, one],
      IC: ic.map((point) => [...point, '1']),
    },
    signals.map(String),
    { pi_a: [...a, '1'], pi_b: [...b, one], pi_c: [...c, '1'], protocol: 'groth16', curve: 'bn128' },
  )
}

/** A cache with another proving key in it, and a manifest that speaks of that file and of `key`. */
export async function cacheWith(
  artifacts: Artifacts,
  zkey: string,
  key: VerificationKey,
): Promise<{ cacheDir: string }> {
  const cacheDir = temporaryFolder()
  const folder = join(cacheDir, basename(artifacts.directory))
  cpSync(artifacts.directory, folder, { recursive: true })
  cpSync(zkey, join(folder, 'proving.zkey'))
  const path = join(folder, 'key.json')
  const manifest = JSON.parse(readFileSync(path, 'utf8'))
  manifest.files['proving.zkey'] = await sha256File(zkey)
  Object.assign(manifest, { verificationKey: key, keyHash: verificationKeyHash(key) })
  writeFileSync(path, JSON.stringify(manifest))
  return { cacheDir }
}
