// shop.mjs -- a tea shop to test in: two stores, two kinds of points, a ladder, a few rules.
//
//   const { s, keys, counts } = await openShop({ keys: { north: { store: 'TPE01' } } })
//
// The database is made by the command line, so that keys are there before the server is.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { command, database, deepEqual, engine, equal, makeKey, ok, start } from './lib.mjs'

export const setup = {
  company: { code: 'main', name: '好茶股份有限公司', tax_id: '12345675' },
  stores: [
    { code: 'TPE01', name: '台北信義店', kind: 'own', region: '北區', day_cut_min: 300 },
    { code: 'KHH01', name: '高雄夢時代店', kind: 'franchise', region: '南區', day_cut_min: 0 }
  ],
  units: [
    { code: 'point', name: '健康幣', decimals: 0, valid_days: 365 },
    { code: 'crazy', name: '瘋點數', decimals: 2, valid_days: 0 }
  ],
  tiers: {
    levels: [
      { code: 'silver', name: '銀卡', threshold_minor: 5000 },
      { code: 'gold', name: '金卡', threshold_minor: 20000, keep_minor: 15000 }
    ],
    window_days: 365, term_days: 365, renew: 'at_term_end', down: 'one'
  },
  rules: [
    { name: '消費滿百送一點', on: 'purchase', kind: 'base',
      then: [{ 'points.grant': { unit: 'point', amount: { per: 100, give: 1 } } }] },
    { name: '銀卡以上加贈 0.5%', on: 'purchase', kind: 'bonus',
      when: { '>=': [{ var: 'member.tier' }, 1] },
      then: [{ 'points.grant': { unit: 'crazy', amount: { percent: '0.5' } } }] },
    { name: '單筆滿千貼標', on: 'purchase', kind: 'bonus',
      when: { '>=': [{ var: 'purchase.total_minor' }, 1000] },
      then: [{ 'tag.add': { tag: '大單' } }] },
    { name: '升等禮', on: 'tier.up', kind: 'bonus',
      then: [{ 'points.grant': { unit: 'point', amount: 50 } }] }
  ],
  effective_at: '2020-01-01T00:00:00+08:00'
}

function script(url, sql, mode = '-readonly') {
  const tool = engine === 'sqlite'
    ? ['sqlite3', [mode, '-noheader', '-cmd', '.timeout 5000', url.slice('sqlite:'.length), sql]]
    : ['psql', ['-qAtX', '-v', 'ON_ERROR_STOP=1', url, '-c', sql]]
  return execFileSync(tool[0], tool[1], { encoding: 'utf8' }).trim()
}

function tables(url) {
  const list = engine === 'sqlite'
    ? "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"
    : "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename"
  return script(url, list).split('\n')
}

// How many rows each table has: what a refusal must not change.  `node` rows are leases of servers, and
// what runs by the clock gets its row when a server starts.
const rows = (t) => (t === 'task' ? 'task WHERE member_id <> 0 OR revision <> 0' : t)
function countAll(url) {
  const names = tables(url).filter((name) => name !== 'node')
  const text = script(url, names.map((t) => `SELECT '${t}', COUNT(*) FROM ${rows(t)}`).join(' UNION ALL '))
  return Object.fromEntries(text.split('\n').map((line) => line.split('|')))
}

const drops = []
process.once('exit', () => drops.forEach((drop) => drop()))

export async function openShop(options = {}) {
  const db = database()
  const dir = mkdtempSync(join(tmpdir(), 'regulars-shop-'))
  const file = join(dir, 'setup.json')
  writeFileSync(file, JSON.stringify(options.setup ?? setup))
  const now = options.now ? ['--now', options.now] : []
  command('migrate', '--db', db.url, '--setup', file, ...now)
  rmSync(dir, { recursive: true })
  drops.push(db.drop)
  const keys = {}
  for (const [name, key] of Object.entries({ all: {}, ...options.keys }))
    keys[name] = makeKey(db, { name, ...key })
  const s = await start({ db, key: keys.all, args: [...now, ...(options.args ?? [])], mayDie: options.mayDie })
  return { s, keys, db, counts: () => countAll(db.url), sql: (text) => script(db.url, text),
    write: (text) => script(db.url, text, '-batch') }
}

let phones = 0
export const phone = () => `+8869${String(10000000 + (phones += 1)).padStart(8, '0')}`

export async function join_(s, more = {}) {
  const r = await s.post('/v1/members', { phone: phone(), ...more })
  equal(r.status, 201, r.text)
  return r.json.id
}

let receipts = 0
export const receipt = () => `AB-${String(10000000 + (receipts += 1))}`
export const sale = (member, total_minor, more = {}) =>
  ({ member, store: 'TPE01', receipt: receipt(), total_minor, ...more })

export async function buy(s, member, total_minor, more) {
  const r = await s.post('/v1/purchases', sale(member, total_minor, more), { idempotency: null })
  equal(r.status, 201, r.text)
  return r.json
}

export function refused(r, status, code, pointer) {
  equal(r.status, status, r.text)
  equal(r.json.code, code, r.text)
  if (pointer === undefined) return
  const there = r.json.errors?.find((e) => e.pointer === pointer)
  ok(there, `no mistake at "${pointer}" in ${r.text}`)
  ok(there.detail, `no reason at "${pointer}" in ${r.text}`)
}

// Each case: [what is changed in the good body, status, code, pointer]; null leaves a field out.
// A function gets the good body and gives the bad one.  Nothing may be written by any of them.
export async function refuseAll(shop, request, cases) {
  const before = shop.counts()
  for (const [change, status, code, pointer] of cases) {
    const body = typeof change === 'function' ? change(structuredClone(request.good))
      : { ...structuredClone(request.good), ...change }
    for (const name of Object.keys(body ?? {})) if (body[name] === null) delete body[name]
    const r = await shop.s.send(request.method ?? 'POST', request.path, body, request.options)
    try {
      refused(r, status, code, pointer)
    } catch (error) {
      throw new Error(`${JSON.stringify(body).slice(0, 300)}: ${error.message}`)
    }
  }
  deepEqual(shop.counts(), before)
}

export const balance = (answer, unit) => answer.balances.find((b) => b.unit === unit)?.available ?? 0
export const long = (n) => 'x'.repeat(n)
