// Points moved by hand: adjustments, spends, reversals.
import { randomUUID } from 'node:crypto'
import { deepEqual, equal, ok, test } from './lib.mjs'
import { balance, buy, join_, long, openShop, refused, refuseAll } from './shop.mjs'

async function rich(shop, amount = 100) {
  const id = await join_(shop.s)
  const r = await shop.s.post(`/v1/members/${id}/adjustments`, { unit: 'point', amount, reason: '開幕禮' })
  equal(r.status, 201, r.text)
  equal(balance(r.json, 'point'), amount)
  return id
}

test('points are adjusted, spent, and given back', async () => {
  const shop = await openShop()
  const id = await rich(shop)
  const less = await shop.s.post(`/v1/members/${id}/adjustments`, { unit: 'point', amount: -20, reason: '更正' })
  equal(balance(less.json, 'point'), 80)
  const spent = await shop.s.post(`/v1/members/${id}/spends`,
    { unit: 'point', amount: 30, reason: '折抵', reference: 'AB-1', store: 'TPE01' })
  equal(spent.status, 201, spent.text)
  equal(balance(spent.json, 'point'), 50)
  equal(spent.json.store, 'TPE01')
  const part = await shop.s.post(`/v1/spends/${spent.json.id}/reverse`, { amount: 10 })
  equal(part.status, 201, part.text)
  equal(part.json.amount, 10)
  equal(part.json.unit, 'point')
  equal(balance(part.json, 'point'), 60)
  const rest = await shop.s.post(`/v1/spends/${spent.json.id}/reverse`)
  equal(rest.json.amount, 20)
  equal(balance(rest.json, 'point'), 80)
  refused(await shop.s.post(`/v1/spends/${spent.json.id}/reverse`), 409, 'spend.reversed')
})

test('what is wrong with an adjustment is said with its place', async () => {
  const shop = await openShop()
  const id = await rich(shop)
  const good = { unit: 'point', amount: 5, reason: '補點' }
  await refuseAll(shop, { path: `/v1/members/${id}/adjustments`, good }, [
    [{ unit: null }, 400, 'request.invalid', '/unit'],
    [{ unit: 'nothing' }, 404, 'unit.unknown', '/unit'],
    [{ unit: 'uni_0000000000000' }, 404, 'unit.unknown', '/unit'],
    [{ unit: long(65) }, 400, 'request.invalid', '/unit'],
    [{ amount: null }, 400, 'request.invalid', '/amount'],
    [{ amount: 0 }, 400, 'points.nothing', '/amount'],
    [{ amount: 1.5 }, 400, 'request.invalid', '/amount'],
    [{ amount: '5' }, 400, 'request.invalid', '/amount'],
    [{ amount: 1e15 + 1 }, 400, 'request.invalid', '/amount'],
    [{ amount: -101 }, 409, 'points.insufficient', '/amount'],
    [{ reason: null }, 400, 'request.invalid', '/reason'],
    [{ reason: '' }, 400, 'request.invalid', '/reason'],
    [{ reason: long(1001) }, 400, 'request.invalid', '/reason'],
    [{ note: 1 }, 400, 'request.invalid', '/note']
  ])
})

test('what is wrong with a spend is said with its place', async () => {
  const shop = await openShop()
  const id = await rich(shop)
  const good = { unit: 'point', amount: 5 }
  await refuseAll(shop, { path: `/v1/members/${id}/spends`, good }, [
    [{ amount: 0 }, 400, 'request.invalid', '/amount'],
    [{ amount: -5 }, 400, 'request.invalid', '/amount'],
    [{ amount: 101 }, 409, 'points.insufficient', '/amount'],
    [{ unit: 'crazy' }, 409, 'points.insufficient', '/amount'],
    [{ unit: 'nothing' }, 404, 'unit.unknown', '/unit'],
    [{ store: 'nowhere' }, 404, 'store.unknown', '/store'],
    [{ reference: long(201) }, 400, 'request.invalid', '/reference'],
    [{ reason: long(1001) }, 400, 'request.invalid', '/reason'],
    [{ why: 'x' }, 400, 'request.invalid', '/why']
  ])
})

