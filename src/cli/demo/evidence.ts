import { join } from 'node:path'
import { connectChain, startLocalChain } from '../../chain/index.js'
import { collectReserves, evidenceFolder, jsonRpc, makeChallenge } from '../../collect/index.js'
import type { ProvenManifest } from '../../epoch/index.js'
import { ProofError } from '../../errors/index.js'
import {
  type AddressEntry,
  checkReserves,
  type Reserves,
  type ReservesVerdict,
  reservesMessage,
  shownUnits,
} from '../../reserves/index.js'
import type { RiskTable } from '../../risk/index.js'
import type { Ui } from '../terminal/ui.js'

const INSTRUMENT = 'ETH'

/** What addresses of the local chain show of one instrument. */
export interface EvidenceDemo {
  instrument: string
  /** Exact decimal of whole units, proven from the hash of a block. */
  proven: string
  /** Whether that is at least what the epoch commits to. */
  enough: boolean
  verdict: ReservesVerdict
  block: { chain: string; height: number; hash: string }
  checks: number
}

/**
 * Evidence of the venue's ether: an account of the local chain signs for the epoch, its balance is collected
 * with a proof, and all of it is checked with no network, under the block's hash.
 */
export async function demoEvidence(
  ui: Ui,
  out: string,
  epoch: { manifest: ProvenManifest; table: RiskTable; reserves: Reserves },
): Promise<EvidenceDemo> {
  const { manifest, table, reserves } = epoch
  const { venue, epoch: name, riskTable } = manifest
  const { accountsRoot } = manifest.parts.solvency
  const { timestamp, instruments } = table
  const [folder, evidence] = [join(out, 'challenge'), join(out, 'evidence')]
  return ui.step(`showing the venue's ${INSTRUMENT} by an address of the chain`, async () => {
    // A chain of its own, whose first block after the genesis is of the moment of the risk table.
    const local = await startLocalChain(['--timestamp', `${timestamp - 1}`])
    try {
      const chain = await connectChain(local.rpcUrl)
      await chain.reader.request({ method: 'evm_mine', params: [timestamp] } as never)
      const id = `eip155:${local.chainId}`
      const account = `${id}:${chain.writer!.account.address.toLowerCase()}`
      const asset = `${id}/slip44:60`
      const entry: AddressEntry = {
        ...{ account, holdsFor: 'customers', control: 'eip191' },
        assets: [{ asset, instrument: INSTRUMENT }],
      }
      const read = await makeChallenge(folder, {
        ...{ venue, epoch: name, accountsRoot, moment: timestamp },
        addresses: {
          schema: 'plimsoll/reserves-addresses/1',
          accounts: [entry],
        },
      })
      const statement = { venue, epoch: name, account, holdsFor: entry.holdsFor, challenge: read.hash }
      const signature = await chain.writer!.signMessage({ message: reservesMessage(statement) })
      await collectReserves({
        out: evidence,
        challenge: join(folder, 'challenge.json'),
        addresses: join(folder, 'addresses.json'),
        controls: new Map([[account, { kind: 'eip191', signature }]]),
        nodes: new Map([[id, [jsonRpc(local.rpcUrl, `${id}, node 1`)]]]),
        now: timestamp + 1,
      })
      const { hash } = await chain.reader.getBlock({ blockNumber: 1n })
      const { report, totals } = await checkReserves(evidenceFolder(evidence), {
        epoch: { venue, epoch: name, accountsRoot, timestamp },
        table: { sha256: riskTable, instruments },
        blocks: new Map([[id, [hash]]]),
        names: new Map([[asset, INSTRUMENT]]),
      })
      const [block] = report.blocks
      const [row] = report.shown
      if (totals === undefined || block === undefined || row === undefined) {
        throw new ProofError('DEMO_INVALID', 'evidence that was just collected does not hold')
      }
      const at = instruments.findIndex(({ symbol }) => symbol === INSTRUMENT)
      const shown = shownUnits(totals, instruments, ['proven'])
      return {
        instrument: INSTRUMENT,
        proven: row.proven,
        enough: shown[at]! >= reserves.reserves[at]!,
        verdict: report.verdict,
        block: { chain: id, height: block.height, hash: block.hash },
        checks: report.checks.length,
      }
    } finally {
      await local.stop()
    }
  })
}
