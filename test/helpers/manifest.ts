import type { Manifest } from '../../src/epoch/index.js'

/** The manifest of a finished epoch, of which nothing else is there. */
export const MANIFEST: Manifest = {
  schema: 'plimsoll/epoch/4',
  venue: 'Tiny Venue',
  epoch: '2026-01',
  target: null,
  riskTable: '1'.repeat(64),
  riskRoot: '1',
  sizes: { spots: 4, derivatives: 0, tiers: 0, scenarios: 0 },
  keys: {
    'ledger-tiny': { keyHash: '2'.repeat(64), circuitHash: '3'.repeat(64) },
    'solvency-tiny': { keyHash: '4'.repeat(64), circuitHash: '5'.repeat(64) },
  },
  parts: {
    ledger: { firstState: '1', state: '2', batches: [{ instance: 'ledger-tiny', count: 1 }] },
    solvency: { instance: 'solvency-tiny', accountsRoot: '1', reservesCommitment: '2', policy: '3' },
  },
}
