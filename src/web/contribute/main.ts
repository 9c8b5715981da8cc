import { SSH_NAMESPACE, unpackError } from '../../proving/browser.js'
import { startWorker } from '../start-worker.js'
import type { Asked, Told } from './messages.js'
import workerCode from './worker.ts?worker'

const at = <T extends HTMLElement>(id: string) => document.getElementById(id) as T
const form = at<HTMLFormElement>('form')
const folder = at<HTMLInputElement>('folder')
const typed = at<HTMLTextAreaElement>('typed')
const start = at<HTMLButtonElement>('start')
const progress = at<HTMLProgressElement>('progress')

/** The chosen files by their paths in the folder, whose own name is dropped. */
function chosenFiles(): ReadonlyMap<string, Blob> {
  const files = [...(folder.files ?? [])]
  return new Map(files.map((file) => [file.webkitRelativePath.split('/').slice(1).join('/'), file]))
}

function show(id: string, text: string): void {
  at(id).textContent = text
}

form.addEventListener('submit', (event) => {
  event.preventDefault()
  const words = (id: string) => at<HTMLInputElement>(id).value.trim()
  const signer = words('signer')
  const asked: Asked = {
    files: chosenFiles(),
    contributor: {
      name: words('name'),
      signer: signer.startsWith('0x') ? signer.toLowerCase() : signer,
      machine: words('machine'),
      entropy: 'Web Crypto and typed text',
      software: `plimsoll ${PAGE_VERSION}, page`,
    },
    entropy: new TextEncoder().encode(typed.value),
  }
  typed.value = ''
  show('fault', '')
  start.disabled = true
  progress.hidden = false
  progress.value = 0
  const worker = startWorker(workerCode)
  // Whatever secret was in its memory goes with it.
  const end = () => {
    worker.terminate()
    start.disabled = false
    progress.hidden = true
    show('status', '')
  }
  worker.addEventListener('error', () => {
    end()
    show('fault', 'The work ended unexpectedly. Load the page again, and close others that need memory.')
  })
  worker.addEventListener('message', ({ data }: MessageEvent<Told>) => {
    if (data.kind === 'progress') {
      progress.value = data.share
      show('status', `${data.what}: ${Math.floor(data.share * 100)} %`)
      return
    }
    end()
    if (data.kind === 'made') showMade(data)
    else showFault(unpackError(data.error))
  })
  worker.postMessage(asked, [asked.entropy.buffer])
})

function showFault(error: Error & { hint?: string }): void {
  show('fault', [error.message, error.hint].filter(Boolean).join('. '))
}

function showMade({ text, files }: Extract<Told, { kind: 'made' }>): void {
  const links = [...files].map(([name, blob]) => {
    const link = document.createElement('a')
    link.href = URL.createObjectURL(blob)
    link.download = name
    link.textContent = name
    const item = document.createElement('li')
    item.append(link)
    return item
  })
  at('files').replaceChildren(...links)
  show('text', text)
  show('signing', `ssh-keygen -Y sign -n ${SSH_NAMESPACE} -f KEY attestation.txt`)
  form.hidden = true
  at('made').hidden = false
  at('made-title').focus()
}
