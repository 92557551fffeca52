// Sales: told, told again, told late; what they earn and why; what comes back.
import { randomUUID } from 'node:crypto'
import { deepEqual, equal, ok, test } from './lib.mjs'
import { balance, buy, join_, long, openShop, phone, receipt, refused, refuseAll, sale } from './shop.mjs'

const tell = (s, body, options) => s.post('/v1/purchases', body, { idempotency: null, ...options })

test('a sale earns what its rules give, and says why', async () => {
  const { s } = await openShop()
  const number = phone()
  const id = await join_(s, { phone: number })
  const r = await tell(s, {
    member: `phone:${number}`, store: 'TPE01', till: '2', receipt: 'AB-12345678', total_minor: 1580,
    lines: [{ sku: '珍珠奶茶-大', quantity: 4, net_minor: 260 },
      { sku: '禮盒', quantity: 1, list_minor: 1400, net_minor: 1320,
        discounts: [{ by: '門市', text: '中秋優惠', amount_minor: 80 }] }],
    payments: [{ method: 'mobile', wallet: 'linepay', amount_minor: 1580 }],
    channel: 'counter', identified_by: 'phone'
  })
  equal(r.status, 201, r.text)
  equal(r.headers.location, `/v1/purchases/${r.json.id}`)
  equal(r.json.member, id)
  equal(r.json.status, 'live')
  equal(r.json.pending, false)
  deepEqual(r.json.earned.map((e) => [e.name, e.amount, e.unit ?? e.tag]),
    [['消費滿百送一點', 15, 'point'], ['單筆滿千貼標', 1, '大單']])
  equal(r.json.earned[0].why, '消費 1580 元，每滿 100 元 給 1 健康幣，共 15 健康幣。')
  equal(r.json.earned[1].why, '符合條件，加上標籤「大單」。')
  equal(balance(r.json, 'point'), 15)

  const seen = (await s.get(`/v1/purchases/${r.json.id}`)).json
  equal(seen.left_minor, 1580)
  deepEqual(seen.lines.map((l) => [l.n, l.sku, l.list_minor, l.net_minor, l.discounts.length]),
    [[0, '珍珠奶茶-大', 260, 260, 0], [1, '禮盒', 1400, 1320, 1]])
  deepEqual(seen.payments, [{ method: 'mobile', wallet: 'linepay', amount_minor: 1580 }])
  deepEqual(seen.awards.map((a) => [a.amount, a.cause]), [[15, null], [1, null]])
  equal(seen.identified_by, 'phone')
})

test('the reason is told in the language asked for', async () => {
  const { s } = await openShop()
  const id = await join_(s)
  const why = async (language) => (await tell(s, sale(id, 580),
    { headers: { 'accept-language': language } })).json.earned[0].why
  equal(await why('en'), 'TWD 580 spent, 1 健康幣 for each TWD 100: 5 健康幣.')
  equal(await why('ja'), 'TWD 580のお買い上げ、TWD 100ごとに1 健康幣、合計5 健康幣。')
})

test('a sale that reaches a level raises it, and its gift comes with it', async () => {
  const { s } = await openShop()
  const id = await join_(s)
  const up = await buy(s, id, 6000)
  deepEqual(up.raised.map((e) => [e.name, e.payload.from, e.payload.to]), [['tier.up', null, 'silver']])
  ok(/^\d{4}-\d\d-\d\dT/.test(up.raised[0].payload.until_at))
  equal(up.tier.code, 'silver')
  ok(up.earned.some((e) => e.name === '升等禮' && e.amount === 50))
  const next = await buy(s, id, 1000)
  ok(next.earned.some((e) => e.unit === 'crazy' && e.amount === 500 && e.why.includes('5.00 瘋點數')))
  const tier = (await s.get(`/v1/members/${id}/tier`)).json
  deepEqual([tier.code, tier.spent_minor, tier.next_code, tier.missing_minor],
    ['silver', 7000, 'gold', 13000])
  deepEqual(tier.changes.map((c) => c.reason), ['reached'])
})

