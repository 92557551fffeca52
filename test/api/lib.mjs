// lib.mjs -- a server of one's own, and a client that believes nothing.
//
//   import { test, start, equal } from './lib.mjs'
//   test('a member joins', async () => {
//     const s = await start()                       // a fresh database, a key that may do all
//     const r = await s.post('/v1/members', { name: 'Mei' })
//     equal(r.status, 201)
//   })
//
// Every answer is checked against api/openapi.yaml: a status, content type or field that is not
// documented fails the test.  Servers of a test are stopped after it; shared() is one server for
// all tests that leave it as it was, and is stopped at the end.
import { execFileSync, spawn } from 'node:child_process'
import { randomBytes, randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import http from 'node:http'
import net from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import assert from 'node:assert/strict'
import { judge, root } from './contract.mjs'

export const engine = process.env.REGULARS_TEST_ENGINE ?? 'sqlite'
export const program = process.env.REGULARS_BIN ?? join(root, 'build', 'debug', 'regulars')
export const equal = assert.equal
export const ok = assert.ok
export const deepEqual = assert.deepEqual

// ---- databases ----

function postgres(sql) {
  execFileSync('psql', ['-q', '-v', 'ON_ERROR_STOP=1', process.env.REGULARS_TEST_PG, '-c', sql],
    { stdio: ['ignore', 'ignore', 'inherit'] })
}

export function database() {
  if (engine === 'sqlite') {
    const dir = mkdtempSync(join(tmpdir(), 'regulars-api-'))
    return { url: `sqlite:${join(dir, 'shop.db')}`, drop: () => rmSync(dir, { recursive: true }) }
  }
  const name = `api_${randomBytes(6).toString('hex')}`
  postgres(`CREATE DATABASE ${name}`)
  const url = process.env.REGULARS_TEST_PG.replace(/^([a-z]+:\/\/[^/]*\/)[^?]*/, `$1${name}`)
  return { url, drop: () => postgres(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`) }
}

export function command(...args) {
  return execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim()
}

export function makeKey(db, options = {}) {
  const args = ['key', 'create', '--db', db.url, '--name', options.name ?? 'test',
    '--may', options.may ?? 'all', '--print-secret']
  if (options.store) args.push('--store', options.store)
  if (options.company) args.push('--company', options.company)
  return command(...args)
}

// ---- the server ----

const toStop = []

function spawnServer(db, options) {
  const child = spawn(program, ['serve', '--db', db.url, '--workers', '4', '--listen', '127.0.0.1:0',
    ...(options.args ?? [])], { stdio: ['ignore', 'pipe', 'pipe'] })
  const log = []
  child.stderr.on('data', (chunk) => log.push(chunk))
  const ended = new Promise((done) => child.on('exit', (code, signal) => done({ code, signal })))
  const port = new Promise((found, failed) => {
    let text = ''
    child.stdout.on('data', (chunk) => {
      text += chunk
      const at = /http:\/\/[^ ]*:(\d+)/.exec(text)
      if (at) found(Number(at[1]))
    })
    ended.then((how) => failed(new Error(`the server ended (${JSON.stringify(how)}):\n${Buffer.concat(log)}`)))
  })
  return { child, ended, port, log: () => Buffer.concat(log).toString() }
}

function freshDatabase() {
  const db = database()
  command('migrate', '--db', db.url)
  return db
}

let common
export function shared() { return common ??= open(freshDatabase(), {}) }

export async function start(options = {}) {
  const db = options.db ?? freshDatabase()
  const server = await open(db, options)
  toStop.push(async () => {
    await close(server, options)
    if (!options.db) db.drop()
  })
  return server
}

async function open(db, options) {
  const key = options.key ?? makeKey(db)
  const process_ = spawnServer(db, options)
  return new Server(db, key, process_, await process_.port)
}

async function close(server, options = {}) {
  const how = await server.stop()
  if (options.mayDie || how.code === 0) return
  throw new Error(`the server ended badly (${JSON.stringify(how)}):\n${server.process.log()}`)
}

class Server {
  constructor(db, key, process_, port) {
    Object.assign(this, { db, key, process: process_, port })
    this.agent = new http.Agent({ keepAlive: true, maxSockets: 512 })
  }

  get(path, options) { return this.send('GET', path, undefined, options) }
  delete(path, options) { return this.send('DELETE', path, undefined, options) }
  post(path, body, options) { return this.send('POST', path, body, options) }
  put(path, body, options) { return this.send('PUT', path, body, options) }
  patch(path, body, options) { return this.send('PATCH', path, body, options) }

  // options: key (null: none), idempotency (null: none), headers, raw (a body as it is), outside
  // (a path or method beside the contract), unchecked (an answer that is cut on purpose).
  async send(method, path, body, options = {}) {
    const headers = { ...options.headers }
    const key = options.key === undefined ? this.key : options.key
    if (key !== null) headers.authorization ??= `Bearer ${key}`
    const payload = options.raw ?? (body === undefined ? undefined : JSON.stringify(body))
    if (payload !== undefined) headers['content-type'] ??= 'application/json'
    if (method === 'POST' && options.idempotency !== null)
      headers['idempotency-key'] ??= options.idempotency ?? randomUUID()
    const answer = await this.exchange({ method, path, headers, payload, agent: options.agent })
    const wrong = options.unchecked ? null : judge({ method, path }, answer, options.outside)
    if (wrong) throw new Error(`${method} ${path}: ${wrong}`)
    return answer
  }

  exchange({ method, path, headers, payload, agent }) {
    return new Promise((done, failed) => {
      const request = http.request({ host: '127.0.0.1', port: this.port, method, path, headers,
        agent: agent ?? this.agent }, (response) => {
        const chunks = []
        response.on('data', (chunk) => chunks.push(chunk))
        response.on('error', failed)
        response.on('end', () => {
          const text = Buffer.concat(chunks).toString()
          const isJson = /json$/.test((response.headers['content-type'] ?? '').split(';')[0])
          done({ status: response.statusCode, headers: response.headers, text,
            json: isJson && text !== '' ? JSON.parse(text) : undefined })
        })
      })
      request.on('error', failed)
      request.end(payload)
    })
  }

  // Bytes as they are; resolves with what came until the server hung up, or until `until` matches.
  raw(bytes, { until, wait_ms = 5000 } = {}) {
    return new Promise((done) => {
      const socket = net.connect(this.port, '127.0.0.1')
      let text = ''
      const end = () => { socket.destroy(); done(text) }
      const timer = setTimeout(end, wait_ms)
      socket.on('data', (chunk) => { text += chunk; if (until?.test(text)) end() })
      socket.on('error', () => {})
      socket.on('close', () => { clearTimeout(timer); done(text) })
      socket.write(bytes)
    })
  }

  async stop(signal = 'SIGTERM') {
    this.process.child.kill(signal)
    const how = await this.process.ended
    this.agent.destroy()
    return how
  }
}

// ---- tests: sentences, one after the other ----

const tests = []
let file = ''
export function testsOf(name) { file = name }
export function test(name, body) { tests.push({ name, body, file }) }

async function runOne(t) {
  try {
    await t.body()
  } catch (error) {
    t.error = error
  }
  for (const stop of toStop.splice(0).reverse())
    await stop().catch((error) => { t.error ??= error })
  if (t.error) console.log(`FAILED ${t.name}\n  ${String(t.error.stack).replaceAll('\n', '\n  ')}`)
}

export async function runAll(only) {
  const chosen = tests.filter((t) => !only || t.name.includes(only) || t.file.includes(only))
  for (const t of chosen) await runOne(t)
  if (common) {
    const last = { name: 'the shared server ends well', body: async () => {
      const server = await common
      await close(server)
      server.db.drop()
    } }
    chosen.push(last)
    await runOne(last)
  }
  const failed = chosen.filter((t) => t.error).length
  return { passed: chosen.length - failed, failed }
}
