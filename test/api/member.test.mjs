// Members: joining, being recognised, identities.
import { randomUUID } from 'node:crypto'
import { deepEqual, equal, ok, test } from './lib.mjs'
import { balance, buy, join_, long, openShop, phone, refused, refuseAll } from './shop.mjs'

test('somebody joins with a phone number alone, and is known by it at once', async () => {
  const { s } = await openShop()
  const r = await s.post('/v1/members', { phone: '0912-345 678', name: '林美玲', birthday: '1990-05-20' })
  equal(r.status, 201, r.text)
  equal(r.headers.location, `/v1/members/${r.json.id}`)
  deepEqual(r.json.tier, { level: 0, code: null, name: null, until_at: null })
  const seen = await s.post('/v1/members/identify', { phone: '+886912345678' }, { idempotency: null })
  equal(seen.json.id, r.json.id)
  equal(seen.json.name, '林美玲')
  equal(seen.json.proof, 'spoken')
  equal((await s.get(`/v1/members/${r.json.id}`)).json.name, '林美玲')
  equal((await s.get('/v1/members/phone:%2B886912345678')).json.id, r.json.id)
  equal((await s.get('/v1/members/phone:0912345678')).json.id, r.json.id)
})

test('every kind of identity leads to its member, with its proof', async () => {
  const { s } = await openShop()
  const id = await join_(s, { phone: undefined, identities: [
    { provider: 'card', subject: 'A-000123' }, { provider: 'carrier', subject: '/ABC1234' },
    { provider: 'email', subject: 'Mei@Example.com' }, { provider: 'ext:pos', subject: '31' }] })
  const shown = [[{ card: 'A-000123' }, 'static'], [{ carrier: '/ABC1234' }, 'static'],
    [{ email: 'mei@example.COM' }, 'spoken'], [{ external: { system: 'pos', id: '31' } }, 'static'],
    [{ member: id }, 'static']]
  for (const [body, proof] of shown) {
    const r = await s.post('/v1/members/identify', body)
    equal(r.json?.id, id, r.text)
    equal(r.json.proof, proof)
  }
  equal((await s.get('/v1/members/ext:pos:31')).json.id, id)
})

test('a carrier, a phone and a card are found however they are written', async () => {
  const shop = await openShop()
  const { s } = shop
  const id = await join_(s, { phone: '00886912345678', identities: [
    { provider: 'carrier', subject: '／ａbＣ１２３４' }, { provider: 'card', subject: 'A-000123' }] })
  for (const carrier of ['/ABC1234', '/abc1234', '／ＡＢＣ１２３４', ' /Abc1234 '])
    equal((await s.post('/v1/members/identify', { carrier }, { idempotency: null })).json.id, id, carrier)
  for (const one of ['0912345678', '00886-912-345-678', '+886 912 345 678', '００８８６９１２３４５６７８'])
    equal((await s.post('/v1/members/identify', { phone: one }, { idempotency: null })).json.id, id, one)
  equal((await s.post('/v1/members/identify', { card: 'Ａ－０００１２３' }, { idempotency: null })).json.id, id)
  for (const path of ['carrier:%2Fabc1234', 'phone:00886912345678', encodeURIComponent('carrier:／ＡＢＣ１２３４')])
    equal((await s.get(`/v1/members/${path}`)).json.id, id, path)
  const added = await s.post(`/v1/members/${id}/identities`, { provider: 'carrier', subject: '/x.+-9z0' })
  equal(added.json?.subject, '/X.+-9Z0', added.text)
  await refuseAll(shop, { path: '/v1/members', good: {} }, [
    [{ identities: [{ provider: 'carrier', subject: '/abc1234' }] }, 409, 'member.exists', '/identities/0'],
    [{ phone: '00886912345678' }, 409, 'member.exists', '/phone']])
})

