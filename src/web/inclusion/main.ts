import { bytesOfBase64 } from '../../hash/index.js'
import type { PageData } from '../../inclusion/index.js'
import { unpackError } from '../../proving/browser.js'
import { sha256Hex } from '../../schema/index.js'
import { startWorker } from '../start-worker.js'
import { recognize, recognizeFolder } from './bring.js'
import { type Brought, type Recognized, ROLES } from './brought.js'
import { CHANGES, type ChangeId, demonstrated } from './demonstration.js'
import { at, element } from './elements.js'
import type { Asked, Told } from './messages.js'
import { CheckList, showAnswer } from './view.js'
import type { Origins, PinsFrom } from './words.js'
import workerCode from './worker.ts?worker'

const given: PageData = JSON.parse(at('given').textContent!)
const form = at<HTMLFormElement>('form')
const account = at<HTMLInputElement>('account')
const venue = at<HTMLInputElement>('venue')
const passphrase = at<HTMLInputElement>('passphrase')
const root = at<HTMLInputElement>('root')
const production = at<HTMLInputElement>('production')
const start = at<HTMLButtonElement>('start')
const progress = at<HTMLProgressElement>('progress')
const checks = new CheckList()

const ofPage = carried()
let brought: Brought = { ...ofPage }
let pinsFrom: PinsFrom = brought.pins === undefined ? 'nobody' : 'page'
/** The identifier of the demonstration, while its files are here. */
let demonstration: string | undefined

/** What came with the page. */
function carried(): Brought {
  const { epoch, pins, openings } = given
  const text = ({ name, text }: { name: string; text: string }) => ({ name, content: new Blob([text]) })
  return {
    ...(epoch && {
      epoch: {
        name: epoch.name,
        content: new Blob([bytesOfBase64(epoch.base64) as Uint8Array<ArrayBuffer>]),
      },
    }),
    ...(pins && { pins: text(pins) }),
    ...(openings && { openings: text(openings) }),
  }
}

function say(id: string, text: string): void {
  at(id).replaceChildren(...element('p', text).childNodes)
}

/** Files whose kind is not known yet. Until it is, nothing is checked. */
let unknown = 0
let settled: Promise<void> = Promise.resolve()

/** Takes what files are, once that is known, in the order in which they were brought. */
function bring(recognized: Promise<Recognized> | Recognized): void {
  unknown++
  drop()
  at('brought').ariaBusy = 'true'
  settled = settled.then(async () => {
    const { more, aside } = await recognized
    unknown--
    drop()
    take(more)
    if (aside.length > 0) say('fault', `More than one file of a kind: not used ${aside.join(', ')}.`)
    await showBrought()
    if (unknown === 0) at('brought').ariaBusy = 'false'
  })
}

function take(more: Brought): void {
  leaveDemonstration()
  brought = { ...brought, ...more }
  if (more.pins !== undefined) pinsFrom = 'reader'
  // A file of one's own takes the place of one that lies in an archive, and the other way round.
  if (more.file !== undefined) delete brought.sealed
  if (more.sealed !== undefined) delete brought.file
}

/** Puts the files of the made-up venue away: none of them may stand beside those of a real one. */
function leaveDemonstration(): void {
  if (demonstration === undefined) return
  if (account.value === demonstration) account.value = ''
  demonstration = undefined
  brought = { ...ofPage }
  pinsFrom = brought.pins === undefined ? 'nobody' : 'page'
  tellChange('', undefined)
}

/** Says what the demonstration changed. */
function tellChange(told: string, change: ChangeId | undefined): void {
  for (const button of at('changes').querySelectorAll('button')) {
    button.setAttribute('aria-pressed', String(button.dataset.change === change))
  }
  say('told', told)
}

let showings = 0

async function showBrought(): Promise<void> {
  const showing = ++showings
  const lines: HTMLElement[] = []
  for (const role of Object.keys(ROLES) as (keyof Brought)[]) {
    const held = brought[role]
    if (held === undefined) continue
    const remove = element('button.small', 'Remove')
    remove.type = 'button'
    remove.setAttribute('aria-label', `Remove: ${ROLES[role]}`)
    remove.addEventListener('click', () => {
      drop()
      delete brought[role]
      if (role === 'pins') pinsFrom = 'nobody'
      showBrought()
      at('pick').focus()
    })
    lines.push(
      element(
        'li',
        element('b', ROLES[role]),
        ` ${held.name} `,
        role === 'pins' ? await aboutPins(brought.pins!.content) : undefined,
        remove,
      ),
    )
  }
  // What there is may have changed while the keys were hashed.
  if (showing !== showings) return
  at('brought').replaceChildren(...lines)
  at('missing').replaceChildren(...missing().map((what) => element('li', what)))
  at('sealed').hidden = brought.sealed === undefined
}