test('a receipt told again gets the first answer, byte for byte', async () => {
  const shop = await openShop()
  const { s } = shop
  const body = sale(await join_(s), 580, { at: '2026-01-02T10:00:00+08:00' })
  const first = await tell(s, body)
  await buy(s, body.member, 1000)
  const before = shop.counts()
  const again = await tell(s, body)
  equal(again.status, 201)
  equal(again.text, first.text)
  equal(again.headers['idempotency-replayed'], 'true')
  equal(again.headers.location, first.headers.location)
  equal(first.headers['idempotency-replayed'], undefined)
  deepEqual(shop.counts(), before)
})

test('sixteen tellings of one receipt at once are one sale, and one answer', async () => {
  const shop = await openShop()
  const body = sale(await join_(shop.s), 580)
  const all = await Promise.all(Array.from({ length: 16 }, () => tell(shop.s, body)))
  for (const r of all) equal(r.text, all[0].text)
  equal(all.filter((r) => !r.headers['idempotency-replayed']).length, 1)
  equal(shop.counts().purchase, '1')
  equal((await shop.s.get(`/v1/members/${body.member}/balances`)).json.data[0].available, 5)
})

test('the same receipt with another amount, member or time is refused and noted', async () => {
  const shop = await openShop()
  const { s } = shop
  const body = sale(await join_(s), 580, { at: '2026-01-02T10:00:00+08:00' })
  const other = await join_(s)
  equal((await tell(s, body)).status, 201)
  const before = shop.counts()
  refused(await tell(s, { ...body, total_minor: 590 }), 409, 'purchase.receipt_differs', '/receipt')
  refused(await tell(s, { ...body, member: other }), 409, 'purchase.receipt_differs', '/receipt')
  refused(await tell(s, { ...body, at: '2026-01-02T10:01:00+08:00' }), 409, 'purchase.receipt_differs', '/receipt')
  deepEqual(shop.counts(), { ...before, note: String(Number(before.note) + 3) })
  equal(shop.sql("SELECT COUNT(*) FROM note WHERE what = 'purchase.receipt_differs'"), '3')
})

test('an answer that is gone is told from the books', async () => {
  const now = '2026-03-01T12:00'
  const shop = await openShop({ now })
  const body = sale(await join_(shop.s), 580, { at: '2026-03-01T11:00:00+08:00' })
  const first = await tell(shop.s, body)
  if (shop.db.url.startsWith('postgres')) shop.sql('DELETE FROM answer')
  else return                                    // SQLite belongs to its server: nobody else writes
  const again = await tell(shop.s, body)
  equal(again.status, 201)
  equal(again.headers['idempotency-replayed'], 'true')
  deepEqual(again.json, first.json)
})

test('a till without receipts names its sale by the Idempotency-Key', async () => {
  const { s, keys } = await openShop({ keys: { other: {} } })
  const body = sale(await join_(s), 300)
  delete body.receipt
  const idempotency = randomUUID()
  const first = await tell(s, body, { idempotency })
  equal(first.status, 201, first.text)
  ok(first.json.receipt.startsWith('key:') && first.json.receipt.endsWith(`:${idempotency}`), first.text)
  equal((await tell(s, body, { idempotency })).text, first.text)
  const other = await tell(s, body, { idempotency, key: keys.other })     // keys belong to who sends them
  ok(other.status === 201 && other.json.id !== first.json.id, other.text)
  refused(await tell(s, body), 400, 'purchase.receipt_missing', '/receipt')
})

