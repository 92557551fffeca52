// shop.mjs -- a shop to be rough with: a database of its own, a server that may be killed, and a
// client that believes nothing.  No product code, no packages.
import { execFileSync, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import http from 'node:http'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..')
const program = process.env.REGULARS_BIN ?? join(root, 'build', 'debug', 'regulars')
const cluster = process.env.REGULARS_TEST_PG
const ANSWER_MS_MAX = 20000

export const pause = (ms) => new Promise((done) => setTimeout(done, ms))
export const enginesHere = () => (cluster ? ['sqlite', 'postgres'] : ['sqlite'])

// The same numbers for the same seed (mulberry32): a failure can be had again, but for its timing.
export function dice(seed) {
  let state = seed >>> 0
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 4294967296) * below)
  }
}

const setup = {
  company: { code: 'A', name: 'A' },
  stores: [{ code: 'S1', name: 'One' }],
  units: [{ code: 'points', name: 'points', valid_days: 365 }],
  tiers: { levels: [{ code: 'silver', name: 'Silver', threshold_minor: 20000 },
    { code: 'gold', name: 'Gold', threshold_minor: 100000 }],
  window_days: 365, term_days: 365, renew: 'at_term_end', down: 'recompute' },
  rules: [{ name: 'one for each hundred', on: 'purchase',
    then: [{ 'points.grant': { unit: 'points', amount: { per: 100, give: 1 } } }] }],
  effective_at: '2020-01-01T00:00:00Z',
}

export class Shop {
  // options.now: "2026-05-01T12:00", a shop with a clock of its own
  constructor(engine, options = {}) {
    this.engine = engine
    this.now = options.now ? ['--now', options.now] : []
    this.dir = mkdtempSync(join(tmpdir(), 'regulars-rough-'))
    try {
      this.open()
    } catch (error) {
      rmSync(this.dir, { recursive: true })
      throw error
    }
  }

  open() {
    if (this.engine === 'postgres') this.makeDatabase()
    else this.url = `sqlite:${join(this.dir, 'shop.db')}`
    writeFileSync(join(this.dir, 'setup.json'), JSON.stringify(setup))
    this.command('migrate', '--setup', join(this.dir, 'setup.json'), ...this.now)
    this.key = this.command('key', 'create', '--name', 'rough', '--may', 'all', '--print-secret')
    this.agent = new http.Agent({ keepAlive: true, maxSockets: 512 })
  }

  // The cluster of the tests does not wait for disks; what was committed it must know all the same.
  makeDatabase() {
    this.name = `rough_${randomBytes(6).toString('hex')}`
    this.url = cluster.replace(/^([a-z]+:\/\/[^/]*\/)[^?]*/, `$1${this.name}`)
    this.sql(`CREATE DATABASE ${this.name}`, cluster)
    this.sql(`ALTER DATABASE ${this.name} SET synchronous_commit = on`, cluster)
  }

  sql(text, url = this.url) {
    return execFileSync('psql', ['-X', '-A', '-t', '-q', '-v', 'ON_ERROR_STOP=1', url, '-c', text],
      { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim()
  }

  command(...args) {
    return execFileSync(program, [...args, '--db', this.url],
      { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim()
  }

  // ---- the server ----

  spawn(args = []) {
    const child = spawn(program, ['serve', '--db', this.url, '--listen', '127.0.0.1:0', ...args],
      { stdio: ['ignore', 'pipe', 'pipe'] })
    const log = []
    child.stderr.on('data', (chunk) => log.push(chunk))
    this.child = child
    this.log = () => Buffer.concat(log).toString().slice(-4000)
    this.ended = new Promise((done) => child.on('exit', (code, signal) => done({ code, signal })))
    return child
  }

  // Answers after how many milliseconds it was ready.
  async start(args) {
    const began = performance.now()
    const child = this.spawn(args)
    this.port = await new Promise((found, failed) => {
      let text = ''
      child.stdout.on('data', (chunk) => {
        text += chunk
        const at = /http:\/\/[^ ]*:(\d+)/.exec(text)
        if (at) found(Number(at[1]))
      })
      this.ended.then(() => failed(new Error(`the server did not start:\n${this.log()}`)))
    })
    const ready = await this.get('/readyz')
    if (ready.status !== 200) throw new Error(`not ready: ${ready.text}`)
    return performance.now() - began
  }

  // Another server of the same shop.
  async another(args) {
    const other = Object.assign(Object.create(Object.getPrototypeOf(this)), this)
    other.agent = new http.Agent({ keepAlive: true, maxSockets: 512 })
    await other.start(args)
    return other
  }

  async kill(signal = 'SIGKILL') {
    this.child.kill(signal)
    const how = await this.ended
    this.agent.destroy()
    this.agent = new http.Agent({ keepAlive: true, maxSockets: 512 })
    return how
  }

  async close() {
    if (this.child && this.child.exitCode === null && this.child.signalCode === null)
      await this.kill()
    if (this.name) this.sql(`DROP DATABASE IF EXISTS ${this.name} WITH (FORCE)`, cluster)
    rmSync(this.dir, { recursive: true })
  }

  // ---- the client ----

  get(path) { return this.send('GET', path) }
  post(path, body, key) { return this.send('POST', path, body, key) }

  send(method, path, body, key) {
    const headers = { authorization: `Bearer ${this.key}` }
    const payload = body === undefined ? undefined : JSON.stringify(body)
    if (payload !== undefined) headers['content-type'] = 'application/json'
    if (key !== undefined) headers['idempotency-key'] = key
    return new Promise((done, failed) => {
      const request = http.request({ host: '127.0.0.1', port: this.port, method, path, headers,
        agent: this.agent, timeout: ANSWER_MS_MAX }, (response) => {
        const chunks = []
        response.on('data', (chunk) => chunks.push(chunk))
        response.on('error', failed)
        response.on('close', () => {
          const text = Buffer.concat(chunks).toString()
          if (!response.complete) failed(new Error('the answer was cut'))
          else done({ status: response.statusCode, headers: response.headers, text })
        })
      })
      request.on('timeout', () => request.destroy(new Error('no answer in time')))
      request.on('error', failed)
      request.end(payload)
    })
  }

  async member() {
    const name = randomBytes(8).toString('hex')
    const r = await this.post('/v1/members', { name }, name)
    if (r.status !== 201) throw new Error(`joining: ${r.status} ${r.text}`)
    return JSON.parse(r.text).id
  }

  async points(member) {
    const r = await this.get(`/v1/members/${member}/balances`)
    if (r.status !== 200) throw new Error(`balances: ${r.status} ${r.text}`)
    const body = JSON.parse(r.text)
    const all = body.balances ?? body.data
    return all.find((b) => b.unit === 'points')?.available ?? 0
  }

  async purchases(member) {
    const out = []
    let cursor = null
    do {
      const r = await this.get(`/v1/members/${member}/purchases?limit=100` +
        (cursor ? `&cursor=${encodeURIComponent(cursor)}` : ''))
      if (r.status !== 200) throw new Error(`purchases: ${r.status} ${r.text}`)
      const page = JSON.parse(r.text)
      out.push(...page.data)
      cursor = page.next
    } while (cursor)
    return out
  }
}
