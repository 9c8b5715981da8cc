import { parentPort } from 'node:worker_threads'
import { type Message, messageHandler } from './threads.js'

const handle = messageHandler()
parentPort!.on('message', (message: Message) => parentPort!.postMessage(handle(message)))