test('what is wrong with a sale is said with its place, and nothing is written', async () => {
  const shop = await openShop()
  const id = await join_(shop.s)
  const line = { sku: 'A', quantity: 1, net_minor: 100 }
  const good = sale(id, 100, { lines: [line], payments: [{ method: 'cash', amount_minor: 100 }] })
  const lines = (change) => ({ lines: [{ ...line, ...change }] })
  const future = new Date(Date.now() + 3600e3).toISOString()
  await refuseAll(shop, { path: '/v1/purchases', good, options: { idempotency: null } }, [
    [{ member: null }, 400, 'request.invalid', '/member'],
    [{ member: 5 }, 400, 'request.invalid', '/member'],
    [{ member: 'nobody' }, 400, 'member.reference', '/member'],
    [{ member: 'phone:12' }, 400, 'identity.subject_invalid', '/member'],
    [{ member: 'fax:1' }, 400, 'identity.provider_unknown', '/member'],
    [{ member: 'phone:0999999999' }, 404, 'member.unknown', '/member'],
    [{ member: 'mem_0000000000000' }, 404, 'member.unknown', '/member'],
    [{ member: 'mem_x' }, 404, 'member.unknown', '/member'],
    [{ store: null }, 400, 'request.invalid', '/store'],
    [{ store: 'nowhere' }, 404, 'store.unknown', '/store'],
    [{ store: 'sto_0000000000000' }, 404, 'store.unknown', '/store'],
    [{ store: long(65) }, 400, 'request.invalid', '/store'],
    [{ till: '' }, 400, 'request.invalid', '/till'],
    [{ till: 1 }, 400, 'request.invalid', '/till'],
    [{ receipt: long(65) }, 400, 'request.invalid', '/receipt'],
    [{ receipt: null }, 400, 'purchase.receipt_missing', '/receipt'],
    [{ business_date: '2026-02-30' }, 400, 'request.invalid', '/business_date'],
    [{ business_date: '1969-12-31' }, 400, 'purchase.date_invalid', '/business_date'],
    [{ business_date: '9999-12-31' }, 400, 'purchase.date_invalid', '/business_date'],
    [{ business_date: '2020-05-31' }, 400, 'purchase.date_far', '/business_date'],
    [{ at: '2026-01-01T10:00:00' }, 400, 'request.invalid', '/at'],
    [{ at: '1969-12-31T00:00:00Z' }, 400, 'purchase.at_past', '/at'],
    [{ at: 'yesterday' }, 400, 'request.invalid', '/at'],
    [{ at: future }, 400, 'purchase.at_future', '/at'],
    [{ total_minor: null }, 400, 'request.invalid', '/total_minor'],
    [{ total_minor: -1 }, 400, 'request.invalid', '/total_minor'],
    [{ total_minor: 1.5 }, 400, 'request.invalid', '/total_minor'],
    [{ total_minor: '100' }, 400, 'request.invalid', '/total_minor'],
    [{ total_minor: 1e15 + 2 }, 400, 'request.invalid', '/total_minor'],
    [{ total_minor: 101 }, 400, 'purchase.lines_differ', '/total_minor'],
    [{ lines: {} }, 400, 'request.invalid', '/lines'],
    [{ lines: Array(201).fill(line) }, 400, 'request.invalid', '/lines'],
    [{ lines: [7] }, 400, 'request.invalid', '/lines/0'],
    [lines({ sku: undefined }), 400, 'request.invalid', '/lines/0/sku'],
    [lines({ sku: '' }), 400, 'request.invalid', '/lines/0/sku'],
    [lines({ sku: long(65) }), 400, 'request.invalid', '/lines/0/sku'],
    [lines({ quantity: 0 }), 400, 'request.invalid', '/lines/0/quantity'],
    [lines({ quantity: -1 }), 400, 'request.invalid', '/lines/0/quantity'],
    [lines({ quantity: 1000001 }), 400, 'request.invalid', '/lines/0/quantity'],
    [lines({ net_minor: -1 }), 400, 'request.invalid', '/lines/0/net_minor'],
    [lines({ list_minor: -1 }), 400, 'request.invalid', '/lines/0/list_minor'],
    [lines({ price: 1 }), 400, 'request.invalid', '/lines/0/price'],
    [lines({ discounts: [{ by: 'x', amount_minor: -1 }] }), 400, 'request.invalid',
      '/lines/0/discounts/0/amount_minor'],
    [lines({ discounts: [{ amount_minor: 1 }] }), 400, 'request.invalid', '/lines/0/discounts/0/by'],
    [lines({ discounts: Array(21).fill({ by: 'x', amount_minor: 1 }) }), 400, 'request.invalid',
      '/lines/0/discounts'],
    [{ payments: Array(21).fill({ method: 'cash', amount_minor: 1 }) }, 400, 'request.invalid', '/payments'],
    [{ payments: [{ method: 'cash' }] }, 400, 'request.invalid', '/payments/0/amount_minor'],
    [{ payments: [{ method: 'cash', amount_minor: -1 }] }, 400, 'request.invalid', '/payments/0/amount_minor'],
    [{ payments: [{ method: 'card', bin: '12', amount_minor: 1 }] }, 400, 'request.invalid', '/payments/0/bin'],
    [{ channel: long(65) }, 400, 'request.invalid', '/channel'],
    [{ identified_by: 7 }, 400, 'request.invalid', '/identified_by'],
    [{ note: 'x' }, 400, 'request.invalid', '/note'],
    [{ key: 'x' }, 400, 'request.invalid', '/key']
  ])
})

