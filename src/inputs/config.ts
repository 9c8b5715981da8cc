import { dirname, resolve } from 'node:path'
import * as z from 'zod'
import { labelSchema, parseTarget } from '../bundle/index.js'
import { InputError, inPlace } from '../errors/index.js'
import { readJsonFile } from '../files/index.js'
import { editable, timestampSchema } from '../schema/index.js'

/** The file that says how a venue makes its epochs, by its name in the folder that commands are run in. */
export const CONFIG_FILE = 'plimsoll.json'

const path = (what: string) => z.string().min(1).describe(`${what}; relative to the folder of this file`)

/** The file `plimsoll.json`. */
export const configSchema = z.strictObject({
  schema: z.literal('plimsoll/config/1'),
  venue: labelSchema.describe('Name of the venue, bound into every proof of solvency'),
  naming: z
    .enum(['date', 'number'])
    .describe(
      'How an epoch is named: by the day of its marks (UTC), or by the number after the last one, which a chain needs',
    ),
  files: z.strictObject({
    accounts: path('Accounts: CSV or Parquet'),
    risk: path('Risk table (JSON), or tier table (CSV)'),
    timestamp: timestampSchema
      .exactOptional()
      .describe('For a tier table alone: time of its prices, seconds since 1970-01-01 UTC'),
    reserves: path('Reserves, and the layers that absorb shortfalls (JSON)'),
    evidence: path(
      'Folder of evidence of the reserves, published with the epoch; without it, nothing stands behind them',
    ).exactOptional(),
    policy: path('Thresholds and waterfall (JSON); without it, full reserves').exactOptional(),
    pins: path('The keys that readers are to trust: publish it elsewhere than the epochs'),
    key: path('The key that the venue signs with; without it, epochs are not signed').exactOptional(),
  }),
  known: z
    .strictObject({
      blocks: z.array(z.string()).exactOptional().describe('Blocks that count, such as eip155:1=0x…'),
      checkpoints: z
        .array(z.string())
        .exactOptional()
        .describe("Blocks of Bitcoin's chain, hash:height, which headers of evidence may start with"),
      assets: z
        .array(z.string())
        .exactOptional()
        .describe('Symbols of assets, such as USDC=eip155:1/erc20:0x…'),
      tokens: path("Layouts of tokens (JSON), in the form of the evidence's tokens.json").exactOptional(),
      exclude: path('Accounts and assets that never count (JSON)').exactOptional(),
    })
    .exactOptional()
    .describe('What is known of chains and tokens from elsewhere than the evidence, as readers name it'),
  folders: z.strictObject({
    public: path('Where epochs and their archives go'),
    private: path('Where salts and inclusion files go: never published'),
  }),
  plan: z
    .strictObject({
      instances: z.array(z.string()).min(1).exactOptional().describe('Choose among these instances alone'),
      ownInstances: path("The project's own sizes (JSON)").exactOptional(),
      allStressed: z
        .boolean()
        .exactOptional()
        .describe('Prove every account as one that could have debts, so that nobody sees how many do'),
      workers: z.int().nonnegative().max(999).exactOptional().describe('Processes that prove at once'),
      prover: z.string().exactOptional().describe('What makes the proofs, as --prover takes it'),
    })
    .exactOptional(),
  target: z
    .strictObject({ chainId: z.string(), contract: z.string() })
    .nullable()
    .exactOptional()
    .describe('The chain and the contract that the proof of solvency is meant for'),
})

type ConfigFile = z.output<typeof configSchema>

/** How a venue makes its epochs; paths are absolute. */
export interface Config extends Omit<ConfigFile, 'known' | 'plan' | 'target'> {
  known: NonNullable<ConfigFile['known']>
  plan: NonNullable<ConfigFile['plan']>
  target: ReturnType<typeof parseTarget>
}

/**
 * Reads the file that says how a venue makes its epochs.
 *
 * @throws {InputError} `CONFIG_MISSING`, `EPOCH_TARGET`, and what `readJsonFile` throws
 */
export async function readConfig(file: string): Promise<Config> {
  const read = await readJsonFile(file, editable(configSchema)).catch((error: unknown) => {
    const missing = error instanceof InputError && (error.cause as NodeJS.ErrnoException)?.code === 'ENOENT'
    if (!missing) throw error
    throw new InputError('CONFIG_MISSING', 'there is no such file', {
      where: file,
      hint: '`plimsoll init` writes one, with the files that it names; `plimsoll init --example` a whole small venue.',
    })
  })
  const at = (given: string) => resolve(dirname(file), given)
  const { accounts, risk, reserves, evidence, policy, pins, key, timestamp } = read.files
  const { ownInstances, ...plan } = read.plan ?? {}
  const { tokens, exclude, ...known } = read.known ?? {}
  return {
    ...read,
    files: {
      accounts: at(accounts),
      risk: at(risk),
      reserves: at(reserves),
      pins: at(pins),
      ...(timestamp === undefined ? {} : { timestamp }),
      ...(evidence === undefined ? {} : { evidence: at(evidence) }),
      ...(policy === undefined ? {} : { policy: at(policy) }),
      ...(key === undefined ? {} : { key: at(key) }),
    },
    known: {
      ...known,
      ...(tokens === undefined ? {} : { tokens: at(tokens) }),
      ...(exclude === undefined ? {} : { exclude: at(exclude) }),
    },
    folders: { public: at(read.folders.public), private: at(read.folders.private) },
    plan: { ...plan, ...(ownInstances === undefined ? {} : { ownInstances: at(ownInstances) }) },
    target: await inPlace(file, () => parseTarget(read.target ?? null)),
  }
}