test('who is a member already is told so, and nothing is made', async () => {
  const shop = await openShop()
  const taken = phone()
  await join_(shop.s, { phone: taken, identities: [{ provider: 'card', subject: 'C1' }] })
  await refuseAll(shop, { path: '/v1/members', good: { phone: phone() } }, [
    [{ phone: taken }, 409, 'member.exists', '/phone'],
    [{ identities: [{ provider: 'email', subject: 'a@b.c' }, { provider: 'card', subject: 'C1' }] },
      409, 'identity.taken', '/identities/1'],
    [{ phone: null, identities: [{ provider: 'card', subject: 'C1' }] }, 409, 'member.exists',
      '/identities/0']
  ])
})

test('what is wrong with a joining is said with its place', async () => {
  const shop = await openShop()
  await refuseAll(shop, { path: '/v1/members', good: { phone: '0912345678', name: '王大明' } }, [
    [{ phone: 912345678 }, 400, 'request.invalid', '/phone'],
    [{ phone: '' }, 400, 'request.invalid', '/phone'],
    [{ phone: long(65) }, 400, 'request.invalid', '/phone'],
    [{ phone: '12' }, 400, 'identity.subject_invalid', '/phone'],
    [{ phone: 'abc' }, 400, 'identity.subject_invalid', '/phone'],
    [() => ({}), 400, 'member.nobody', '/phone'],
    [{ name: '' }, 400, 'request.invalid', '/name'],
    [{ name: '茶'.repeat(67) }, 400, 'request.invalid', '/name'],
    [{ name: true }, 400, 'request.invalid', '/name'],
    [{ birthday: '1990-02-30' }, 400, 'member.birthday', '/birthday'],
    [{ birthday: '2999-01-01' }, 400, 'member.birthday', '/birthday'],
    [{ birthday: '--13-01' }, 400, 'member.birthday', '/birthday'],
    [{ birthday: '0079-05-20' }, 400, 'member.birthday', '/birthday'],
    [{ birthday: '1896-11-26' }, 400, 'member.birthday', '/birthday'],
    [{ birthday: '1900-02-29' }, 400, 'member.birthday', '/birthday'],
    [{ birthday: '--02-30' }, 400, 'member.birthday', '/birthday'],
    [{ birthday: '--00-10' }, 400, 'member.birthday', '/birthday'],
    [{ birthday: '1990/05/20' }, 400, 'member.birthday', '/birthday'],
    [{ birthday: 'May 20th' }, 400, 'member.birthday', '/birthday'],
    [{ source: long(65) }, 400, 'request.invalid', '/source'],
    [{ nickname: 'x' }, 400, 'request.invalid', '/nickname'],
    [{ identities: {} }, 400, 'request.invalid', '/identities'],
    [{ identities: Array(11).fill({ provider: 'card', subject: '1' }) }, 400, 'request.invalid',
      '/identities'],
    [{ identities: [{ provider: 'card' }] }, 400, 'request.invalid', '/identities/0/subject'],
    [{ identities: [{ provider: 'fax', subject: '1' }] }, 400, 'identity.provider_unknown',
      '/identities/0/provider'],
    [{ identities: [{ provider: 'card', subject: 'with space' }] }, 400, 'identity.subject_invalid',
      '/identities/0/subject'],
    ...['/ABCD', '/ABCDEFGH', '/ABC-123456789', '/甲乙丙丁戊己庚', 'ABC1234', '/ABC_123'].map(subject =>
      [{ identities: [{ provider: 'carrier', subject }] }, 400, 'identity.subject_invalid',
        '/identities/0/subject']),
    [{ identities: [{ provider: 'email', subject: 'nobody' }] }, 400, 'identity.subject_invalid',
      '/identities/0/subject'],
    [{ identities: [{ provider: 'ext:', subject: '1' }] }, 400, 'identity.provider_unknown',
      '/identities/0/provider']
  ])
  for (const birthday of ['--02-29', '2000-02-29', '1904-02-29']) ok(await join_(shop.s, { birthday }))
})

