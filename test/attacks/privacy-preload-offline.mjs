/** Loaded before a command: every way to a network throws, and is noted in the file NETWORK_LOG. */
import dgram from 'node:dgram'
import dns from 'node:dns'
import { appendFileSync } from 'node:fs'
import http from 'node:http'
import https from 'node:https'
import { syncBuiltinESMExports } from 'node:module'
import net from 'node:net'
import tls from 'node:tls'

const refuse = (name) => () => {
  appendFileSync(process.env.NETWORK_LOG, `${name}\n`)
  throw new Error(`no network: ${name}`)
}
net.Socket.prototype.connect = refuse('a socket')
for (const [module, names] of [
  [net, ['connect', 'createConnection']],
  [tls, ['connect']],
  [http, ['request', 'get']],
  [https, ['request', 'get']],
  [dgram, ['createSocket']],
  [dns, ['lookup', 'resolve', 'resolve4', 'resolve6']],
  [dns.promises, ['lookup', 'resolve', 'resolve4', 'resolve6']],
]) {
  for (const name of names) module[name] = refuse(name)
}
globalThis.fetch = refuse('fetch')
syncBuiltinESMExports()
