import { createHash } from 'node:crypto'

/** The files of an epoch by their paths. */
export type Files = Record<string, string>

/** A change to a valid epoch after which no verifier may accept it. */
export interface Vector {
  name: string
  /** Whether the epoch has what is changed (default: every epoch has). */
  applies?(files: Files): boolean
  change(files: Files): void
}

// biome-ignore lint/suspicious/noExplicitAny: a vector changes a file whatever its schema is
type Json = any

function edit(path: string, change: (json: Json) => void): (files: Files) => void {
  return (files) => {
    const json = JSON.parse(files[path]!)
    change(json)
    files[path] = `${JSON.stringify(json, null, 2)}\n`
  }
}

/** Changes the risk table, and its hash wherever it is named: only its root shows it. */
function editTable(change: (risk: Json) => void): (files: Files) => void {
  return (files) => {
    edit('risk.json', change)(files)
    const riskTable = createHash('sha256').update(files['risk.json']!).digest('hex')
    edit('manifest.json', (manifest) => Object.assign(manifest, { riskTable }))(files)
    edit('solvency.json', (proof) => Object.assign(proof.for, { riskTable }))(files)
  }
}

const hasTiers = (files: Files): boolean =>
  JSON.parse(files['risk.json']!).instruments.some((row: Json) => row.tier !== undefined)
const tierOf = (risk: Json): Json => risk.instruments.find((row: Json) => row.tier !== undefined)
/** The path of a proof of a liquidation. */
const liquidationOf = (files: Files): string | undefined =>
  Object.keys(files).find((path) => path.startsWith('liquidations/'))
const hasLiquidation = (files: Files): boolean => liquidationOf(files) !== undefined

/** What is changed of a proof of a liquidation. */
function liquidation(name: string, change: (file: Json) => void): Vector {
  return {
    name: `liquidation-${name}`,
    applies: hasLiquidation,
    change: (files) => edit(liquidationOf(files)!, change)(files),
  }
}

const hasMargin = (files: Files): boolean => JSON.parse(files['risk.json']!).margin !== undefined

const one = (text: string): string => (BigInt(text) + 1n).toString()
const FIRST = 'ledger/0000/0000000.json'
const SECOND = 'ledger/0000/0000001.json'