test('what is wrong with an identification is said with its place', async () => {
  const shop = await openShop()
  await refuseAll(shop, { path: '/v1/members/identify', good: {}, options: { idempotency: null } }, [
    [{}, 400, 'identify.one', ''],
    [{ phone: '0912345678', card: '1' }, 400, 'identify.one', ''],
    [{ phone: '0912345678' }, 404, 'member.unknown', '/phone'],
    [{ phone: 'x' }, 400, 'identity.subject_invalid', '/phone'],
    [{ phone: long(65) }, 400, 'request.invalid', '/phone'],
    [{ card: '茶' }, 400, 'identity.subject_invalid', '/card'],
    [{ card: '1' }, 404, 'member.unknown', '/card'],
    [{ carrier: '/AB' }, 400, 'identity.subject_invalid', '/carrier'],
    [{ carrier: '/AB12345' }, 404, 'member.unknown', '/carrier'],
    [{ email: 'a@' }, 400, 'request.invalid', '/email'],
    [{ email: 'a@b' }, 404, 'member.unknown', '/email'],
    [{ external: {} }, 400, 'request.invalid', '/external/system'],
    [{ external: { system: 'POS', id: '1' } }, 400, 'identity.provider_unknown', '/external'],
    [{ external: { system: 'pos', id: '1' } }, 404, 'member.unknown', '/external'],
    [{ member: 'mem_0000000000000' }, 404, 'member.unknown', '/member'],
    [{ member: 'nobody' }, 400, 'member.reference', '/member'],
    [{ line: 'U1' }, 400, 'request.invalid', '/line']
  ])
})

test('a reference in the path that leads to nobody is refused everywhere alike', async () => {
  const { s } = await openShop()
  const wrong = [['mem_0000000000000', 404, 'member.unknown'], ['mem_x', 404, 'member.unknown'],
    ['nobody', 400, 'member.reference'], ['phone:12', 400, 'identity.subject_invalid'],
    ['fax:1', 400, 'identity.provider_unknown'], ['phone:0999999999', 404, 'member.unknown']]
  for (const [member, status, code] of wrong) {
    for (const below of ['', '/balances', '/tier', '/events', '/postings', '/purchases'])
      refused(await s.get(`/v1/members/${member}${below}`), status, code)
    refused(await s.post(`/v1/members/${member}/identities`, { provider: 'card', subject: '1' }), status, code)
    refused(await s.post(`/v1/members/${member}/spends`, { unit: 'point', amount: 1 }), status, code)
    refused(await s.post(`/v1/members/${member}/adjustments`, { unit: 'point', amount: 1, reason: 'x' }),
      status, code)
  }
})

test('one more identity: added once, refused where it is another member\'s', async () => {
  const shop = await openShop()
  const [one, other] = [await join_(shop.s), await join_(shop.s)]
  const path = `/v1/members/${one}/identities`
  const r = await shop.s.post(path, { provider: 'phone', subject: '02 2345 6789' })
  equal(r.status, 201, r.text)
  deepEqual(r.json, { member: one, provider: 'phone', subject: '+886223456789' })
  equal((await shop.s.post(path, { provider: 'phone', subject: '+886223456789' })).status, 201)
  const good = { provider: 'phone', subject: '+886223456789' }
  await refuseAll(shop, { path: `/v1/members/${other}/identities`, good }, [
    [{}, 409, 'identity.taken', '/subject'],
    [{ subject: 'x' }, 400, 'identity.subject_invalid', '/subject'],
    [{ subject: null }, 400, 'request.invalid', '/subject'],
    [{ provider: 'fax' }, 400, 'identity.provider_unknown', '/provider'],
    [{ provider: 7 }, 400, 'request.invalid', '/provider'],
    [{ proof: 'x' }, 400, 'request.invalid', '/proof']
  ])
})

