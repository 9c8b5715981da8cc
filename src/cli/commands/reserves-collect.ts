import { type Command, Option } from 'commander'
import { command } from '../command.js'
import { ManyOption, required } from '../options.js'
import { checkpointOption, readCheckpoints, readNodes, rpcOption } from '../reserves-options.js'
import { createUi } from '../terminal/ui.js'

interface Options {
  signatures?: string[]
  rpc?: string[]
  told?: string
  tokens?: string
  drand?: string
  checkpoint?: string[]
  out: string
  json?: boolean
}

export function reservesCollectCommand(): Command {
  return command('collect', {
    description: 'Collect evidence of what the accounts hold, from nodes. Killed, it goes on where it was.',
    args: [['<challenge>', 'the folder that `reserves challenge` made']],
    options: [
      new ManyOption('--signatures <file>', 'what came back of `reserves message`: CSV, or lines of JSON'),
      rpcOption('a node, such as eip155:1=http://127.0.0.1:8545; all of a chain have to agree on its blocks'),
      new Option(
        '--told <file>',
        'balances that nodes or people tell of, on chains without proofs (lines of JSON)',
      ),
      new Option('--tokens <file>', 'where tokens keep balances, if the project does not know it (JSON)'),
      checkpointOption(
        'the block that headers of Bitcoin start with, in place of the first: readers name it too',
      ),
      new Option('--drand <file>', 'the round of drand that picks the moments, with its signature (JSON)'),
      required('--out <folder>', 'make this folder, such as epoch/reserves'),
    ],
    notes: [
      'Accounts without a signature are left out. What a run has collected lies beside the folder until it is done.',
    ],
    examples: [
      'plimsoll reserves collect challenge --signatures to-sign/signatures.csv --rpc eip155:1=http://127.0.0.1:8545 --out epoch/reserves',
    ],
  }).action(async (folder: string, options: Options) => {
    const { collectReserves, readControls, readTold } = await import('../../collect/index.js')
    const { join } = await import('node:path')
    const { collectedView } = await import('../views/reserves.js')
    const ui = createUi(options)
    const { signatures = [], rpc = [], told, tokens, drand, checkpoint = [], out } = options
    const controls = await readControls(signatures)
    const nodes = await readNodes(rpc)
    const starts = [...(await readCheckpoints(checkpoint))].map(([id, [first]]) => [id, first!] as const)
    const given = told === undefined ? undefined : await readTold(told)
    const { report, leftOut, foundTokens } = await ui.step('collecting evidence', (update) =>
      collectReserves({
        out,
        challenge: join(folder, 'challenge.json'),
        addresses: join(folder, 'addresses.json'),
        controls,
        nodes,
        checkpoints: new Map(starts),
        ...(given !== undefined && { told: given }),
        ...(tokens !== undefined && { tokens }),
        ...(drand !== undefined && { drand }),
        onProgress: ({ chain, done, all }) => {
          if (done === all || done % 100 === 0) update(`${chain}: ${done} of ${all}`)
        },
      }),
    )
    const result = { folder: out, leftOut, foundTokens, ...report }
    ui.result(result, () => collectedView(result))
  })
}
