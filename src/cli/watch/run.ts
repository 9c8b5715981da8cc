import { EXIT, InputError, PlimsollError } from '../../errors/index.js'
import {
  type KeeperEvent,
  openAlerts,
  openKeeper,
  readWatchConfig,
  reasonsOf,
  startWatch,
  systemClock,
  type WatchConfig,
  type WatchFault,
  type WatchOptions,
  WatchServer,
} from '../../watch/index.js'
import { senderKey } from '../chain-options.js'
import { pageText } from '../page.js'
import type { Ui } from '../terminal/ui.js'
import { watchView } from '../views/watch.js'

export interface RunWatchOptions {
  once?: boolean
  ledger?: string
  act?: boolean
  sender?: string
}

/** Follows what a configuration names, until it is interrupted, or once. */
export async function runWatch(ui: Ui, file: string, given: RunWatchOptions): Promise<void> {
  const config = await readWatchConfig(file)
  const tell = faultTeller(ui)
  const options = { clock: systemClock, onFault: tell, ...(await partsOf(ui, config, given)) }
  if (given.once) {
    const loop = startWatch(config, options)
    const { now, samples } = await ui.step('reading everything once', () => loop.once())
    const fires = reasonsOf(samples)
    const unread = loop.down()
    await loop.close()
    ui.result({ at: Math.floor(now), fires, unread, samples }, () => watchView(fires, unread, samples))
    process.exitCode = fires.length > 0 ? EXIT.invalid : unread.length > 0 ? EXIT.input : EXIT.ok
    return
  }
  const server = await WatchServer.listen(config.listen, await pageText('watch'))
  const loop = await started(server, async () => startWatch(config, { ...options, shows: [server] }))
  ui.event({ event: 'listening', address: server.address })
  if (!ui.json) ui.say(`page ${server.address}/ · metrics ${server.address}/metrics`)
  const up = new Set<string>()
  await loop.run(config.interval, ({ samples }) => {
    for (const { name, labels, value } of samples) {
      if (name !== 'plimsoll_source_up') continue
      const source = labels.source!
      if (value === 0) up.delete(source)
      else if (!up.has(source)) {
        up.add(source)
        tell.recovered(source)
      }
    }
  })
}

/** What the configuration and the command line ask for beyond following. */
async function partsOf(
  ui: Ui,
  config: WatchConfig,
  { ledger, act = false, sender }: RunWatchOptions,
): Promise<Pick<WatchOptions, 'alerts' | 'keeper' | 'ledger'>> {
  if (act && config.act === undefined) {
    throw new InputError('USAGE', 'the configuration does not say what may be called', {
      where: '--act',
      hint: 'Name chain, state and limit in its field `act`.',
    })
  }
  const alerts = config.alerts && (await openAlerts(config.alerts, { config, clock: systemClock }))
  const onEvent = (event: KeeperEvent) => {
    ui.event(event)
    if (!ui.json) ui.say(`${event.call}: ${event.event}`)
  }
  const keeper =
    act && config.act
      ? await openKeeper(config.act, config, { privateKey: await senderKey(sender), onEvent })
      : undefined
  return {
    ...(ledger === undefined ? {} : { ledger }),
    ...(alerts && { alerts }),
    ...(keeper && { keeper }),
  }
}

/** What cannot start leaves nothing that listens: the process could not end. */
async function started<T>(server: WatchServer, start: () => Promise<T>): Promise<T> {
  try {
    return await start()
  } catch (error) {
    await server.close()
    throw error
  }
}

/** Says what fails once, and again when it fails in another way or after it has worked. */
function faultTeller(ui: Ui): ((fault: WatchFault) => void) & { recovered(source: string): void } {
  const said = new Map<string, string>()
  const tell = ({ source, error }: WatchFault) => {
    // What an unforeseen error says may hold anything.
    const known = error instanceof PlimsollError ? error : undefined
    const message = known?.message ?? `an unexpected ${(error as Error)?.name ?? 'error'}`
    if (said.get(source) === message) return
    said.set(source, message)
    const code = known?.code ?? 'UNEXPECTED'
    ui.event({ event: 'fault', source, code, message })
    if (!ui.json) ui.say(`${source}: ${message} (${code})`)
  }
  return Object.assign(tell, {
    recovered(source: string) {
      if (said.delete(source)) {
        ui.event({ event: 'recovered', source })
        if (!ui.json) ui.say(`${source}: reads again`)
      }
    },
  })
}