test('joining again under one key repeats, and two at once join once', async () => {
  const shop = await openShop()
  const body = { phone: phone() }
  const idempotency = randomUUID()
  const all = await Promise.all(Array.from({ length: 16 }, () => shop.s.post('/v1/members', body, { idempotency })))
  for (const r of all) equal(r.text, all[0].text)
  equal(all.filter((r) => !r.headers['idempotency-replayed']).length, 1)
  equal(shop.counts().member, '1')
  refused(await shop.s.post('/v1/members', { phone: phone() }, { idempotency }), 422, 'idempotency.key_reused')
  refused(await shop.s.post('/v1/members', body, { idempotency: null }), 400, 'idempotency.key_missing')
})

test('one phone number, sixteen at once: one of them joins', async () => {
  const shop = await openShop()
  const body = { phone: phone() }
  const all = await Promise.all(Array.from({ length: 16 }, () => shop.s.post('/v1/members', body)))
  equal(all.filter((r) => r.status === 201).length, 1)
  for (const r of all.filter((one) => one.status !== 201)) refused(r, 409, 'member.exists', '/phone')
  equal(shop.counts().member, '1')
})

test('looking at a member writes nothing, and shows points as of now', async () => {
  const shop = await openShop()
  const id = await join_(shop.s)
  await buy(shop.s, id, 580)
  const before = shop.counts()
  equal(balance((await shop.s.get(`/v1/members/${id}`)).json, 'point'), 5)
  equal((await shop.s.get(`/v1/members/${id}/balances`)).json.data[0].available, 5)
  equal((await shop.s.get(`/v1/members/${id}/tier`)).json.spent_minor, 580)
  deepEqual(shop.counts(), before)
})

test('a refusal has its title in three languages, sayable at the counter', async () => {
  const { s } = await openShop()
  const title = async (language) => (await s.post('/v1/members/identify', { phone: '0912345678' },
    { headers: { 'accept-language': language } })).json.title
  equal(await title('zh-TW'), '找不到這位會員。')
  equal(await title('en'), 'There is no such member.')
  equal(await title('ja'), '会員が見つかりません。')
})

test('a frozen member is thawed by whoever may, with a reason, once the books agree', async () => {
  const shop = await openShop({ keys: { till: { may: 'member.read,member.write' }, north: { store: 'TPE01' } } })
  const { s } = shop
  const id = await join_(s)
  const path = `/v1/members/${id}/thaw`
  const reason = { reason: '硬碟更換後帳目核對無誤' }
  await buy(s, id, 600)
  refused(await s.post(path, reason), 409, 'member.not_frozen')
  shop.write(`UPDATE balance SET available = available + 1`)
  refused(await s.post(`/v1/members/${id}/spends`, { unit: 'point', amount: 1 }), 500, 'server.error')
  equal((await s.get(`/v1/members/${id}`)).json.status, 'frozen')
  const ill = await s.post(path, reason)
  refused(ill, 409, 'member.unhealthy')
  ok(ill.json.detail, ill.text)
  shop.write(`UPDATE balance SET available = available - 1`)
  refused(await s.post(path, {}), 400, 'request.invalid', '/reason')
  refused(await s.post(path, reason, { key: shop.keys.till }), 403, 'auth.forbidden')
  refused(await s.post(path, reason, { key: shop.keys.north }), 403, 'auth.bound')
  refused(await s.post('/v1/members/phone:0900000000/thaw', reason), 404, 'member.unknown')
  const thawed = await s.post(path, reason)
  deepEqual([thawed.status, thawed.json], [200, { member: id, status: 'active', ...reason }])
  refused(await s.post(path, reason), 409, 'member.not_frozen')
  equal((await s.post(`/v1/members/${id}/spends`, { unit: 'point', amount: 1 })).status, 201)
  equal(shop.sql(`SELECT detail FROM note WHERE what = 'member.thawed'`), reason.reason)
  shop.write(`UPDATE member SET status = 'blocked'`)
  refused(await s.post(path, reason), 409, 'member.not_frozen')
  refused(await s.post(`/v1/members/${id}/spends`, { unit: 'point', amount: 1 }), 409, 'member.blocked')
})
