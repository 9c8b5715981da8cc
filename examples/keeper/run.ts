// A lender's market on a local chain, from a loan to the sale of its escrow by a keeper without funds.
// First: npx plimsoll demo --out demo      Then: npx tsx examples/keeper/run.ts demo
// Prints one JSON object a step. Amounts are in dollars and coins.
import { join } from 'node:path'
import {
  connectChain,
  deployMarginGate,
  deployOwnedEpochs,
  deployVerifier,
  ensureArtifacts,
  openEpoch,
  openMarginGate,
  openOwnedEpochs,
  openSource,
  parseMarginProof,
  proveMargin,
  readInclusion,
  readOwner,
  readPins,
  readRiskTable,
  requirementId,
  startLocalChain,
  terminateProving,
  venueId,
  verifyMargin,
  wasmProver,
} from 'plimsoll'
import { MARGIN_GATE_ABI } from 'plimsoll/abi'
import {
  type Abi,
  type Address,
  createPublicClient,
  createTestClient,
  createWalletClient,
  defineChain,
  formatUnits,
  http,
  parseUnits,
  toHex,
  zeroAddress,
} from 'viem'
import { mnemonicToAccount } from 'viem/accounts'
import { type Compiled, compile } from './compile.js'
import { look, STANDINGS } from './keeper.js'

/** Anvil's own, which everybody knows. */
const MNEMONIC = 'test test test test test test test test test test test junk'
const VENUE = venueId('Example Exchange')
const ID = requirementId('1.5 maintenance')
const REQUIREMENT = { requirement: 'maintenance', times: '1.5' } as const
const HOUR = 3_600
const DAY = 24 * HOUR
const GRACE = 6 * HOUR
const STEP = 90
const MILLION = 1_000_000n

const usd = (text: string) => parseUnits(text, 6)
const coins = (text: string) => parseUnits(text, 18)
const say = (step: string, figures: Record<string, string | bigint | number | boolean>) =>
  console.log(
    JSON.stringify({ step, ...figures }, (_, value) => (typeof value === 'bigint' ? `${value}` : value)),
  )

const demo = process.argv[2] ?? 'demo'
const contracts = compile({
  token: 'keeper/Local.sol:LocalToken',
  market: 'keeper/Local.sol:LocalMarket',
  credit: 'contracts/lending/PledgedCredit.sol:PledgedCredit',
  auction: 'contracts/lending/DutchAuction.sol:DutchAuction',
  taker: 'contracts/lending/SwapTaker.sol:SwapTaker',
})
const local = await startLocalChain()
try {
  await run()
} finally {
  await local.stop()
  await terminateProving()
}