/** Vectors for an epoch of two batches or more whose instances differ or not. */
export const VECTORS: readonly Vector[] = [
  {
    name: 'venue',
    change: edit('manifest.json', (m) => {
      m.venue += ' 2'
    }),
  },
  {
    name: 'epoch',
    change: edit('manifest.json', (m) => {
      m.epoch += '-2'
    }),
  },
  {
    name: 'target',
    change: edit('manifest.json', (m) => {
      m.target = { chainId: '1', contract: `0x${'1'.repeat(40)}` }
    }),
  },
  {
    name: 'previous',
    change: edit('manifest.json', (m) => {
      m.previous = '0'.repeat(64)
    }),
  },
  {
    name: 'previous-zero',
    change: (files) => {
      const zero = (json: Json) => {
        json.previous = '0'.repeat(64)
      }
      edit('manifest.json', zero)(files)
      edit('solvency.json', (proof) => zero(proof.for))(files)
    },
  },
  {
    name: 'accounts-root',
    change: edit('manifest.json', (m) => {
      m.parts.solvency.accountsRoot = one(m.parts.solvency.accountsRoot)
    }),
  },
  {
    name: 'reserves',
    change: edit('manifest.json', (m) => {
      m.parts.solvency.reservesCommitment = one(m.parts.solvency.reservesCommitment)
    }),
  },
  {
    name: 'first-state',
    change: edit('manifest.json', (m) => {
      m.parts.ledger.firstState = one(m.parts.ledger.firstState)
    }),
  },
  {
    name: 'last-state',
    change: edit('manifest.json', (m) => {
      m.parts.ledger.state = one(m.parts.ledger.state)
    }),
  },
  {
    name: 'mark',
    change: edit('risk.json', (r) => {
      r.instruments[0].mark = '1'
    }),
  },
  {
    name: 'mark-named',
    change: editTable((r) => {
      r.instruments[0].mark = '1'
    }),
  },
  {
    name: 'tier-width',
    applies: hasTiers,
    change: editTable((r) => {
      tierOf(r).tier.width = '3'
    }),
  },
  {
    name: 'tier-list',
    applies: hasTiers,
    change: editTable((r) => {
      tierOf(r).tier.list = tierOf(r).tier.list === 'loan' ? 'margin' : 'loan'
    }),
  },
  {
    name: 'tier-value',
    applies: hasTiers,
    change: editTable((r) => {
      r.scenarios[0].values[tierOf(r).symbol] = '1'
    }),
  },
  {
    name: 'margin-left-out',
    applies: hasMargin,
    change: editTable((r) => {
      delete r.margin
    }),
  },
  {
    name: 'margin-threshold',
    applies: hasMargin,
    change: editTable((r) => {
      r.margin.requirements[0].threshold = '12'
    }),
  },
  {
    name: 'margin-row',
    applies: hasMargin,
    change: editTable((r) => {
      r.margin.instruments[0].value.long = '1'
    }),
  },
  {
    name: 'margin-name',
    applies: hasMargin,
    change: editTable((r) => {
      r.margin.model += ' 2'
    }),
  },
  {
    name: 'instruments-reordered',
    change: edit('risk.json', (r) => {
      r.instruments.reverse()
    }),
  },
  {
    name: 'time',
    change: edit('risk.json', (r) => {
      r.timestamp += 1
    }),
  },
  {
    name: 'policy-weaker',
    change: edit('policy.json', (p) => {
      p.minimumRatio = '0.5'
    }),
  },
  {
    name: 'policy-stronger',
    change: edit('policy.json', (p) => {
      p.minimumRatio = '2'
    }),
  },
  {
    name: 'policy-spacing',
    change: (files) => {
      files['policy.json'] += '\n'
    },
  },
  {
    name: 'batches-swapped',
    change: (files) => {
      ;[files[FIRST], files[SECOND]] = [files[SECOND]!, files[FIRST]!]
    },
  },
  {
    name: 'batch-twice',
    change: (files) => {
      files[SECOND] = files[FIRST]!
    },
  },
  {
    name: 'batch-missing',
    change: (files) => {
      delete files[SECOND]
    },
  },
  {
    name: 'batch-signal',
    change: edit(FIRST, (p) => {
      p.signals.stateAfter = one(p.signals.stateAfter)
    }),
  },
  {
    name: 'batch-proof',
    change: edit(FIRST, (p) => {
      p.proof.a = p.proof.c
    }),
  },
  {
    name: 'solvency-proof',
    change: edit('solvency.json', (p) => {
      p.proof.c = p.proof.a
    }),
  },
  {
    name: 'solvency-signal',
    change: edit('solvency.json', (p) => {
      p.signals.timestamp = one(p.signals.timestamp)
    }),
  },
  {
    name: 'key-other',
    change: (files) => {
      const [first, second] = Object.keys(files)
        .filter((path) => path.startsWith('keys/'))
        .sort()
      files[first!] = files[second!]!
    },
  },
  {
    name: 'file-foreign',
    change: (files) => {
      files['notes.json'] = '{}'
    },
  },
  {
    name: 'evidence-unnamed',
    change: (files) => {
      files['reserves/challenge.json'] = '{}'
    },
  },
  {
    name: 'evidence-missing',
    change: edit('manifest.json', (m) => {
      const evidence = { classes: ['proven'], evidenceHash: '0'.repeat(64), evidence: '0' }
      m.parts.backing = { instance: 'backing-tiny', ...evidence }
    }),
  },
  ...['accountsRoot', 'riskRoot', 'requirement', 'policy', 'movement', 'nullifier', 'context'].map((signal) =>
    liquidation(signal.toLowerCase(), ({ proof }) => {
      proof.signals[signal] = one(proof.signals[signal])
    }),
  ),
  ...['venue', 'epoch'].map((field) =>
    liquidation(`of-another-${field}`, (file) => {
      file[field] += ' 2'
    }),
  ),
  liquidation('for-a-gate', (file) => {
    file.gate = { chainId: '1', contract: `0x${'1'.repeat(40)}` }
  }),
  liquidation('proof', ({ proof: { proof } }) => {
    proof.a = proof.c
  }),
  liquidation('key', ({ key }) => key.ic.reverse()),
  liquidation('statement', ({ proof }) => {
    proof.statement = 'margin'
  }),
  {
    name: 'liquidation-twice',
    applies: hasLiquidation,
    change: (files) => {
      files[`liquidations/${'0'.repeat(63)}1.json`] = files[liquidationOf(files)!]!
    },
  },
]
