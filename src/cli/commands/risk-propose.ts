import { type Command, Option } from 'commander'
import { InputError } from '../../errors/index.js'
import type { Proposal } from '../../models/index.js'
import { connectAs, deploymentOption, nodeOption, senderOption } from '../chain-options.js'
import { command } from '../command.js'
import { forceOption, publicEpochOption, readAddress, required } from '../options.js'
import { createUi, type Ui } from '../terminal/ui.js'
import { type ProofTrustOptions, proofTrustOptions, readProofTrust } from '../trust-options.js'

interface ProposeOptions extends ProofTrustOptions {
  bounds: string
  key?: string
  by?: string
  rpc?: string
  sender?: string
  register?: string
  deployment?: string
  epoch?: string
  stress?: string
  dryRun?: boolean
  force?: boolean
  json?: boolean
}

export function riskProposeCommand(): Command {
  const rpc = nodeOption()
  rpc.mandatory = false
  return command('propose', {
    description:
      'Sign a proposal that lies within the bounds, and with a chain propose the risk table that carries it to the RiskRegister, where it can be vetoed before it is used.',
    args: [['<proposal>', 'the proposal, as `risk draft` wrote it']],
    options: [
      required('--bounds <file>', "the steward's own bounds: what breaks them is neither signed nor sent"),
      new Option('--key <file>', 'sign it with this key, as `epoch sign --new-key` makes one'),
      new Option('--by <address>', 'address of the key that must have signed it (default: that of --key)'),
      rpc,
      senderOption(),
      new Option('--register <address>', 'the RiskRegister'),
      deploymentOption().conflicts('register'),
      publicEpochOption(),
      new Option('--stress <file>', "the stress request that the epoch's table was made of"),
      ...proofTrustOptions(),
      new Option('--dry-run', 'try it at the node; send nothing'),
      forceOption(),
    ],
    notes: [
      "The signature is one of EIP-712, as that of an epoch, in a file beside the proposal. Sent is the table of an epoch that verifies and whose scenarios are those of the request at the table's marks, with every value of the proposal in it.",
    ],
    examples: [
      'plimsoll risk propose proposal.json --bounds examples/venue/bounds.json --key examples/venue/signing-key.json',
    ],
  }).action(async (file: string, options: ProposeOptions) => {
    const { signedProposalView } = await import('../views/proposal.js')
    const models = await import('../../models/index.js')
    const ui = createUi(options)
    const { key, rpc: node, bounds, force } = options
    if (key === undefined && node === undefined) {
      throw new InputError('USAGE', 'give --key to sign it, or --rpc to send what carries it')
    }
    const { proposal, sha256 } = await models.readProposal(file)
    models.assertWithin(proposal, await models.readRiskBounds(bounds), file)
    const data = models.proposalSigned(proposal, sha256)
    let signer = options.by === undefined ? undefined : await readAddress(options.by, '--by')
    if (key !== undefined) {
      const { readSigningKey } = await import('../../venue/index.js')
      const { writeResult } = await import('../write-result.js')
      const signed = await (await readSigningKey(key)).sign(data)
      const text = models.formatProposalSignature({ proposal: sha256, ...signed })
      await writeResult(models.signaturePath(file), text, force)
      signer ??= signed.signer
    }
    const signed = { proposal: file, sha256, signature: models.signaturePath(file), signer: signer ?? '' }
    if (node === undefined) return ui.result(signed, () => signedProposalView(signed))
    await assertSignedBy(file, { proposal, sha256, signer })
    await send(ui, { proposal, signed }, { ...options, rpc: node })
  })
}

/** @throws {InputError} `USAGE`; {ProofError} `PROPOSAL_SIGNATURE` */
async function assertSignedBy(
  file: string,
  { proposal, sha256, signer }: { proposal: Proposal; sha256: string; signer: string | undefined },
): Promise<void> {
  if (signer === undefined) throw new InputError('USAGE', 'say whose signature it needs', { where: '--by' })
  const { ProofError } = await import('../../errors/index.js')
  const { verifyProposalSignature } = await import('../../models/index.js')
  const why = await verifyProposalSignature(file, { proposal, sha256, signer })
  if (why !== undefined) throw new ProofError('PROPOSAL_SIGNATURE', why, { where: file })
}

async function send(
  ui: Ui,
  { proposal, signed }: { proposal: Proposal; signed: { proposal: string; sha256: string; signer: string } },
  options: ProposeOptions & { rpc: string },
): Promise<void> {
  const { assertChainId, openRiskRegister } = await import('../../chain/index.js')
  const { assertCarried, readStressRequest } = await import('../../models/index.js')
  const { epochToSend } = await import('../epoch-to-send.js')
  const { sentProposalView } = await import('../views/proposal.js')
  const { epoch: place, stress, dryRun = false } = options
  if (place === undefined || stress === undefined) {
    throw new InputError('USAGE', 'give --epoch and --stress: the table that carries the proposal')
  }
  const register = await readRegister(options)
  const trust = await readProofTrust(options)
  const epoch = await epochToSend(ui, place, trust)
  if (epoch === undefined) return
  assertCarried(proposal, await readStressRequest(stress), epoch.table, place)
  const chain = await connectAs(options)
  assertChainId(chain, register.chainId)
  const contract = await openRiskRegister(chain, register.address)
  await ui.step('trying it at the node', () => contract.tryPropose(epoch))
  const windows = await contract.windows()
  const gas = dryRun ? undefined : await ui.step('proposing the table', () => contract.propose(epoch))
  const result = {
    ...signed,
    register: register.address,
    chainId: chain.chainId,
    riskRoot: `${epoch.manifest.riskRoot}`,
    sent: !dryRun,
    ...(gas === undefined ? {} : { gas: `${gas}` }),
    vetoSeconds: windows.veto,
    lifetimeSeconds: windows.lifetime,
  }
  ui.result(result, () => sentProposalView(result))
}

/** @throws {InputError} `USAGE` */
async function readRegister({ register, deployment }: ProposeOptions) {
  if (register !== undefined) {
    return { address: (await readAddress(register, '--register')) as `0x${string}`, chainId: undefined }
  }
  if (deployment === undefined) throw new InputError('USAGE', 'give --register or --deployment')
  const { readDeployment } = await import('../../chain/index.js')
  const { chainId, contracts } = await readDeployment(deployment)
  if (contracts.riskRegister !== undefined) {
    return { address: contracts.riskRegister.address as `0x${string}`, chainId }
  }
  throw new InputError('USAGE', 'the deployment has no RiskRegister', { where: '--deployment' })
}