test('a sale of nothing is a sale; a sale without lines too', async () => {
  const { s } = await openShop()
  const id = await join_(s)
  const r = await buy(s, id, 0, { lines: [{ sku: '贈品', quantity: 1, net_minor: 0 }] })
  deepEqual(r.earned, [])
  equal((await s.get(`/v1/purchases/${r.id}`)).json.total_minor, 0)
})

test('the business date follows from the hour at which the store\'s day changes', async () => {
  const { s } = await openShop()
  const id = await join_(s)
  const night = (store) => buy(s, id, 100, { store, at: '2026-01-02T03:00:00+08:00' })
  equal((await night('TPE01')).business_date, '2026-01-01')
  equal((await night('KHH01')).business_date, '2026-01-02')
})

test('a return takes back what followed, in proportion, never more than was sold', async () => {
  const { s } = await openShop()
  const id = await join_(s)
  const bought = await buy(s, id, 600, { lines: [{ sku: 'A', quantity: 2, net_minor: 400 },
    { sku: 'B', quantity: 1, net_minor: 200 }] })
  const path = `/v1/purchases/${bought.id}/returns`
  const one = await s.post(path, { lines: [{ n: 0, quantity: 1 }], reason: '做錯口味' })
  equal(one.status, 201, one.text)
  deepEqual([one.json.amount_minor, one.json.left_minor, one.json.status], [200, 400, 'returned_in_part'])
  deepEqual(one.json.differences.map((d) => [d.event_name, d.unit, d.amount]), [['purchase', 'point', -2]])
  ok(one.json.differences[0].why.endsWith('的消費重新計算：-2 健康幣。'), one.text)
  equal(balance(one.json, 'point'), 4)
  refused(await s.post(path, { lines: [{ n: 0, quantity: 2 }] }), 409, 'return.too_much', '/lines')
  refused(await s.post(path, { amount_minor: 401 }), 409, 'return.too_much', '/amount_minor')
  const rest = await s.post(path)
  deepEqual([rest.json.amount_minor, rest.json.left_minor, rest.json.status], [400, 0, 'returned'])
  equal(balance(rest.json, 'point'), 0)
  refused(await s.post(path), 409, 'purchase.returned')
  const seen = (await s.get(`/v1/purchases/${bought.id}`)).json
  deepEqual(seen.awards.map((a) => a.amount), [6, -2, -4])
  ok(seen.awards.slice(1).every((a) => a.cause?.startsWith('evt_') && a.why.includes('重新計算')))
  deepEqual(seen.lines.map((l) => l.returned), [2, 1])
})

test('points that were spent are owed when the sale comes back', async () => {
  const { s } = await openShop()
  const id = await join_(s)
  const bought = await buy(s, id, 1000)
  equal((await s.post(`/v1/members/${id}/spends`, { unit: 'point', amount: 8 })).status, 201)
  const back = (await s.post(`/v1/purchases/${bought.id}/returns`)).json
  deepEqual(back.balances.map((b) => [b.available, b.owed]), [[-8, 8]])
  const award = (await s.get(`/v1/purchases/${bought.id}`)).json.awards.find((a) => a.owed > 0)
  deepEqual([award.amount, award.owed], [-10, 8])
})

test('a return takes the level back that the sale had reached, and what hung on it', async () => {
  const { s } = await openShop()
  const id = await join_(s)
  const first = await buy(s, id, 6000)
  await buy(s, id, 1000)
  const back = await s.post(`/v1/purchases/${first.id}/returns`)
  equal(back.json.tier.level, 0, back.text)
  ok(back.json.raised.some((e) => e.name === 'tier.down'))
  ok(back.json.differences.some((d) => d.unit === 'crazy' && d.amount === -500))
  equal(balance(back.json, 'crazy'), 0)
  equal(balance(back.json, 'point'), 10)
})