const MAKER = 'It came with this page: whoever made the page chose it, and the venue may have.'

async function aboutPins(content: Blob): Promise<HTMLElement> {
  const bytes = await content.arrayBuffer().catch(() => undefined)
  if (bytes === undefined) return element('span.quiet', 'It cannot be read. ')
  const sha256 = sha256Hex(new Uint8Array(bytes))
  const who = { page: MAKER, reader: 'You chose it.', demonstration: 'Of the demonstration.', nobody: '' }
  return element('span.quiet', `${who[pinsFrom]} SHA-256 `, element('code', sha256), ' ')
}

/** What is still needed, in words. */
function missing(): string[] {
  const isRoot = choice() === 'root' && root.value.trim() !== ''
  return [
    ...(brought.file === undefined && brought.sealed === undefined
      ? ['Your inclusion file, as the venue gave it to you.']
      : []),
    ...(brought.epoch === undefined && !isRoot
      ? [
          given.beside === undefined
            ? 'The epoch: the ZIP archive that the venue publishes.'
            : `The epoch: the archive ${given.beside}, which lies beside this page.`,
        ]
      : []),
    ...(brought.pins === undefined && choice() === 'proofs'
      ? [
          'The keys to trust (pins.json), from somebody whom you trust. Without them the answer is “cannot tell”.',
        ]
      : []),
  ]
}

function choice(): 'proofs' | 'root' {
  return new FormData(form).get('against') === 'root' ? 'root' : 'proofs'
}

/** What to ask the worker; a sentence when something is missing without which there is nothing to ask. */
function asked(): Asked | string {
  const { file, sealed, epoch, before, pins, owner, policy, openings } = brought
  const [id, address, published] = [account, venue, root].map(({ value }) =>
    value.trim().normalize('NFC'),
  ) as [string, string, string]
  if (id === '') return 'Type your identifier at the venue.'
  if (file === undefined && sealed === undefined) return 'Choose your inclusion file.'
  const common = {
    account: id,
    file:
      file !== undefined
        ? { opened: file }
        : { sealed: sealed!, ...(passphrase.value === '' ? {} : { passphrase: passphrase.value }) },
    ...(owner && { owner }),
    ...(address === '' ? {} : { venue: address }),
  }
  if (choice() === 'root') {
    if (production.checked || policy !== undefined) {
      return 'Without proofs no key and no policy is looked at: choose “Verify every proof”, or take “Refuse development keys” and the policy away.'
    }
    if (before !== undefined) {
      return 'Without proofs no statement of account is added up: choose “Verify every proof”, or remove the epochs before.'
    }
    if (published !== '') return { ...common, against: { root: published } }
    return epoch === undefined
      ? 'Choose the epoch, or type the root that was published.'
      : { ...common, against: { manifest: epoch } }
  }
  if (published !== '') {
    return 'A published root is for the quick check alone: choose “Only look for my account”, or take the root away.'
  }
  if (epoch === undefined) return 'Choose the epoch.'
  return {
    ...common,
    against: { epoch, production: production.checked },
    ...(before && { before: before.places }),
    ...(pins && { pins }),
    ...(policy && { policy }),
    ...(openings && { openings }),
  }
}

let running: Worker | undefined

/** Ends a check that runs, and takes an answer away: it is of other files, or of another identifier. */
function drop(): void {
  running?.terminate()
  running = undefined
  at('result').hidden = true
  at('checking').hidden = true
  progress.hidden = true
  start.disabled = unknown > 0
  say('status', '')
  say('fault', '')
}

