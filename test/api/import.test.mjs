// Imports: a file sent in parts, tried, booked by a job that may be killed at any moment.
import { deepEqual, equal, ok, start, test } from './lib.mjs'
import { openShop, refused } from './shop.mjs'

const map = 'member=customer,date=day,total=sum'
const what = { store: 'TPE01', file_name: 'old.csv', map, provider: 'ext:old' }
const phase = ['done', 'tried', 'cancelled']

// Rows of some members, not in order; every ninth says what another one says.
function rows(n) {
  const out = []
  for (let i = 0; i < n; i++) {
    const k = i % 9 === 8 ? i - 1 : i
    out.push(`c${k % 37},2026-0${1 + (k * 7) % 9}-1${k % 9},${100 + (k * 13) % 900}`)
  }
  return out
}
const file = (lines) => `customer,day,sum\n${lines.join('\n')}\n`

async function send(s, text, size = 2000, options) {
  const made = await s.post('/v1/imports', what, options)
  equal(made.status, 201, made.text)
  const { id } = made.json
  for (let at = 0, n = 1; at < text.length; at += size, n++) {
    const r = await s.put(`/v1/imports/${id}/parts/${n}`, { text: text.slice(at, at + size) }, options)
    equal(r.status, 200, r.text)
  }
  return id
}