test('a late sale changes what came after it, and says so', async () => {
  const { s } = await openShop()
  const id = await join_(s)
  await buy(s, id, 1000, { at: '2026-05-03T12:00:00+08:00' })
  const late = await buy(s, id, 6000, { at: '2026-05-01T12:00:00+08:00' })
  deepEqual(late.earned.map((e) => e.amount).sort((a, b) => a - b), [1, 50, 60])
  deepEqual(late.differences.map((d) => [d.unit, d.amount]), [['crazy', 500]])
  deepEqual(late.raised.map((e) => e.name), ['tier.up'])
})

test('a key of one store is told of others only the sum', async () => {
  const { s, keys } = await openShop({ keys: { north: { store: 'TPE01' } } })
  const id = await join_(s)
  await buy(s, id, 1000, { store: 'KHH01', at: '2026-05-03T12:00:00+08:00' })
  const late = await s.post('/v1/purchases', sale(id, 6000, { at: '2026-05-01T12:00:00+08:00' }),
    { idempotency: null, key: keys.north })
  equal(late.status, 201, late.text)
  deepEqual(late.json.differences, [])
  deepEqual(late.json.differences_elsewhere, [{ unit: 'crazy', amount: 500 }])
  const back = await s.post(`/v1/purchases/${late.json.id}/returns`, undefined, { key: keys.north })
  equal(back.status, 201, back.text)
  ok(back.json.differences.every((d) => d.amount !== -500), back.text)
  deepEqual(back.json.differences_elsewhere, [{ unit: 'crazy', amount: -500 }])
})

test('an answer lists the first two hundred differences and says how many more', async () => {
  const { s } = await openShop()
  const id = await join_(s)
  for (let i = 0; i < 230; i += 1)
    await buy(s, id, 10, { at: `2026-05-03T12:${String(i % 60).padStart(2, '0')}:0${Math.floor(i / 60)}+08:00` })
  const late = await buy(s, id, 6000, { at: '2026-05-01T12:00:00+08:00' })
  equal(late.differences.length, 200)
  equal(late.differences_more, 30)
})

test('what is wrong with a return is said with its place', async () => {
  const shop = await openShop()
  const { s } = shop
  const bought = await buy(s, await join_(s), 200, { lines: [{ sku: 'A', quantity: 2, net_minor: 200 }] })
  await refuseAll(shop, { path: `/v1/purchases/${bought.id}/returns`, good: {} }, [
    [{ lines: [] }, 400, 'request.invalid', '/lines'],
    [{ lines: [{ quantity: 1 }] }, 400, 'request.invalid', '/lines/0/n'],
    [{ lines: [{ n: 0 }] }, 400, 'request.invalid', '/lines/0/quantity'],
    [{ lines: [{ n: 0, quantity: 0 }] }, 400, 'request.invalid', '/lines/0/quantity'],
    [{ lines: [{ n: -1, quantity: 1 }] }, 400, 'request.invalid', '/lines/0/n'],
    [{ lines: [{ n: 200, quantity: 1 }] }, 400, 'request.invalid', '/lines/0/n'],
    [{ lines: [{ n: 1, quantity: 1 }] }, 400, 'return.line_unknown', '/lines'],
    [{ lines: [{ n: 0, quantity: 1 }, { n: 0, quantity: 1 }] }, 400, 'return.line_twice', '/lines/1/n'],
    [{ lines: [{ n: 0, quantity: 3 }] }, 409, 'return.too_much', '/lines'],
    [{ lines: [{ n: 0, quantity: 1, amount_minor: 201 }] }, 409, 'return.too_much', '/lines'],
    [{ lines: [{ n: 0, quantity: 1, amount_minor: -1 }] }, 400, 'request.invalid', '/lines/0/amount_minor'],
    [{ lines: [{ n: 0, quantity: 1 }], amount_minor: 5 }, 400, 'return.one', '/amount_minor'],
    [{ amount_minor: 0 }, 400, 'request.invalid', '/amount_minor'],
    [{ amount_minor: 201 }, 409, 'return.too_much', '/amount_minor'],
    [{ reason: long(1001) }, 400, 'request.invalid', '/reason'],
    [{ all: true }, 400, 'request.invalid', '/all']
  ])
  await refuseAll(shop, { path: `/v1/purchases/${bought.id}/void`, good: {} }, [
    [{ reason: '' }, 400, 'request.invalid', '/reason'], [{ lines: [] }, 400, 'request.invalid', '/lines']
  ])
  for (const wrong of ['pur_x', `pur_${'0'.repeat(26)}`, bought.member]) {
    refused(await s.get(`/v1/purchases/${wrong}`), 404, 'purchase.unknown')
    refused(await s.post(`/v1/purchases/${wrong}/returns`), 404, 'purchase.unknown')
    refused(await s.post(`/v1/purchases/${wrong}/void`), 404, 'purchase.unknown')
  }
})