function run(): void {
  drop()
  if (unknown > 0) return
  const question = asked()
  say('fault', typeof question === 'string' ? question : '')
  if (typeof question === 'string') return
  checks.clear()
  at('checking').hidden = false
  progress.hidden = false
  progress.value = 0
  start.disabled = true
  say('status', 'Checking…')
  const worker = startWorker(workerCode)
  running = worker
  const origins: Origins = {
    pins: pinsFrom,
    isRootOfPage: 'manifest' in question.against && question.against.manifest === ofPage.epoch,
    isDemonstration: demonstration !== undefined,
  }
  const end = () => {
    worker.terminate()
    start.disabled = false
    progress.hidden = true
    say('status', '')
  }
  worker.addEventListener('error', () => {
    end()
    say('fault', 'The check ended unexpectedly. Load the page again, and close others that need memory.')
  })
  worker.addEventListener('message', ({ data }: MessageEvent<Told>) => {
    if (worker !== running) return
    if (data.kind === 'check') return checks.add(data.check)
    if (data.kind === 'progress') {
      progress.value = data.share
      return
    }
    end()
    if (data.kind === 'failed') return say('fault', unpackError(data.error).message)
    showAnswer(data, origins)
    showReport(data.json, origins.isDemonstration ? 'demonstration-report.json' : 'inclusion-report.json')
    at('result').hidden = false
    at('verdict').focus()
  })
  worker.postMessage(question)
}

function link(href: string, download: string, text: string): HTMLAnchorElement {
  return Object.assign(element('a', text), { href, download })
}

let report = ''
function showReport(json: string, name: string): void {
  URL.revokeObjectURL(report)
  report = URL.createObjectURL(new Blob([json], { type: 'application/json' }))
  at('save').replaceChildren(link(report, name, 'Save the report'), ': it shows your balances.')
  at('json').textContent = json
}

form.addEventListener('submit', (event) => {
  event.preventDefault()
  run()
})
form.addEventListener('input', () => {
  drop()
  tellChange('', undefined)
  showBrought()
})
for (const [id, recognized] of [
  ['pick', recognize],
  ['folder', recognizeChosen],
  ['before', recognizeBefore],
] as const) {
  const input = at<HTMLInputElement>(id)
  input.addEventListener('change', () => {
    const files = [...(input.files ?? [])]
    input.value = ''
    if (files.length > 0) bring(recognized(files))
  })
}

/** A folder that was chosen as a whole: its files have paths that start with its name. */
function recognizeChosen(files: readonly File[]): Recognized {
  const name = files[0]?.webkitRelativePath.split('/')[0] ?? 'folder'
  return recognizeFolder(
    name,
    new Map(files.map((file) => [file.webkitRelativePath.slice(name.length + 1), file])),
  )
}

/** Epochs before, whatever else the files could be: what opens them says what is wrong with them. */
function recognizeBefore(files: readonly File[]): Recognized {
  const places = files.map((file) => ({ name: file.name, content: file }))
  return { more: { before: { name: files.map(({ name }) => name).join(', '), places } }, aside: [] }
}

addEventListener('dragover', (event) => event.preventDefault())
addEventListener('drop', (event) => {
  event.preventDefault()
  const { items, files } = event.dataTransfer!
  const isFolder = [...items].some((item) => item.webkitGetAsEntry()?.isDirectory)
  say('fault', isFolder ? 'That is a folder: choose it with “Choose a folder”.' : '')
  if (!isFolder && files.length > 0) bring(recognize([...files]))
})

at('changes').replaceChildren(
  ...CHANGES.map(({ id, button, told }) => {
    const made = element('button.small', button)
    made.type = 'button'
    made.dataset.change = id
    made.addEventListener('click', () => demonstrate(id, told))
    return made
  }),
)

async function demonstrate(change: ChangeId, told: string): Promise<void> {
  drop()
  await settled
  const shown = demonstrated(change)
  brought = shown.brought
  pinsFrom = shown.brought.pins === undefined ? 'nobody' : 'demonstration'
  demonstration = account.value = shown.account
  for (const input of [venue, root, passphrase]) input.value = ''
  production.checked = false
  form.querySelector<HTMLInputElement>('[value=proofs]')!.checked = true
  tellChange(told, change)
  await showBrought()
  run()
}

if (given.beside !== undefined) {
  const beside = link(`./${encodeURIComponent(given.beside)}`, given.beside, given.beside)
  at('beside').replaceChildren('The archive of the epoch lies beside this page: ', beside)
}
at('version').textContent = PAGE_VERSION
showBrought()
