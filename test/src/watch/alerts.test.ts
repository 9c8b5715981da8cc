import { execFile } from 'node:child_process'
import { appendFileSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { alertRulesSchema, alertsSchema } from '../../../src/watch/alerts/config.js'
import { openAlerts } from '../../../src/watch/alerts/index.js'
import type { WatchPart } from '../../../src/watch/index.js'
import { type LabelsOf, type MetricName, type Sample, sample } from '../../../src/watch/samples.js'
import { AlertReceiver, SECRET } from '../../helpers/alert-receiver.js'
import { temporaryFolder } from '../../helpers/cli.js'

const START = 1_790_000_000
const CONFLICT = {
  name: 'TwoEpochsOfOneName',
  metric: 'plimsoll_epoch_conflicts',
  ...{ is: 'above', than: 0, severity: 'critical' },
  summary: 'a venue has published two epochs under one name',
  runbook: 'https://example.com/runbooks#two-epochs-of-one-name',
}
const DEVIATION = {
  ...{ name: 'MarkDeviates', metric: 'plimsoll_mark_deviation_ratio', labels: { venue: 'Tiny' } },
  ...{ is: 'atLeast', than: 0.05, for: 30, severity: 'warning' },
  summary: 'a mark is far from its price',
  runbook: 'https://example.com/runbooks#deviation',
}

let receiver: AlertReceiver
let folder: string
let now: number
let part: WatchPart | undefined
const folders = Array.from({ length: 20 }, () => temporaryFolder())

beforeAll(async () => {
  process.env.TEST_ALERT_SECRET = SECRET
  receiver = await AlertReceiver.start()
})
afterAll(async () => {
  delete process.env.TEST_ALERT_SECRET
  await receiver.stop()
})
beforeEach(() => {
  folder = folders.pop()!
  now = START
  part = undefined
  receiver.seen.length = 0
  receiver.taken.length = 0
  receiver.behave = (_, answer) => answer(200)
})

const STATE = 'alerts.jsonl'
async function watch(rules: object[] = [CONFLICT, DEVIATION], changes: object = {}): Promise<void> {
  writeFileSync(join(folder, 'rules.json'), JSON.stringify({ schema: 'plimsoll/alert-rules/1', rules }))
  const webhook = { url: receiver.url, secret: { env: 'TEST_ALERT_SECRET' }, timeout: 0.5 }
  const alerts = alertsSchema.parse({ rules: 'rules.json', state: STATE, webhook, ...changes })
  const config = { at: (path: string) => join(folder, path) }
  part = await openAlerts(alerts, { config, clock: { now: () => now, sleep: async () => {} } })
}
/** One tick, and all that it sends. */
async function tick(...samples: Sample[]): Promise<readonly Sample[]> {
  const own = await part!.onSamples(samples, now)
  await settled()
  return own
}
/** Until nothing is under way: what is sent is answered within milliseconds, or not at all. */
async function settled(): Promise<void> {
  await (part as unknown as { delivering?: Promise<void> }).delivering
}
const conflicts = (value: number, venue = 'Tiny') => of('plimsoll_epoch_conflicts', { venue }, value)
const deviates = (value: number, instrument = 'BTC', venue = 'Tiny') =>
  of('plimsoll_mark_deviation_ratio', { venue, instrument, feed: 'main' }, value)
const of = <N extends MetricName>(name: N, labels: LabelsOf<N>, value: number) =>
  sample(name, labels, value, now)
const told = (of = receiver.taken) =>
  of.map(({ status, alerts }) => [status, alerts[0]!.labels.alertname, alerts.length])
const metricOf = (samples: readonly Sample[], name: string, label?: string) =>
  samples.find(
    (each) => each.name === name && (label === undefined || Object.values(each.labels).includes(label)),
  )?.value

describe('when an alert fires (watch.20)', () => {
  test('after its duration, once for each series, and is resolved after the same duration', async () => {
    await watch()
    for (let i = 0; i < 29; i++, now++)
      await tick(deviates(0.06), deviates(0.07, 'ETH'), deviates(0.9, 'BTC', 'Other'))
    expect(told()).toEqual([])
    now++
    const firing = await tick(deviates(0.06), deviates(0.07, 'ETH'))
    expect(told()).toEqual([['firing', 'MarkDeviates', 2]])
    expect(metricOf(firing, 'plimsoll_alerts_firing', 'warning')).toBe(2)
    expect(metricOf(firing, 'plimsoll_alerts_firing', 'critical')).toBe(0)
    // It goes on, gets worse, and is not seen for a while: nothing is told twice, and silence resolves nothing.
    for (let i = 0; i < 200; i++, now += 30) await tick(...(i % 3 === 0 ? [] : [deviates(0.05 + i / 1000)]))
    expect(told()).toHaveLength(1)
    // One reading below the threshold is not the end of it.
    await tick(deviates(0.01))
    now += 20
    await tick(deviates(0.06))
    now += 20
    await tick(deviates(0.01))
    expect(told()).toHaveLength(1)
    now += 30
    await tick(deviates(0.01))
    expect(told()).toEqual([
      ['firing', 'MarkDeviates', 2],
      ['resolved', 'MarkDeviates', 1],
    ])
    expect(receiver.taken[1]!.alerts[0]!.labels.instrument).toBe('BTC')
    await part!.close()
  })

  test('what flickers for less than its duration never fires, and a clock that goes back keeps nothing waiting', async () => {
    await watch()
    for (let i = 0; i < 50; i++, now += 20) await tick(deviates(i % 2 === 0 ? 0.06 : 0.01))
    expect(told()).toEqual([])
    await tick(deviates(0.06))
    now -= 5000
    await tick(deviates(0.06))
    now += 30
    await tick(deviates(0.06))
    expect(told()).toHaveLength(1)
    await part!.close()
  })

  test('a rule that looks at other series now resolves what it told of the old ones', async () => {
    const both = [conflicts(1), deviates(0.06)]
    await watch([CONFLICT])
    await tick(...both)
    await part!.close()
    // The same names, of another metric and of another venue.
    await watch([{ ...CONFLICT, labels: { venue: 'Other' } }])
    await tick(...both)
    expect(told().map(([status]) => status)).toEqual(['firing', 'resolved'])
    await part!.close()
    await watch([CONFLICT])
    await tick(...both)
    await part!.close()
    await watch([{ ...DEVIATION, name: CONFLICT.name, for: 0 }])
    await tick(...both)
    expect(told().map(([status]) => status)).toEqual(['firing', 'resolved', 'firing', 'resolved', 'firing'])
    await part!.close()
  })

  test('a rule that is gone resolves what it told', async () => {
    await watch()
    await tick(conflicts(1))
    await part!.close()
    await watch([DEVIATION])
    await tick()
    expect(told()).toEqual([
      ['firing', 'TwoEpochsOfOneName', 1],
      ['resolved', 'TwoEpochsOfOneName', 1],
    ])
    await part!.close()
  })

  test('rules are held to the metrics, their labels and an address for what to do', () => {
    const fault = (change: object) =>
      alertRulesSchema.safeParse({ schema: 'plimsoll/alert-rules/1', rules: [{ ...CONFLICT, ...change }] })
        .error?.issues[0]?.path
    expect(fault({})).toBeUndefined()
    expect(fault({ metric: 'plimsoll_account' })).toEqual(['rules', 0, 'metric'])
    expect(fault({ metric: 'plimsoll_alerts_firing' })).toEqual(['rules', 0, 'metric'])
    expect(fault({ labels: { account: 'x' } })).toEqual(['rules', 0, 'labels', 'account'])
    expect(fault({ runbook: 'javascript:alert(1)' })).toEqual(['rules', 0, 'runbook'])
    expect(fault({ than: Number.NaN })).toEqual(['rules', 0, 'than'])
    expect(fault({ unless: 1 })).toEqual(['rules', 0])
  })
})

describe('what the receiver is sent (watch.21)', () => {
  test('is a message as Alertmanager writes it, signed over its id, its time and its text', async () => {
    await watch()
    now += 0.25
    await tick(conflicts(2))
    const [message] = receiver.taken
    expect(message).toMatchObject({
      timestamp: START,
      id: expect.stringMatching(/^plimsoll_[0-9a-f]{16}_0_[0-9a-f]{16}$/),
    })
    expect(JSON.parse(message!.body)).toEqual({
      ...{ version: '4', groupKey: '{}:{alertname="TwoEpochsOfOneName"}', truncatedAlerts: 0 },
      ...{ status: 'firing', receiver: 'plimsoll', groupLabels: { alertname: CONFLICT.name } },
      commonLabels: { alertname: CONFLICT.name, severity: 'critical' },
      commonAnnotations: { summary: CONFLICT.summary, runbook_url: CONFLICT.runbook, value: '2' },
      externalURL: '',
      alerts: [
        {
          status: 'firing',
          labels: { alertname: CONFLICT.name, severity: 'critical', venue: 'Tiny' },
          annotations: { summary: CONFLICT.summary, runbook_url: CONFLICT.runbook, value: '2' },
          ...{ startsAt: new Date(now * 1000).toISOString(), endsAt: '0001-01-01T00:00:00Z' },
          ...{ generatorURL: '', fingerprint: expect.stringMatching(/^[0-9a-f]{16}$/) },
        },
      ],
    })
    await part!.close()
  })

  test('what comes from the books is not told: only that a threshold was passed', async () => {
    await watch([{ ...CONFLICT, name: 'Short', metric: 'plimsoll_scenario_shortfall' }])
    await tick(of('plimsoll_scenario_shortfall', { scenario: 'crash' }, 48213.915577))
    expect(told()).toEqual([['firing', 'Short', 1]])
    expect(receiver.taken[0]!.body + readFileSync(join(folder, STATE), 'utf8')).not.toContain('48213')
    await part!.close()
  })

  test('a redirect is not followed, and a secret that is none is refused without being told (watch.24)', async () => {
    receiver.behave = (_, answer) => answer(307)
    await watch()
    const own = await tick(conflicts(1))
    expect([receiver.seen.length, receiver.taken.length]).toEqual([1, 0])
    expect(metricOf(own, 'plimsoll_alerts_waiting')).toBe(1)
    await part!.close()
    writeFileSync(join(folder, 'short'), 'tell-nobody')
    for (const secret of [{ file: 'short' }, { env: 'TEST_NO_SUCH' }]) {
      const refused = watch([CONFLICT], { webhook: { url: receiver.url, secret } })
      await expect(refused).rejects.toMatchObject({ code: 'ALERT_SECRET' })
      await expect(refused).rejects.not.toThrow(/tell-nobody/)
    }
    for (const address of ['ftp://tell:nobody@x', 'https://tell:nobody@x', 'https://nobody@x']) {
      writeFileSync(join(folder, 'url'), address)
      const refused = watch([CONFLICT], {
        webhook: { url: { file: 'url' }, secret: { env: 'TEST_ALERT_SECRET' } },
      })
      await expect(refused).rejects.toMatchObject({
        code: 'ALERT_URL',
        message: expect.not.stringContaining('nobody'),
      })
    }
    const kept = readFileSync(join(folder, STATE), 'utf8')
    expect(kept).not.toContain(SECRET)
    expect(kept).not.toContain('/hook/')
    expect(statSync(join(folder, STATE)).mode & 0o077).toBe(0)
  })
})

describe('nothing is lost, and nothing is told twice (watch.22)', () => {
  test('a receiver that is away for a minute gets everything in order, each once, with pauses that grow', async () => {
    await watch([CONFLICT])
    receiver.behave = (_, answer) => answer(503)
    for (let i = 0; i < 60; i++, now++) await tick(conflicts(Math.floor(i / 10) % 2))
    const attempts = receiver.seen.map(({ timestamp }) => timestamp - START)
    expect(new Set(receiver.seen.map(({ id }) => id)).size).toBe(1)
    expect(attempts).toEqual([10, 11, 13, 17, 25, 41])
    receiver.behave = (_, answer) => answer(200)
    for (let i = 0; i < 15; i++, now++) await tick(conflicts(0))
    expect(told()).toEqual([
      ...['firing', 'resolved', 'firing', 'resolved', 'firing', 'resolved'].map((status) => [
        status,
        CONFLICT.name,
        1,
      ]),
    ])
    expect(receiver.taken.map(({ id }) => id.split('_')[2])).toEqual(['0', '1', '2', '3', '4', '5'])
    await part!.close()
  })

  test('a clock that goes back puts off no attempt', async () => {
    await watch([CONFLICT])
    receiver.behave = (_, answer) => answer(503)
    await tick(conflicts(1))
    receiver.behave = (_, answer) => answer(200)
    now -= 86_400
    await tick(conflicts(1))
    expect(told()).toHaveLength(1)
    await part!.close()
  })

  test('an answer of any length is taken for its status, and one without end is not waited for', async () => {
    let seen = 0
    const server = createServer((request, response) => {
      request.resume()
      seen++
      response.writeHead(200, { 'retry-after': '1e9' })
      if (seen === 1) response.end(Buffer.alloc(5 << 20))
      else response.write('for ever')
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    await watch([CONFLICT], { webhook: { url, secret: { env: 'TEST_ALERT_SECRET' }, timeout: 20 } })
    for (const value of [1, 0]) {
      now++
      const own = await tick(conflicts(value))
      expect(metricOf(own, 'plimsoll_watch_errors_total', 'alerts:receiver')).toBe(0)
    }
    await part!.close()
    expect(seen).toBe(2)
    server.closeAllConnections()
    server.close()
  })

  test('a message of a journal that lost its end has no id that was used for another one', async () => {
    await watch([CONFLICT])
    const kept = readFileSync(join(folder, STATE))
    await tick(conflicts(1))
    await part!.close()
    writeFileSync(join(folder, STATE), kept)
    await watch([CONFLICT])
    now += 9
    await tick(conflicts(1, 'Other'))
    await part!.close()
    expect(receiver.taken.map(({ alerts }) => alerts[0]!.labels.venue)).toEqual(['Tiny', 'Other'])
    expect(new Set(receiver.taken.map(({ id }) => id)).size).toBe(2)
    // What somebody writes into it is held to what a watch writes.
    for (const line of [
      '{"kind":"done","number":0,"at":1e300,"status":200}',
      '{"kind":"pending","key":"x","since":-1}',
    ]) {
      writeFileSync(join(folder, STATE), `${kept}${line}\n`)
      await expect(watch([CONFLICT])).rejects.toMatchObject({ code: 'WATCH_JOURNAL' })
    }
  })

  test('an answer that is lost brings the same message again under the same id, with a new time', async () => {
    await watch([CONFLICT])
    receiver.behave = () => {}
    await tick(conflicts(1))
    now += 2
    receiver.behave = (_, answer) => answer(200)
    await tick(conflicts(1))
    const [first, second, ...more] = receiver.seen
    expect(more).toEqual([])
    expect([second!.id, second!.body]).toEqual([first!.id, first!.body])
    expect(second!.timestamp).toBe(first!.timestamp + 2)
    for (let i = 0; i < 20; i++, now += 60) await tick(conflicts(1))
    expect(receiver.seen).toHaveLength(2)
    await part!.close()
  })

  test('what a receiver never takes is set aside, and the next one goes out', async () => {
    await watch([CONFLICT])
    receiver.behave = ({ status }, answer) => answer(status === 'firing' ? 422 : 200)
    await tick(conflicts(1))
    now++
    const own = await tick(conflicts(0))
    expect(told()).toEqual([['resolved', CONFLICT.name, 1]])
    expect(receiver.seen).toHaveLength(2)
    expect(metricOf(own, 'plimsoll_watch_errors_total', 'alerts:receiver')).toBe(1)
    await part!.close()
  })

  test('a queue that is full takes nothing more, and tells later of what still holds', async () => {
    await watch([CONFLICT], { queue: 150 })
    receiver.behave = (_, answer) => answer(503)
    const many = Array.from({ length: 400 }, (_, i) => conflicts(1, `Venue ${i}`))
    const own = await tick(...many)
    expect(metricOf(own, 'plimsoll_alerts_waiting')).toBe(2)
    expect(metricOf(own, 'plimsoll_alerts_firing', 'critical')).toBe(150)
    receiver.behave = (_, answer) => answer(200)
    for (let i = 0; i < 4; i++, now += 5) await tick(...many)
    const venues = receiver.taken.flatMap(({ alerts }) => alerts.map(({ labels }) => labels.venue))
    expect(venues).toHaveLength(400)
    expect(new Set(venues).size).toBe(400)
    expect(receiver.taken.every(({ alerts }) => alerts.length <= 100)).toBe(true)
    await part!.close()
  })

  test('a watch that is started anew goes on: nothing again that was told, and all that was not', async () => {
    await watch([CONFLICT, DEVIATION])
    await tick(conflicts(1), deviates(0.06))
    receiver.behave = (_, answer) => answer(500)
    now += 10
    await tick(conflicts(0), deviates(0.06))
    await expect(watch()).rejects.toMatchObject({
      code: 'LOCK_BUSY',
      hint: expect.stringContaining('--once needs a configuration without alerts'),
    })
    await part!.close()
    // A line that a killed process did not end is cut off.
    appendFileSync(join(folder, STATE), '{"kind":"notice","num')
    receiver.behave = (_, answer) => answer(200)
    now += 20
    await watch()
    await tick(conflicts(0), deviates(0.06))
    expect(told()).toEqual([
      ['firing', CONFLICT.name, 1],
      ['resolved', CONFLICT.name, 1],
      ['firing', DEVIATION.name, 1],
    ])
    await part!.close()
    appendFileSync(join(folder, STATE), '{"kind":"nonsense"}\n')
    await expect(watch()).rejects.toMatchObject({ code: 'WATCH_JOURNAL' })
  })

  test('a journal that grew long begins anew with what counts, and the old one is kept', async () => {
    await watch([CONFLICT])
    await tick(conflicts(1))
    await part!.close()
    const filler = `${JSON.stringify({ kind: 'calm', key: 'x'.repeat(1000) })}\n`
    appendFileSync(join(folder, STATE), filler.repeat(17_000))
    await watch([CONFLICT])
    expect(statSync(join(folder, STATE)).size).toBeLessThan(2_000)
    now += 9
    await tick(conflicts(1))
    await tick(conflicts(0))
    expect(told()).toEqual([
      ['firing', CONFLICT.name, 1],
      ['resolved', CONFLICT.name, 1],
    ])
    expect(new Set(receiver.taken.map(({ id }) => id)).size).toBe(2)
    await part!.close()
  })

  const PROCESS = fileURLToPath(new URL('../../helpers/alert-process.ts', import.meta.url))
  test('killed three times at any moment, with a receiver that is away half of the time, each change is told once by id (watch.23)', async () => {
    await watch([CONFLICT])
    await part!.close()
    let from = START
    let seen = 0
    receiver.behave = (_, answer) => answer(++seen % 2 === 0 ? 200 : 503)
    for (let kill = 0; kill < 3; kill++) {
      const child = execFile(process.execPath, ['--import', 'tsx', PROCESS, folder, receiver.url, `${from}`])
      let said = ''
      child.stdout!.on('data', (chunk) => {
        said += chunk
      })
      while (said.split('\n').length < 38 + kill * 3) await setTimeout(2)
      child.kill('SIGKILL')
      await new Promise((resolve) => child.once('close', resolve))
      from = Number(said.trimEnd().split('\n').at(-1)) + 1
    }
    receiver.behave = (_, answer) => answer(200)
    now = from
    await watch([CONFLICT])
    for (let i = 0; i < 3; i++, now += 400) await tick(conflicts(0))
    await part!.close()
    // Taken under one id, a message counts once: what is left is every change, in order.
    const ids = [...new Set(receiver.taken.map(({ id }) => id))]
    const statuses = ids.map((id) => receiver.taken.find((each) => each.id === id)!.status)
    expect(statuses.length).toBeGreaterThanOrEqual(4)
    expect(statuses).toEqual(statuses.map((_, i) => (i % 2 === 0 ? 'firing' : 'resolved')))
    expect(statuses.at(-1)).toBe('resolved')
    expect(ids.map((id) => Number(id.split('_')[2]))).toEqual(ids.map((_, i) => i))
    // What was answered and written down is not sent again: a kill can repeat one message, and no more.
    expect(receiver.taken.length - ids.length).toBeLessThanOrEqual(3)
  })
})

test('an alert goes out though the disk is full, and is written down once there is room (watch.25)', async () => {
  await watch([CONFLICT])
  const file = (part as unknown as { journal: { file: { write: unknown } } }).journal.file
  const write = file.write
  file.write = async () =>
    Promise.reject(Object.assign(new Error('no space'), { code: 'ENOSPC', syscall: 'write' }))
  const own = await tick(conflicts(1))
  expect(told()).toEqual([['firing', CONFLICT.name, 1]])
  expect(metricOf(own, 'plimsoll_source_up', 'alerts:state')).toBe(0)
  file.write = write
  now += 60
  const after = await tick(conflicts(1))
  expect(metricOf(after, 'plimsoll_source_up', 'alerts:state')).toBe(1)
  await part!.close()
  await watch([CONFLICT])
  await tick(conflicts(1))
  expect(told()).toHaveLength(1)
  await part!.close()
  expect(existsSync(join(folder, `${STATE}.lock`))).toBe(false)
})