test('a void takes all of it back on its day, and its receipt stays taken', async () => {
  const { s } = await openShop()
  const id = await join_(s)
  const body = sale(id, 600)
  const bought = await tell(s, body)
  const gone = await s.post(`/v1/purchases/${bought.json.id}/void`, { reason: '打錯金額' })
  deepEqual([gone.status, gone.json?.status, balance(gone.json, 'point')], [201, 'voided', 0])
  refused(await s.post(`/v1/purchases/${bought.json.id}/void`), 409, 'purchase.voided')
  refused(await s.post(`/v1/purchases/${bought.json.id}/returns`), 409, 'purchase.voided')
  const again = await tell(s, body)
  deepEqual([again.status, again.json.id, again.json.status, again.json.earned, balance(again.json, 'point')],
    [201, bought.json.id, 'voided', [], 0], again.text)
  refused(await tell(s, { ...body, total_minor: 60 }), 409, 'purchase.receipt_differs', '/receipt')
  const part = await buy(s, id, 300)
  await s.post(`/v1/purchases/${part.id}/returns`, { amount_minor: 100 })
  refused(await s.post(`/v1/purchases/${part.id}/void`), 409, 'purchase.void_in_part')
  const old = await buy(s, id, 100, { at: '2026-01-02T12:00:00+08:00' })
  refused(await s.post(`/v1/purchases/${old.id}/void`), 409, 'purchase.void_late')
})

test('a sale of which a part came back says so when it is told again', async () => {
  const { s } = await openShop()
  const body = sale(await join_(s), 600)
  const bought = await tell(s, body)
  await s.post(`/v1/purchases/${bought.json.id}/returns`, { amount_minor: 200 })
  const { json } = await tell(s, body)
  deepEqual([json.status, json.earned.map((e) => e.amount), balance(json, 'point')],
    ['returned_in_part', [4], 4], JSON.stringify(json))
})

test('a sale is found by its receipt, its store and its day', async () => {
  const { s, keys } = await openShop({ keys: { north: { store: 'TPE01' }, south: { store: 'KHH01' } } })
  const id = await join_(s)
  const at = '2026-05-03T12:00:00+08:00'
  const one = await buy(s, id, 600, { at, receipt: 'AB-1 ü"' })
  const other = await buy(s, await join_(s), 700, { at, till: '2', receipt: 'AB-1 ü"' })
  await buy(s, id, 800, { at, store: 'KHH01', receipt: 'AB-1 ü"' })
  const keyed = await s.post('/v1/purchases', { member: id, store: 'TPE01', total_minor: 10, at: '1970-01-01T12:00:00+08:00' },
    { idempotency: 'key-1' })
  equal(keyed.status, 201, keyed.text)
  const find = (query, options) => s.get(`/v1/purchases?${new URLSearchParams(query)}`, options)
  const asked = { store: 'TPE01', receipt: 'AB-1 ü"', date: '2026-05-03' }
  const found = (await find(asked)).json.data
  deepEqual(found.map((f) => [f.id, f.member, f.till, f.left_minor, f.status]),
    [[one.id, id, '1', 600, 'live'], [other.id, other.member, '2', 700, 'live']])
  deepEqual((await find(asked, { key: keys.north })).json.data, found)
  refused(await find(asked, { key: keys.south }), 403, 'store.other')
  refused(await find({ ...asked, store: 'X' }), 404, 'store.unknown')
  for (const nothing of [{ date: '2026-05-04' }, { receipt: 'AB-2' }, { date: '1970-01-01', receipt: keyed.json.receipt }])
    deepEqual((await find({ ...asked, ...nothing })).json.data, [])
  for (const name of Object.keys(asked)) {
    const { [name]: _, ...rest } = asked
    const bad = await find(rest)
    refused(bad, 400, 'request.parameter')
    equal(bad.json.errors[0].parameter, name)
  }
  refused(await find({ ...asked, date: 'today' }), 400, 'request.parameter')
})

