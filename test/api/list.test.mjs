// Lists: newest first, page by page, nothing twice and nothing left out.
import http from 'node:http'
import { deepEqual, equal, ok, test } from './lib.mjs'
import { buy, join_, openShop, receipt, refused } from './shop.mjs'

async function pages(s, path, limit) {
  const all = []
  let next = null
  do {
    const cursor = next ? `&cursor=${encodeURIComponent(next)}` : ''
    const r = await s.get(`${path}?limit=${limit}${cursor}`)
    equal(r.status, 200, r.text)
    all.push(...r.json.data)
    next = r.json.next
  } while (next)
  return all
}

test('each list gives the same page by page as at once', async () => {
  const { s } = await openShop()
  const id = await join_(s)
  for (let i = 0; i < 7; i += 1)
    await buy(s, id, 1000 + i, { at: `2026-02-0${1 + (i % 3)}T12:00:00+08:00` })
  for (const path of ['events', 'postings', 'purchases', 'lots'].map((p) => `/v1/members/${id}/${p}`)
    .concat(['/v1/units', '/v1/stores', '/v1/rules', '/v1/companies'])) {
    const whole = (await s.get(`${path}?limit=200`)).json
    equal(whole.next, null)
    for (const limit of [1, 2, 3]) deepEqual(await pages(s, path, limit), whole.data, path)
  }
})

test('lists are newest first', async () => {
  const { s } = await openShop()
  const id = await join_(s)
  for (const day of ['02', '04', '01', '03']) await buy(s, id, 100, { at: `2026-02-${day}T12:00:00+08:00` })
  const at = (list) => list.map((one) => one.at)
  for (const path of ['events', 'postings', 'purchases']) {
    const { data } = (await s.get(`/v1/members/${id}/${path}`)).json
    deepEqual(at(data), at(data).sort().reverse(), path)
  }
})

test('a page stays whole while others add to the list', async () => {
  const { s } = await openShop()
  const id = await join_(s)
  for (let i = 0; i < 4; i += 1) await buy(s, id, 100 + i)
  const first = (await s.get(`/v1/members/${id}/purchases?limit=2`)).json
  await buy(s, id, 999)
  const second = (await s.get(`/v1/members/${id}/purchases?limit=2&cursor=${first.next}`)).json
  deepEqual([...first.data, ...second.data].map((p) => p.total_minor), [103, 102, 101, 100])
})

test('a limit or cursor that cannot be is refused by its name', async () => {
  const { s } = await openShop()
  const id = await join_(s)
  const list = `/v1/members/${id}/events`
  for (const limit of ['0', '-1', '201', '1.5', 'x', '']) {
    const r = await s.get(`${list}?limit=${limit}`)
    refused(r, 400, 'request.parameter')
    equal(r.json.errors[0].parameter, 'limit')
  }
  for (const cursor of ['x', '-at', '-at.', '-at.1', '-at.1.2.3', '-at.x.2', '-at.1.', 'at.1.2', '-booked_at.1.2',
    '-at.1.99999999999999999999'])
    refused(await s.get(`${list}?cursor=${cursor}`), 400, 'request.cursor')
  refused(await s.get(`${list}?cursor=`), 400, 'request.parameter')
})

// ---- what can be asked of a list ----

const noon = (day) => `2026-02-${day}T12:00:00+08:00`

async function someSales(more = {}) {
  const shop = await openShop(more)
  const id = await join_(shop.s)
  for (const [day, store, total] of [['01', 'TPE01', 300], ['02', 'KHH01', 100], ['02', 'TPE01', 200],
    ['03', 'KHH01', 500], ['04', 'TPE01', 400]])
    await buy(shop.s, id, total, { at: noon(day), store })
  return { ...shop, id, list: `/v1/members/${id}/purchases` }
}
const totals = (r) => r.json.data.map((p) => p.total_minor)

test('a list is filtered by each of its filters, and by several at once', async () => {
  const { s, list } = await someSales()
  for (const [query, wanted] of [['store=TPE01', [400, 200, 300]], ['from=2026-02-03', [400, 500]],
    ['to=2026-02-02', [200, 100, 300]], ['from=2026-02-02&to=2026-02-02', [200, 100]],
    ['store=KHH01&from=2026-02-03', [500]], ['status=live&store=KHH01', [500, 100]], ['status=voided', []],
    ['receipt=none', []]]) {
    const r = await s.get(`${list}?${query}&count=true`)
    deepEqual(totals(r), wanted, query)
    deepEqual(r.json.count, { n: wanted.length, exact: true })
  }
})

test('a list is sorted up and down, and goes on in that order', async () => {
  const { s, list } = await someSales()
  deepEqual(totals(await s.get(`${list}?sort=total`)), [100, 200, 300, 400, 500])
  deepEqual(totals(await s.get(`${list}?sort=-total`)), [500, 400, 300, 200, 100])
  deepEqual(totals(await s.get(`${list}?sort=at`)), [300, 100, 200, 500, 400])
  const first = await s.get(`${list}?sort=total&limit=2`)
  deepEqual(totals(await s.get(`${list}?sort=total&limit=2&cursor=${first.json.next}`)), [300, 400])
  refused(await s.get(`${list}?sort=-total&cursor=${first.json.next}`), 400, 'request.cursor')
})

test('a filter that names nothing, and a parameter that is none, are refused by their names', async () => {
  const { s, list } = await someSales()
  for (const [query, name] of [['store=NO', 'store'], ['status=gone', 'status'], ['from=tomorrow', 'from'],
    ['sort=member', 'sort'], ['q=x', 'q'], ['format=xml', 'format'], ['count=1', 'count']]) {
    const r = await s.get(`${list}?${query}`)
    refused(r, 400, 'request.parameter')
    equal(r.json.errors[0].parameter, name)
    ok(r.json.errors[0].detail)
  }
})