async function run(): Promise<void> {
  const transport = http(local.rpcUrl)
  const chain = defineChain({
    id: local.chainId,
    name: 'local',
    nativeCurrency: { name: 'Ether', symbol: 'ETH', decimals: 18 },
    rpcUrls: { default: { http: [local.rpcUrl] } },
  })
  const reader = createPublicClient({ chain, transport, pollingInterval: 100 })
  const clock = createTestClient({ chain, transport, mode: 'anvil' })
  const person = (addressIndex: number) => {
    const account = mnemonicToAccount(MNEMONIC, { addressIndex })
    return createWalletClient({ account, chain, transport })
  }
  const [lender, trader, keeper] = [person(0), person(1), person(2)]
  type Person = typeof lender

  const deploy = async (by: Person, { abi, bytecode }: Compiled, args: unknown[]) => {
    const hash = await by.deployContract({ abi, bytecode, args })
    const { contractAddress } = await reader.waitForTransactionReceipt({ hash })
    return { address: contractAddress!, abi }
  }
  const write = async (by: Person, at: { address: Address; abi: Abi }, name: string, ...args: unknown[]) => {
    const { request } = await reader.simulateContract({
      ...at,
      functionName: name,
      args,
      account: by.account,
    })
    await reader.waitForTransactionReceipt({ hash: await by.writeContract(request) })
  }
  const read = <T>(at: { address: Address; abi: Abi }, name: string, ...args: unknown[]) =>
    reader.readContract({ ...at, functionName: name, args }) as Promise<T>
  const pass = async (seconds: number) => {
    await clock.increaseTime({ seconds })
    await clock.mine({ blocks: 1 })
  }
  const now = async () => Number((await reader.getBlock()).timestamp)

  // The lender's gate for accounts of the venue.
  const asLender = await connectChain(local.rpcUrl)
  const label = requirementId('Example Desk')
  const epochs = await openOwnedEpochs(asLender, (await deployOwnedEpochs(asLender)).address)
  const source = { source: epochs.address, venue: VENUE }
  const gate = await openMarginGate(asLender, (await deployMarginGate(asLender, label, source)).address)

  // The trader proves 1.5 times maintenance to it. The lender verifies the proof against the public epoch, and
  // accepts what it rests on for a day.
  const privateKey = toHex(trader.account.getHdKey().privateKey!)
  const asTrader = await connectChain(local.rpcUrl, { privateKey })
  const expiry = (await now()) + DAY
  const purpose = {
    schema: 'plimsoll/margin-purpose/1' as const,
    gate: {
      chainId: BigInt(local.chainId),
      contract: gate.address,
      label,
      caller: trader.account.address,
      nonce: 1n,
      expiry,
    },
  }
  const proof = await proveMargin({
    inclusion: await readInclusion(join(demo, 'inclusion-desk-1.json')),
    ownerSecret: await readOwner(join(demo, 'venue/owner-desk-1.json')),
    table: await readRiskTable(join(demo, 'venue/risk.json')),
    ...REQUIREMENT,
    purpose,
    artifacts: ensureArtifacts,
    prover: wasmProver,
  })
  const pins = await readPins(join(demo, 'pins.json'))
  const epoch = await openEpoch(await openSource(join(demo, 'epoch')), { pins })
  const report = await verifyMargin(parseMarginProof(JSON.stringify(proof), 'margin proof'), {
    pins,
    epoch,
    ...REQUIREMENT,
    purpose,
  })
  if (!report.valid) throw new Error(`the margin proof is not valid: ${JSON.stringify(report.checks)}`)
  const signal = (name: string) => BigInt(proof.proof.signals[name]!)
  const verifier = await deployVerifier(asLender, await ensureArtifacts(proof.proof.instance))
  await gate.setVerifier(verifier.address, verifier)
  await epochs.setRoots(VENUE, { accountsRoot: signal('accountsRoot'), riskRoot: signal('riskRoot') }, expiry)
  await gate.setRequirement(ID, signal('requirement'))
  await (await openMarginGate(asTrader, gate.address)).submit(verifier.address, ID, proof)
  const handle = signal('handle')

  // The market: dollars of 6 decimals against coins of 18, at 2,000.
  const dollar = await deploy(lender, contracts.token, ['USD', 6])
  const coin = await deploy(lender, contracts.token, ['COIN', 18])
  const market = await deploy(lender, contracts.market, [])
  await write(lender, market, 'tell', 2_000_00000000n)
  const terms = {
    gate: gate.address,
    requirementId: ID,
    grace: GRACE,
    term: 30 * DAY,
    maxLoan: 900_000,
    fee: 5_000,
  }
  const curve = {
    ...{ buffer: 1_100_000, cut: 990_000, cusp: 500_000, step: STEP, tail: HOUR, maxPriceAge: HOUR },
    ...{ chip: 10_000, tip: usd('10'), dust: usd('100') },
  }
  const parts = [dollar.address, coin.address, market.address, zeroAddress, terms, curve]
  const credit = await deploy(lender, contracts.credit, parts)
  const auction = { address: await read<Address>(credit, 'auction'), abi: contracts.auction.abi }
  await write(lender, dollar, 'mint', lender.account.address, usd('100000'))
  await write(lender, dollar, 'approve', credit.address, usd('100000'))
  await write(lender, credit, 'fund', usd('100000'))

  // The loan.
  await write(
    trader,
    { address: gate.address, abi: MARGIN_GATE_ABI },
    'pledge',
    handle,
    credit.address,
    BigInt(expiry),
  )
  await write(lender, coin, 'mint', trader.account.address, coins('1'))
  await write(trader, coin, 'approve', credit.address, coins('1'))
  await write(trader, credit, 'borrow', handle, usd('1500'), coins('1'))
  const { debt } = await read<{ debt: bigint }>(credit, 'loanOf', handle)
  say('borrowed', { debt: formatUnits(debt, 6), escrow: '1' })

  // The price falls, and the trader does not prove again.
  const price = '1750'
  await write(lender, market, 'tell', parseUnits(price, 8))
  say('price fell', {
    ...{ price, keeperHas: formatUnits(await read<bigint>(dollar, 'balanceOf', keeper.account.address), 6) },
  })
  const taker = await deploy(keeper, contracts.taker, [auction.address, market.address])
  const watcher = {
    reader,
    writer: keeper,
    credit: credit.address,
    taker: taker.address,
    leastProfit: usd('1'),
  }
  // The record at the gate ends, the grace begins and ends, the escrow is put up for sale, and as nobody looks
  // until the sale has run too long, it is begun anew.
  for (const seconds of [0, DAY, GRACE, HOUR]) {
    await pass(seconds + 1)
    const { why: record = 'holds' } = await gate.standing(handle, ID)
    const { standing, did } = await look(watcher, handle)
    say('looked', { record, standing, ...(did ? { did } : {}) })
  }
  const rewardMost = await read<bigint>(auction, 'rewardOf', debt)

  // The keeper waits for a price at which the market pays for what it takes. A part of it first.
  const shareOf = () => read<bigint>(auction, 'claimable', dollar.address, keeper.account.address)
  const cashOf = () => read<bigint>(credit, 'cash')
  for (let most = coins('0.3'); ; ) {
    const before = { share: await shareOf(), cash: await cashOf() }
    const { sale } = await read<{ sale: bigint }>(credit, 'loanOf', handle)
    const { lot } = await read<{ lot: bigint }>(auction, 'saleOf', sale)
    const held = await read<bigint>(coin, 'balanceOf', market.address)
    const earned = await read<bigint>(dollar, 'balanceOf', keeper.account.address)
    const { did, price: asked } = await look(watcher, handle, most)
    if (did === 'take') {
      const taken = (await read<bigint>(coin, 'balanceOf', market.address)) - held
      const reward = (await shareOf()) - before.share
      const repaid = (await cashOf()) - before.cash
      // What the collateral is worth at the market, against what the sale cost to bring it there.
      const recovered = (taken * parseUnits(price, 6)) / coins('1')
      const discount = recovered - (repaid + reward)
      const cost = reward + discount
      say('taken', {
        taken: formatUnits(taken, 18),
        left: formatUnits(lot - taken, 18),
        repaid: formatUnits(repaid, 6),
        reward: formatUnits(reward, 6),
        discount: formatUnits(discount, 6),
        recovered: formatUnits(recovered, 6),
        cost: formatUnits(cost, 6),
        profit: formatUnits((await read<bigint>(dollar, 'balanceOf', keeper.account.address)) - earned, 6),
      })
      // No price is below the cusp of the first one, which is the buffer above the price at the market.
      const discountMost =
        (recovered * (MILLION ** 2n - BigInt(curve.buffer) * BigInt(curve.cusp))) / MILLION ** 2n
      if (discount > discountMost) throw new Error('the discount is above its bound')
      if (cost >= recovered) throw new Error('the sale cost more than it recovered')
      most = 2n ** 256n - 1n
    } else {
      say('waiting', { asked: formatUnits(asked! * coins('1'), 27 + 6) })
    }
    if (STANDINGS[await read<number>(credit, 'standingOf', handle)] === 'none') break
    await pass(STEP)
  }

  // What is left goes back to the trader; the keeper is paid.
  await write(trader, auction, 'claim', coin.address, trader.account.address)
  await write(keeper, auction, 'claim', dollar.address, keeper.account.address)
  say('over', {
    lenderHas: formatUnits(await cashOf(), 6),
    rewardMost: formatUnits(rewardMost, 6),
    traderGotBack: formatUnits(await read<bigint>(coin, 'balanceOf', trader.account.address), 18),
    keeperEarned: formatUnits(await read<bigint>(dollar, 'balanceOf', keeper.account.address), 6),
    auctionHolds: formatUnits(await read<bigint>(dollar, 'balanceOf', auction.address), 6),
  })
}