test('a key of one store is told nothing of another by any answer', async () => {
  const { s, keys } = await openShop({ keys: { north: { store: 'TPE01' } } })
  const north = { key: keys.north }
  const id = await join_(s)
  const at = (day) => `2026-05-0${day}T12:00:00+08:00`
  const there = [await buy(s, id, 1000, { store: 'KHH01', at: at(3) })]
  const here = sale(id, 6000, { at: at(1) })
  const first = await tell(s, here)                   // told by a key that may see the whole
  ok(first.json.differences.length > 0, first.text)
  there.push(await buy(s, id, 20000, { store: 'KHH01', at: at(2) }))       // the move is another's now
  const back = await s.post(`/v1/purchases/${there[1].id}/returns`, undefined)
  equal(back.status, 201, back.text)
  const lost = await tell(s, here, north)
  equal(lost.headers['idempotency-replayed'], 'true')
  deepEqual(lost.json.differences, [])
  const bodies = [lost.text]
  for (const path of [`/v1/purchases/${first.json.id}`, ...['', '/balances', '/tier', '/events', '/postings', '/lots', '/purchases']
    .map((part) => `/v1/members/${id}${part}`)]) bodies.push((await s.get(path, north)).text)
  const ids = there.map((t) => t.id.slice(4)).concat(back.json.id.slice(4)), receipts = there.map((t) => t.receipt)
  for (const body of bodies)
    for (const word of [...ids, ...receipts, 'KHH01']) ok(!body.includes(word), `${word} in ${body}`)
})

test('a sale told for the wrong member is moved, and its till is told so', async () => {
  const { s, keys } = await openShop({ keys: { till: { may: 'purchase.write,purchase.return,purchase.void' } } })
  const [wrong, right] = [await join_(s), await join_(s)]
  const body = sale(wrong, 600, { at: '2026-05-03T12:00:00+08:00', lines: [{ sku: 'A', quantity: 2, net_minor: 600 }] })
  const told = (await tell(s, body)).json
  const path = `/v1/purchases/${told.id}/member`
  const to = { member: right, reason: '刷錯會員' }
  refused(await s.post(path, to, { key: keys.till }), 403, 'auth.forbidden')
  refused(await s.post(path, { member: right }), 400, 'request.invalid', '/reason')
  refused(await s.post(path, { ...to, member: 'phone:0900000000' }), 404, 'member.unknown', '/member')
  refused(await s.post(path, { ...to, member: wrong }), 409, 'purchase.same_member', '/member')
  const idempotency = randomUUID()
  const moved = await s.post(path, to, { idempotency })
  equal(moved.status, 201, moved.text)
  deepEqual([balance(moved.json.from, 'point'), balance(moved.json.to, 'point')], [0, 6])
  deepEqual([moved.json.to.member, moved.json.to.status, moved.json.to.receipt], [right, 'live', told.receipt])
  equal((await s.post(path, to, { idempotency })).text, moved.text)
  refused(await s.post(path, to), 409, 'purchase.voided')
  const old = (await s.get(`/v1/purchases/${told.id}`)).json
  deepEqual([old.status, old.moved_to], ['voided', moved.json.to.id])
  equal((await s.get(`/v1/purchases/${moved.json.to.id}`)).json.lines.length, 1)
  for (const member of [wrong, right]) {
    const again = await tell(s, { ...body, member })
    deepEqual([again.status, again.json.id, again.json.member, again.json.status], [201, moved.json.to.id, right, 'live'])
  }
  refused(await tell(s, { ...body, member: await join_(s) }), 409, 'purchase.receipt_differs')
})

