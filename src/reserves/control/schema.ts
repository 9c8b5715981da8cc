import * as z from 'zod'
import { hexSchema, MAX_TRANSACTION } from '../hex.js'

/** Longest signature, in characters: a proof of funds over a thousand outputs. */
const MAX_SIGNATURE = 1 << 22
/** Most keys of a multisig script. */
const MAX_KEYS = 20

const hex = (max: number) =>
  z
    .string()
    .max(max)
    .regex(/^0x(?:[0-9a-f]{2})*$/, 'must be 0x and pairs of lower-case hexadecimal digits')

/**
 * An Ethereum signature in its one form: 65 bytes, the last 27 or 28. Which half of the curve `s` lies in is
 * checked with the rest.
 */
export const evmSignature = z
  .string()
  .regex(
    /^0x[0-9a-f]{128}1[bc]$/,
    'must be 65 bytes in lower-case hexadecimal digits after 0x, the last 1b or 1c',
  )

const base64 = z
  .string()
  .max(MAX_SIGNATURE)
  .regex(/^[A-Za-z0-9+/]+={0,2}$/, 'must be base64')

/** Bytes of a header, and of a node of a trie that holds a transaction; nodes on the way to one. */
const [MAX_HEADER, MAX_NODE, MAX_DEPTH] = [4096, 262_144, 16]

/** What shows a movement. */
const movementProofSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('evm-transaction'),
    /** The header of the block, as it is hashed. */
    header: hexSchema(1, MAX_HEADER),
    /** Number of the transaction in its block. */
    index: z.int().min(0).max(0xffff),
    /** Nodes of the trie of the block's transactions, from its root to the transaction. */
    nodes: z.array(hexSchema(1, MAX_NODE)).min(1).max(MAX_DEPTH),
  }),
  z.strictObject({
    kind: z.literal('bitcoin-transaction'),
    height: z.int().nonnegative(),
    /** Without its witnesses. */
    transaction: hexSchema(60, MAX_TRANSACTION),
    /** Place in its block, and the other child at each node above it, the lowest first. */
    position: z.int().nonnegative(),
    branch: z.array(hexSchema(32)).max(32),
    /** The transactions whose outputs it spends, each once, without their witnesses. */
    spent: z.array(hexSchema(60, MAX_TRANSACTION)).min(1).max(100),
  }),
])

/** The ways in which control of an account is shown, by `kind`. */
export const controlSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('bip322'),
    /** With the prefix `smp`, `ful` or `pof`; without one it is the simple form. */
    signature: base64,
  }),
  z.strictObject({
    kind: z.literal('bitcoin-message'),
    /** Compact signatures, one for each key that signs. */
    signatures: z.array(base64.length(88)).min(1).max(MAX_KEYS),
    /** The multisig script, where the address is a script's hash. */
    script: hex(1 << 13).exactOptional(),
  }),
  z.strictObject({ kind: z.literal('eip191'), signature: evmSignature }),
  z.strictObject({ kind: z.literal('eip712'), signature: evmSignature }),
  z.strictObject({
    kind: z.literal('eip1271'),
    signature: hex(1 << 16),
    /** What the contract's `isValidSignature` returned at the evidence's block. */
    result: hex(1 << 12),
  }),
  z.strictObject({
    kind: z.literal('safe'),
    /** Of owners, by EIP-191 over the text. */
    signatures: z.array(evmSignature).min(1).max(100),
  }),
  z.strictObject({ kind: z.literal('tron'), signature: evmSignature }),
  z.strictObject({
    kind: z.literal('ed25519-raw'),
    /** 64 bytes in base58, as Solana's wallets show it. */
    signature: z.string().regex(/^[1-9A-HJ-NP-Za-km-z]{64,90}$/, 'must be 64 bytes in base58'),
    /** Whether the text was signed as it is, or under Solana's header for off-chain messages. */
    form: z.enum(['raw', 'solana-off-chain']),
  }),
  z.strictObject({
    kind: z.literal('movement'),
    /** The transaction's id, as its chain writes it. */
    transaction: z.string().regex(/^(?:0x)?[0-9a-f]{64}$/, 'must be 64 lower-case hexadecimal digits'),
    /** What shows the transaction, from the hash of its block on; without it a movement is inconclusive. */
    proof: movementProofSchema.exactOptional(),
  }),
])

/**
 * What shows control of an account: a signature over its text, a contract's answer, or a transfer.
 *
 * @useDeclaredType
 */
export type Control = z.infer<typeof controlSchema>

/** What shows the transaction of a movement. */
export type MovementProof = NonNullable<Extract<Control, { kind: 'movement' }>['proof']>

/** One kind of control. */
export type ControlOf<Kind extends Control['kind']> = Extract<Control, { kind: Kind }>
