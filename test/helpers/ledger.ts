import { expect } from 'vitest'
import { Circuit } from '../../scripts/soundness/bench/circuit.js'
import { elementsOf } from '../../scripts/soundness/bench/tamper.js'
import { linked, type SampleEpoch } from '../../scripts/soundness/samples/epoch.js'
import { LEDGER_PUBLIC, ledgerMain } from '../../scripts/soundness/samples/ledger.js'
import { SOLVENCY_PUBLIC, solvencyMain } from '../../scripts/soundness/samples/solvency.js'
import type { CircuitInputs } from '../../src/field/index.js'
import type { TableSizes } from '../../src/risk/index.js'
import {
  type LedgerSizes,
  ledgerInputs,
  ledgerModel,
  solvencyInputs,
  solvencyModel,
} from '../../src/statements/index.js'

export const ledgerSource = (sizes: LedgerSizes) => ({
  ...{ include: 'ledger.circom', main: ledgerMain(sizes), public: LEDGER_PUBLIC },
})
export const solvencySource = (sizes: TableSizes) => ({
  ...{ include: 'solvency.circom', main: solvencyMain(sizes), public: SOLVENCY_PUBLIC },
})

const compiled = new Map<string, Promise<Circuit>>()
/** The circuit of these sizes, compiled once. */
function once(source: ReturnType<typeof ledgerSource>): Promise<Circuit> {
  const circuit = compiled.get(source.main) ?? Circuit.compile(source)
  compiled.set(source.main, circuit)
  return circuit
}
export const ledgerCircuit = (sizes: LedgerSizes) => once(ledgerSource(sizes))
export const solvencyCircuit = (sizes: TableSizes) => once(solvencySource(sizes))

/** What the circuits say of an epoch, proof by proof. The models have to say the same. */
export async function verdicts(
  epoch: SampleEpoch,
): Promise<{ linked: boolean; ledgers: boolean[]; solvency: boolean }> {
  const ledgers: boolean[] = []
  for (const witness of epoch.witnesses) {
    const { valid } = ledgerModel(witness)
    const circuit = await ledgerCircuit(witness.sizes)
    expect(await circuit.accepts(ledgerInputs(witness)), 'the circuit of a ledger and its model').toBe(valid)
    ledgers.push(valid)
  }
  const { valid: solvency } = solvencyModel(epoch.solvency)
  const circuit = await solvencyCircuit(epoch.solvency.sizes)
  expect(await circuit.accepts(solvencyInputs(epoch.solvency)), 'solvency and its model').toBe(solvency)
  return { linked: linked(epoch), ledgers, solvency }
}

/** Expects that every proof of an epoch is accepted, by circuits and models, and that all of them link. */
export async function expectAccepted(epoch: SampleEpoch): Promise<void> {
  expect(await verdicts(epoch)).toEqual({
    linked: true,
    ledgers: epoch.witnesses.map(() => true),
    solvency: true,
  })
}

/** Expects that the books of an epoch fail, where each batch by itself is well-formed. */
export async function expectRefusedBySolvency(epoch: SampleEpoch): Promise<void> {
  expect(await verdicts(epoch)).toEqual({
    linked: true,
    ledgers: epoch.witnesses.map(() => true),
    solvency: false,
  })
}

/**
 * Plays an epoch whose batches solvency takes for granted: it accepts, the proofs link, and the last batch is
 * proven in `weak`, a copy of its circuit that leaves something out. The circuit as it is refuses.
 */
export async function forgeBatch(
  weak: Circuit,
  epoch: SampleEpoch,
  change: (inputs: CircuitInputs, epoch: SampleEpoch) => CircuitInputs = (inputs) => inputs,
): Promise<void> {
  expect(linked(epoch), 'the proofs link').toBe(true)
  const solvency = await solvencyCircuit(epoch.solvency.sizes)
  expect(await solvency.accepts(solvencyInputs(epoch.solvency)), 'solvency').toBe(true)
  const last = epoch.witnesses.at(-1)!
  for (const witness of epoch.witnesses.slice(0, -1)) {
    const circuit = await ledgerCircuit(witness.sizes)
    expect(await circuit.accepts(ledgerInputs(witness)), 'a batch before').toBe(true)
  }
  await forge(weak, await ledgerCircuit(last.sizes), change(ledgerInputs(last), epoch))
}

/** Plays an epoch whose batches are all accepted, and whose solvency is proven in a weak copy alone. */
export async function forgeSolvency(
  weak: Circuit,
  epoch: SampleEpoch,
  change: (inputs: CircuitInputs, epoch: SampleEpoch) => CircuitInputs = (inputs) => inputs,
): Promise<void> {
  expect(linked(epoch), 'the proofs link').toBe(true)
  for (const witness of epoch.witnesses) {
    const circuit = await ledgerCircuit(witness.sizes)
    expect(await circuit.accepts(ledgerInputs(witness)), 'a batch').toBe(true)
  }
  await forge(
    weak,
    await solvencyCircuit(epoch.solvency.sizes),
    change(solvencyInputs(epoch.solvency), epoch),
  )
}

/** The copy takes these inputs; the circuit refuses them, and the copy's witness laid over it. */
export async function forge(weak: Circuit, circuit: Circuit, inputs: CircuitInputs): Promise<void> {
  const forged = await weak.witness(inputs)
  expect(weak.satisfied(forged), 'the attack succeeds where the rule is left out').toBe(true)
  const laidOver = circuit.transplant(weak, forged, new Map(elementsOf(inputs)))
  expect(circuit.satisfied(laidOver), 'its witness is refused').toBe(false)
  expect(await circuit.accepts(inputs), 'its inputs').toBe(false)
}