async function ended(s, id, seconds = 30) {
  for (let i = 0; i < seconds * 20; i++) {
    const one = (await s.get(`/v1/imports/${id}`)).json
    if (phase.includes(one.state)) return one
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error(`import ${id} does not end`)
}
async function run(s, id, isDry = false) {
  const r = await s.post(`/v1/imports/${id}/start`, { dry_run: isDry })
  equal(r.status, 200, r.text)
  return ended(s, id)
}
// What only the job needed is gone.
async function cleaned(s, one) {
  for (let i = 0; i < 200 && (await s.get(`/v1/jobs/${one.job}`)).json.state !== 'done'; i++)
    await new Promise((resolve) => setTimeout(resolve, 50))
}
const counts = (one) => [one.rows_new, one.rows_repeated, one.rows_rejected]
const sums = (shop) => shop.sql('SELECT COUNT(*), SUM(total_minor), COUNT(DISTINCT member_id) FROM purchase')

test('import: a file is tried, booked, and told again it is repeated', async () => {
  const shop = await openShop()
  const { s } = shop
  const id = await send(s, file(rows(1500)))
  deepEqual(counts(await run(s, id, true)), [1500, 0, 0])
  ok(sums(shop).startsWith('0|'))
  const done = await run(s, id)
  equal(done.state, 'done')
  deepEqual(counts(done), [1500, 0, 0])
  ok(sums(shop).startsWith('1500|'))
  equal(done.bytes_done, done.bytes)
  await cleaned(s, done)
  equal(shop.sql('SELECT COUNT(*) FROM import_row'), '0')
  deepEqual(counts(await run(s, await send(s, file(rows(1500)), 777))), [0, 1500, 0])
  ok(sums(shop).startsWith('1500|'))
})

test('import: a server killed in the middle leaves its import to the next, and every row counts once', async () => {
  const whole = await openShop()
  await run(whole.s, await send(whole.s, file(rows(3000))))
  const shop = await openShop({ mayDie: true })
  const id = await send(shop.s, file(rows(3000)))
  equal((await shop.s.post(`/v1/imports/${id}/start`, {})).status, 200)
  let { s } = shop
  let inside = 0
  const booked = () => Number(shop.sql('SELECT COUNT(*) FROM purchase'))
  for (const least of [100, 1200]) {
    for (let i = 0; i < 2000 && booked() < least; i++) await new Promise((resolve) => setTimeout(resolve, 20))
    await s.stop('SIGKILL')
    if (booked() < 3000) inside++
    s = await start({ db: shop.db, key: shop.keys.all, mayDie: true })
  }
  deepEqual(counts(await ended(s, id, 100)), [3000, 0, 0])
  equal(sums(shop), sums(whole))
  equal(inside, 2, 'a kill came too late')
})

test('import: what cannot be read is refused row by row, as a file to mend', async () => {
  const { s } = await openShop()
  const id = await send(s, 'customer,day,sum\na,2026-01-01,100\nb,2026-13-01,5\nc,2026-01-02,"7\nd,2026-01-03,9\n', 20)
  deepEqual(counts(await run(s, id)), [2, 0, 2])
  const list = (await s.get(`/v1/imports/${id}/rejects?sort=row`)).json.data
  deepEqual(list.map((r) => [r.row, r.raw, r.code, r.reason]), [
    [2, 'b,2026-13-01,5', 'row.date', '日期無法辨識，或在未來。'],
    [3, 'c,2026-01-02,"7', 'row.cells', '這一列的欄位數或引號不對。']])
  const csv = await s.get(`/v1/imports/${id}/rejects?format=csv&sort=row`)
  equal(csv.status, 200)
  ok(csv.text.includes('a quote is not closed'), csv.text)
})

test('import: wrong files are refused before anything runs', async () => {
  const { s } = await openShop()
  const begin = async (body) => (await s.post('/v1/imports', { ...what, ...body })).json.id
  const put = (id, n, text) => s.put(`/v1/imports/${id}/parts/${n}`, { text })
  const go = (id) => s.post(`/v1/imports/${id}/start`, {})
  refused(await s.post('/v1/imports', { ...what, store: 'X' }), 404, 'store.unknown', '/store')
  refused(await s.post('/v1/imports', { ...what, time: '25:00' }), 400, 'import.time', '/time')
  refused(await s.post('/v1/imports', { ...what, provider: 'x' }), 400, 'import.provider', '/provider')
  let id = await begin({})
  refused(await go(id), 409, 'import.empty')
  refused(await put(id, 501, 'x'), 400, 'import.part_number')
  refused(await put(id, 1, ''), 400, 'request.invalid', '/text')
  const bad = Buffer.concat([Buffer.from('{"text":"a'), Buffer.from([0xa4, 0xfd]), Buffer.from('"}')])
  refused(await s.put(`/v1/imports/${id}/parts/1`, undefined, { raw: bad }), 400, 'request.json')
  equal((await put(id, 1, 'customer,day,sum\na,2026-01-01,1\n')).status, 200)
  equal((await put(id, 3, 'c,2026-01-01,1\n')).status, 200)
  refused(await go(id), 409, 'import.part_missing')
  id = await begin({})
  await put(id, 1, 'a,2026-01-01,1\n')
  refused(await go(id), 400, 'import.sheet')
  id = await begin({ map: 'member=customer,date=day' })
  await put(id, 1, 'customer,day,sum\n')
  refused(await go(id), 400, 'import.sheet')
  refused(await s.get('/v1/imports/imp_0000000000000'), 404, 'import.unknown')
})

test('import: paused it stands still, cancelled it begins again from the first row, and nothing doubles', async () => {
  const shop = await openShop()
  const { s } = shop
  const id = await send(s, file(rows(4000)), 20000)
  const { job } = (await s.post(`/v1/imports/${id}/start`, {})).json
  equal((await s.post(`/v1/jobs/${job}/pause`, {})).status, 200)
  const still = async () => (await s.get(`/v1/imports/${id}`)).json.rows_new
  let before = -1
  for (let now = await still(); now !== before; now = await still()) {
    before = now
    await new Promise((resolve) => setTimeout(resolve, 300))
  }
  ok(before < 4000, 'the pause came too late')
  refused(await s.post(`/v1/imports/${id}/start`, {}), 409, 'import.state')
  equal((await s.post(`/v1/jobs/${job}/cancel`, {})).status, 200)
  equal((await s.get(`/v1/imports/${id}`)).json.state, 'cancelled')
  const done = await run(s, id)
  deepEqual([done.state, ...counts(done)], ['done', 4000 - before, before, 0])
  ok(sums(shop).startsWith('4000|'))
  await cleaned(s, done)
  equal(shop.sql('SELECT COUNT(*) FROM import_row'), '0')
  equal(shop.sql('SELECT COUNT(*) FROM import_part'), '0')
})

test('import: of two starts at once one wins, and then no part changes', async () => {
  const { s } = await openShop()
  const id = await send(s, file(rows(600)))
  const both = await Promise.all([1, 2].map(() => s.post(`/v1/imports/${id}/start`, {})))
  deepEqual(both.map((r) => r.status).sort(), [200, 409])
  refused(await s.put(`/v1/imports/${id}/parts/1`, { text: 'x' }), 409, 'import.state')
  deepEqual(counts(await ended(s, id)), [600, 0, 0])
  refused(await s.post(`/v1/imports/${id}/start`, {}), 409, 'import.state')
})

test('import: a key of another store sees nothing of it', async () => {
  const { s, keys } = await openShop({ keys: { south: { store: 'KHH01' }, north: { store: 'TPE01' } } })
  const id = await send(s, file(rows(3)), 2000, { key: keys.north })
  refused(await s.get(`/v1/imports/${id}`, { key: keys.south }), 404, 'import.unknown')
  refused(await s.get(`/v1/imports/${id}/rejects`, { key: keys.south }), 404, 'import.unknown')
  refused(await s.post(`/v1/imports/${id}/start`, {}, { key: keys.south }), 404, 'import.unknown')
  refused(await s.put(`/v1/imports/${id}/parts/1`, { text: 'x' }, { key: keys.south }), 404, 'import.unknown')
  deepEqual((await s.get('/v1/imports', { key: keys.south })).json.data, [])
  equal((await s.get('/v1/imports', { key: keys.north })).json.data.length, 1)
  refused(await s.post('/v1/imports', what, { key: keys.south }), 403, 'store.other', '/store')
})
