import { describe, expect, test } from 'vitest'
import { AllowList } from '../../scripts/soundness/allow-list.js'
import { type Edit, edited } from '../../scripts/soundness/bench/circuit.js'
import { type Compiled, compile, sourceOf } from '../../scripts/soundness/compiled.js'
import { valuesOf } from '../../scripts/soundness/perturbation/alternatives.js'
import { kernel } from '../../scripts/soundness/perturbation/jacobian.js'
import { ledgerWitnesses } from '../../scripts/soundness/perturbation/ledger-witnesses.js'
import { uniqueness } from '../../scripts/soundness/uniqueness/uniqueness.js'
import { findInstance } from '../../src/proving/index.js'
import { gatherSources } from '../../src/proving/sources.js'

const TINY = findInstance('ledger-tiny')
const file = 'ledger.circom'

/** Signals of a ledger, each cut off from what it is made of. */
const CUTS: readonly Edit[] = [
  {
    file,
    from: 'leaves[u] <== Leaf(SLOTS)(holders[u], slots[u]);',
    to: 'leafHashes[u] <== Leaf(SLOTS)(holders[u], slots[u]); leaves[u] <-- leafHashes[u];',
  },
  {
    file,
    from: 'signal leaves[ACCOUNTS + STRESSED];',
    to: 'signal leaves[ACCOUNTS + STRESSED]; signal leafHashes[ACCOUNTS];',
  },
  {
    file,
    from: 'signal batchRoot <== BatchRoot(ACCOUNTS + STRESSED)(leaves);',
    to: 'signal hashed <== BatchRoot(ACCOUNTS + STRESSED)(leaves); signal batchRoot <-- hashed;',
  },
  {
    file,
    from: 'signal accountsRoot <== TreePath(ACCOUNTS_DEPTH())(batchRoot, indexBits, children);',
    to: 'signal top <== TreePath(ACCOUNTS_DEPTH())(batchRoot, indexBits, children); signal accountsRoot <-- top;',
  },
  {
    file,
    from: 'keys.challenge <== Challenge(1)(transcripts.second);',
    to: 'signal squeezed <== Challenge(1)(transcripts.second); keys.challenge <-- squeezed;',
  },
]
const FREED = ['leaves[0]', 'leaves[1]', 'leaves[2]', 'leaves[3]', 'keys.challenge']
/** This is hashed into a state, which is public: another value would need a collision, and none is near. */
const HASHED = ['accountsRoot']

/** Of a circuit, what the two searches name. */
async function named({
  system,
  name,
  signal,
  witness,
}: Compiled): Promise<{ unique: string[]; free: string[] }> {
  const allowed = new AllowList()
  const { undetermined } = uniqueness(system, {
    hint: (wire) => allowed.allows('Ledger', 'hint', signal(wire)),
    quotient: (wire) => allowed.allows('Ledger', 'quotient', signal(wire)),
  })
  const [inputs] = ledgerWitnesses(TINY.params).values()
  const { wires } = kernel(system, valuesOf(system, await witness(inputs!)))
  return { unique: undetermined.map(name), free: wires.map(name) }
}

describe('a ledger without an input that has no wire of its own (ledger.12)', () => {
  test('every signal that is cut off from what it is made of is found, whether or not it stands where an input would', async () => {
    const sources = Object.fromEntries(edited(gatherSources([file]), CUTS))
    const { unique, free } = await named(await compile({ ...sourceOf(TINY), sources }))
    expect([...FREED, ...HASHED].filter((signal) => !unique.includes(signal))).toEqual([])
    expect(FREED.filter((signal) => !free.includes(signal))).toEqual([])
  })
})