test('what is configured is found by a part of its code or name, archived or not', async () => {
  const { s } = await openShop()
  const codes = async (query) => (await s.get(`/v1/stores?${query}`)).json.data.map((one) => one.code)
  deepEqual(await codes('q=tpe'), ['TPE01'])
  deepEqual(await codes(`q=${encodeURIComponent('夢時代')}`), ['KHH01'])
  deepEqual(await codes('q=%25'), [])
  deepEqual(await codes('sort=code'), ['KHH01', 'TPE01'])
  deepEqual(await codes('sort=name&limit=1'), (await codes('sort=-name')).reverse().slice(0, 1))
  deepEqual(await codes('archived=true'), [])
  deepEqual((await codes('archived=false')).length, 2)
})

test('who is bound to a store lists, counts and keeps only what happened there', async () => {
  const { s, list, keys } = await someSales({ keys: { south: { store: 'KHH01' } } })
  const r = await s.get(`${list}?count=true`, { key: keys.south })
  deepEqual(totals(r), [500, 100])
  equal(r.json.count.n, 2)
  const file = await s.get(`${list}?format=csv`, { key: keys.south })
  equal(file.text.trim().split('\r\n').length, 3)
  deepEqual(totals(await s.get(`${list}?store=TPE01`, { key: keys.south })), [])
})

// ---- as a file ----

const lines = (r) => r.text.replace(/^\ufeff/, '').replace(/\r\n$/, '').split('\r\n')

test('a list as a file has headings, money and moments as the shop writes them', async () => {
  const { s, list } = await someSales()
  const r = await s.get(`${list}?format=csv&sort=at&to=2026-02-01`)
  ok(r.text.startsWith('\ufeff'))
  equal(r.headers['content-type'], 'text/csv; charset=utf-8')
  ok(/^attachment; filename="purchases-\d{4}-\d\d-\d\d\.csv"$/.test(r.headers['content-disposition']))
  const [head, line, ...rest] = lines(r)
  deepEqual(rest, [])
  equal(head, '編號,時間,營業日,門市,收銀機,單號,通路,金額,退貨後金額,狀態')
  ok(/^pur_\w+,2026-02-01 12:00:00,2026-02-01,TPE01,1,AB-\d+,,300,300,live$/.test(line), line)
  const english = await s.get(`${list}?format=csv`, { headers: { 'accept-language': 'en' } })
  ok(lines(english)[0].startsWith('Id,When,Business date,Store'))
  const japanese = await s.get(`${list}?format=csv`, { headers: { 'accept-language': 'ja' } })
  ok(lines(japanese)[0].startsWith('番号,日時,営業日'))
})

test('no cell of a file is a formula, whoever wrote it', async () => {
  const { s } = await openShop()
  const id = await join_(s)
  await buy(s, id, 100, { receipt: '=1+1', till: '@SUM(A1)', channel: '-2+3' })
  const r = await s.get(`/v1/members/${id}/purchases?format=csv`)
  ok(lines(r)[1].includes(",'@SUM(A1),'=1+1,'-2+3,"), r.text)
})

async function longList() {
  const { s } = await openShop()
  const id = await join_(s)
  const items = Array.from({ length: 1000 }, (_, i) =>
    ({ member: id, store: 'TPE01', receipt: receipt(), total_minor: 10 + i, at: noon('05') }))
  const r = await s.post('/v1/purchases/batch', { purchases: items }, { idempotency: null })
  equal(r.status, 200, r.text)
  for (let i = 0; i < 205; i += 1) await buy(s, id, 5)
  return { s, list: `/v1/members/${id}/purchases` }
}

test('a file has every row once, however many pieces it is sent in', async () => {
  const { s, list } = await longList()
  const file = lines(await s.get(`${list}?format=csv&limit=3`)).slice(1).map((line) => line.split(',')[0])
  deepEqual(file, (await pages(s, list, 200)).map((one) => one.id))
  equal(file.length, 1205)
  const place = (await s.get(`${list}?limit=200`)).json.next
  equal(lines(await s.get(`${list}?format=csv&cursor=${place}`)).length, 1 + 1005)
})

// Hangs up after the first bytes.
const hangUp = (s, path) => new Promise((done) => {
  const request = http.get({ host: '127.0.0.1', port: s.port, path,
    headers: { authorization: `Bearer ${s.key}` } }, (response) => response.once('data', () => {
    response.destroy()
    done()
  }))
  request.on('error', () => {})
})

test('who hangs up in the middle of a file leaves nothing behind', async () => {
  const { s, list } = await longList()
  for (let i = 0; i < 30; i += 1) await hangUp(s, `${list}?format=csv`)
  equal(lines(await s.get(`${list}?format=csv`)).length, 1206)
})

// Opens a file and reads nothing of it for a while: it stays on its way.  What came of it, or "cut".
const hold = (s, path) => new Promise((done) => {
  http.get({ host: '127.0.0.1', port: s.port, path, headers: { authorization: `Bearer ${s.key}` } },
    (response) => done(new Promise((ended) => {
      let text = ''
      response.on('data', (piece) => { text += piece })
      response.on('error', () => ended('cut'))
      response.on('end', () => ended(text))
      setTimeout(() => response.resume(), 1500)
    }))).on('error', () => {})
})

test('a server that stops while files are on their way ends well, and none looks whole that is not', async () => {
  const { s, list } = await longList()
  const held = await Promise.all(Array.from({ length: 5 }, () => hold(s, `${list}?format=csv`)))
  equal((await s.stop()).code, 0)
  for (const how of held) {
    const text = await how
    if (text !== 'cut') equal(text.trimEnd().split('\r\n').length, 1206)
  }
})