test('what is wrong with a reversal is said with its place', async () => {
  const shop = await openShop()
  const id = await rich(shop)
  const spent = await shop.s.post(`/v1/members/${id}/spends`, { unit: 'point', amount: 5 })
  const adjusted = await shop.s.post(`/v1/members/${id}/adjustments`, { unit: 'point', amount: 1, reason: 'x' })
  await refuseAll(shop, { path: `/v1/spends/${spent.json.id}/reverse`, good: {} }, [
    [{ amount: 6 }, 409, 'spend.reversed', '/amount'],
    [{ amount: 0 }, 400, 'request.invalid', '/amount'],
    [{ amount: -1 }, 400, 'request.invalid', '/amount'],
    [{ reason: long(1001) }, 400, 'request.invalid', '/reason'],
    [{ all: true }, 400, 'request.invalid', '/all']
  ])
  const before = JSON.stringify(shop.counts())
  for (const wrong of ['spd_x', `spd_${'0'.repeat(26)}`, adjusted.json.id.replace('adj', 'spd'), id])
    refused(await shop.s.post(`/v1/spends/${wrong}/reverse`), 404, 'spend.unknown')
  equal(JSON.stringify(shop.counts()), before)
})

test('a spend told again under its key is made once', async () => {
  const shop = await openShop()
  const id = await rich(shop)
  const idempotency = randomUUID()
  const all = await Promise.all(Array.from({ length: 16 }, () =>
    shop.s.post(`/v1/members/${id}/spends`, { unit: 'point', amount: 30 }, { idempotency })))
  for (const r of all) equal(r.text, all[0].text)
  equal((await shop.s.get(`/v1/members/${id}/balances`)).json.data[0].available, 70)
})

test('a key of one store spends there, and reverses what was spent there', async () => {
  const shop = await openShop({ keys: { north: { store: 'TPE01' }, south: { store: 'KHH01' } } })
  const id = await rich(shop)
  const path = `/v1/members/${id}/spends`
  const [north, south] = [{ key: shop.keys.north }, { key: shop.keys.south }]
  const r = await shop.s.post(path, { unit: 'point', amount: 5 }, north)
  equal(r.json.store, 'TPE01', r.text)
  refused(await shop.s.post(path, { unit: 'point', amount: 5, store: 'KHH01' }, north), 403, 'store.other', '/store')
  refused(await shop.s.post(`/v1/spends/${r.json.id}/reverse`, {}, south), 404, 'spend.unknown')
  equal((await shop.s.post(`/v1/spends/${r.json.id}/reverse`, {}, north)).status, 201)
})

test('balances say what ends next, and lots when each does', async () => {
  const { s, keys } = await openShop({ keys: { south: { store: 'KHH01' } } })
  const id = await join_(s)
  await buy(s, id, 1000, { at: '2026-05-03T12:00:00+08:00' })
  await buy(s, id, 500, { at: '2026-05-01T12:00:00+08:00' })
  const [point] = (await s.get(`/v1/members/${id}/balances`)).json.data
  deepEqual([point.unit, point.next_expires_at, point.next_expires], ['point', '2027-05-01T16:00:00.000Z', 5])
  const { data } = (await s.get(`/v1/members/${id}/lots`)).json
  const lots = data.filter((l) => l.unit === 'point')
  deepEqual(lots.map((l) => [l.granted, l.remaining, l.expires_at, l.pending]),
    [[5, 5, '2027-05-01T16:00:00.000Z', false], [10, 10, '2027-05-03T16:00:00.000Z', false]])
  equal(lots.reduce((sum, l) => sum + l.remaining, 0), point.available)
  deepEqual((await s.get(`/v1/members/${id}/lots`, { key: keys.south })).json.data, [])
  ok((await s.get(`/v1/members/${id}`)).json.balances.every((b) => b.next_expires === undefined))
})

test('postings and events tell it all, and the postings add up to the balance', async () => {
  const shop = await openShop()
  const id = await rich(shop)
  await shop.s.post(`/v1/members/${id}/spends`, { unit: 'point', amount: 30 })
  const { data } = (await shop.s.get(`/v1/members/${id}/postings`)).json
  equal(data.reduce((sum, p) => sum + p.amount, 0), 70)
  equal(data[0].kind, 'spend')
  const events = (await shop.s.get(`/v1/members/${id}/events`)).json.data
  ok(events.some((e) => e.name === 'points.spent' && e.payload.amount === 30))
})