test('a return told again under its key is made once', async () => {
  const { s } = await openShop()
  const bought = await buy(s, await join_(s), 600)
  const idempotency = randomUUID()
  const all = await Promise.all(Array.from({ length: 16 }, () =>
    s.post(`/v1/purchases/${bought.id}/returns`, { amount_minor: 100 }, { idempotency })))
  for (const r of all) equal(r.text, all[0].text)
  equal((await s.get(`/v1/purchases/${bought.id}`)).json.left_minor, 500)
})

test('a key of one store sees and touches the sales of its store only', async () => {
  const shop = await openShop({ keys: { north: { store: 'TPE01' }, south: { store: 'KHH01' } } })
  const { s } = shop
  const [north, south] = [{ key: shop.keys.north }, { key: shop.keys.south }]
  const id = await join_(s)
  const bought = await buy(s, id, 600)
  refused(await tell(s, sale(id, 100), south), 403, 'store.other', '/store')
  equal((await tell(s, sale(id, 100, { store: 'KHH01' }), south)).status, 201)
  refused(await s.get(`/v1/purchases/${bought.id}`, south), 404, 'purchase.unknown')
  refused(await s.post(`/v1/purchases/${bought.id}/returns`, {}, south), 404, 'purchase.unknown')
  refused(await s.post(`/v1/purchases/${bought.id}/void`, {}, south), 404, 'purchase.unknown')
  equal((await s.get(`/v1/purchases/${bought.id}`, north)).status, 200)
  const listed = async (path, options) => (await s.get(`/v1/members/${id}/${path}`, options)).json.data.length
  deepEqual([await listed('purchases'), await listed('purchases', north), await listed('purchases', south)], [2, 1, 1])
  deepEqual([await listed('events', north), await listed('events')], [1, 2])
  deepEqual([await listed('postings', south), await listed('postings')], [1, 2])
})

test('a key may do what its permissions say, route by route', async () => {
  const shop = await openShop({ keys: { reads: { may: 'purchase.read,member.read' }, tells: { may: 'purchase.write' } } })
  const { s, keys } = shop
  const id = await join_(s)
  const bought = await buy(s, id, 100)
  const before = shop.counts()
  const denied = [['POST', '/v1/members'], ['POST', '/v1/purchases'], ['POST', '/v1/purchases/batch'],
    ['POST', `/v1/purchases/${bought.id}/returns`], ['POST', `/v1/purchases/${bought.id}/void`],
    ['POST', `/v1/members/${id}/spends`], ['POST', `/v1/members/${id}/adjustments`],
    ['POST', `/v1/members/${id}/identities`], ['GET', '/v1/units'], ['POST', '/v1/units'],
    ['GET', '/v1/rules'], ['POST', '/v1/rules'], ['GET', '/v1/tiers'], ['PUT', '/v1/tiers'], ['GET', '/v1/fields']]
  for (const [method, path] of denied)
    refused(await s.send(method, path, method === 'GET' ? undefined : {}, { key: keys.reads }), 403, 'auth.forbidden')
  refused(await s.get(`/v1/purchases/${bought.id}`, { key: keys.tells }), 403, 'auth.forbidden')
  equal((await s.get(`/v1/purchases/${bought.id}`, { key: keys.reads })).status, 200)
  // Nothing is written but the denials; of many in a second some are only counted.
  const { note, ...rest } = shop.counts()
  const noted = Number(note) - Number(before.note)
  ok(noted > 0 && noted <= denied.length + 1, `${noted} noted`)
  deepEqual({ ...rest, note: before.note }, before)
})

test('receipts are told apart by store, till and day', async () => {
  const { s } = await openShop()
  const id = await join_(s)
  const number = receipt()
  const one = (more) => buy(s, id, 100, { receipt: number, at: '2026-01-02T12:00:00+08:00', ...more })
  const all = [await one({}), await one({ till: '2' }), await one({ store: 'KHH01' }),
    await one({ business_date: '2026-01-03' })]
  equal(new Set(all.map((r) => r.id)).size, 4)
})
