// The way in, before any feature: what is refused, in which words, and what a repeat gives.
import { randomUUID } from 'node:crypto'
import http from 'node:http'
import net from 'node:net'
import { command, equal, makeKey, ok, shared, start, test } from './lib.mjs'
import * as subject from './subject.mjs'

const refused = (answer, status, code) => {
  equal(answer.status, status, answer.text)
  equal(answer.json.code, code)
}
const pause = (ms) => new Promise((done) => setTimeout(done, ms))
const head = (s, extra = '') => `POST ${subject.write} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ` +
  `${s.key}\r\nContent-Type: application/json\r\nIdempotency-Key: ${randomUUID()}\r\n${extra}`

test('the pages of the server answer, those of health without a key', async () => {
  const s = await start()
  equal((await s.get('/healthz', { key: null })).json.status, 'ok')
  equal((await s.get('/readyz', { key: null })).json.status, 'ready')
  ok(/^regulars_requests_total\{method="GET",route="\/healthz",status="200"\} 1$/m
    .test((await s.get('/metrics')).text))
  equal((await s.send('HEAD', '/healthz', undefined, { key: null })).text, '')
})

test('an unknown path is 404, an unknown method 405 with Allow', async () => {
  const s = await shared()
  refused(await s.get('/v1/nowhere', { outside: true }), 404, 'request.path')
  refused(await s.get('/', { outside: true }), 404, 'request.path')
  refused(await s.get('/healthz/', { outside: true }), 404, 'request.path')
  refused(await s.get('/v1/%zz', { outside: true }), 404, 'request.path')
  const r = await s.delete('/healthz', { outside: true })
  refused(r, 405, 'request.method')
  equal(r.headers.allow, 'GET')
})

test('a path is refused before the key, the method too, the key before the body', async () => {
  const s = await shared()
  refused(await s.get('/v1/nowhere', { key: null, outside: true }), 404, 'request.path')
  refused(await s.delete('/healthz', { key: null, outside: true }), 405, 'request.method')
  const r = await s.post(subject.write, undefined, { key: null, raw: '{', idempotency: null })
  refused(r, 401, 'auth.missing')
  equal(r.headers['www-authenticate'], 'Bearer')
})

test('a key that is made up, altered or of another form is unknown', async () => {
  const s = await shared()
  const last = s.key.at(-1) === 'A' ? 'B' : 'A'
  for (const key of ['x', `${s.key.slice(0, -1)}${last}`, `${s.key}A`, s.key.slice(0, -1), ''])
    refused(await s.get(subject.read, { key }), 401, 'auth.unknown')
  refused(await s.get(subject.read, { headers: { authorization: `Basic ${s.key}` } }), 401, 'auth.unknown')
})

test('a key of another shop is unknown', async () => {
  const [one, other] = [await start(), await start()]
  refused(await one.get(subject.read, { key: other.key }), 401, 'auth.unknown')
})

test('a revoked key ends within a second', async () => {
  const s = await start()
  const key = await serverKey(s, 'all')
  equal((await s.get(subject.read, { key })).status, 200)
  await revoke(s, key)
  await pause(1100)
  refused(await s.get(subject.read, { key }), 401, 'auth.revoked')
})

test('a key may do what it was made for and nothing else', async () => {
  const s = await start()
  const key = await serverKey(s, subject.readMay)
  equal((await s.get(subject.read, { key })).status, 200)
  refused(await s.post(subject.write, subject.body(1), { key }), 403, 'auth.forbidden')
  refused(await s.post(subject.write, undefined, { key, raw: '{' }), 403, 'auth.forbidden')
})

// A database in use belongs to its server: on SQLite the command line waits until it has stopped.
async function serverKey(s, may) {
  return withoutServer(s, () => makeKey(s.db, { may }))
}
async function revoke(s, key) {
  return withoutServer(s, () => command('key', 'revoke', '--db', s.db.url, key))
}
async function withoutServer(s, body) {
  if (s.db.url.startsWith('postgres')) {
    const done = body()
    await pause(1100)
    return done
  }
  await s.stop()
  const done = body()
  const again = await start({ db: s.db, key: s.key })
  Object.assign(s, { process: again.process, port: again.port, agent: again.agent })
  return done
}

test('titles come in the language asked for', async () => {
  const s = await shared()
  const title = async (accept) => (await s.get('/v1/nowhere',
    { outside: true, headers: accept ? { 'accept-language': accept } : {} })).json.title
  equal(await title(), '沒有這個網址。')
  equal(await title('en-GB, ja;q=0.9'), 'There is nothing at this address.')
  equal(await title('en;q=0.2, ja;q=0.9'), 'このアドレスには何もありません。')
  equal(await title('fr'), 'There is nothing at this address.')
  equal(await title('zh-HK'), '沒有這個網址。')
})

test('a body that is no JSON, too deep, not text, or not of the right type is refused', async () => {
  const s = await shared()
  const post = (raw, headers) => s.post(subject.write, undefined, { raw, headers })
  for (const raw of ['{', '{"a":1,}', '[1,2', '{"a":1}x', '{"a":NaN}', '{"a":"\u0001"}', '{"a":1,"a":2}',
    Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x7d]), '{"a":"\\u0000"}', '\ufeff{}'])
    refused(await post(raw), 400, 'request.json')
  refused(await post('['.repeat(100000)), 400, 'request.json')
  refused(await post(`${'{"a":'.repeat(40)}1${'}'.repeat(40)}`), 400, 'request.json')
  for (const raw of ['[]', '1', 'null', '"x"']) refused(await post(raw), 400, 'request.invalid')
  for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'application/json; charset=latin1',
    'application/jsonp'])
    refused(await post('{}', { 'content-type': type }), 415, 'request.media_type')
})

test('a field that no request has is refused by its name', async () => {
  const s = await shared()
  const extra = { [subject.badField.slice(1)]: 1 }
  const r = await s.post(subject.write, { ...subject.body(1), ...extra })
  refused(r, 400, 'request.invalid')
  ok(r.json.errors.some((e) => e.pointer === subject.badField), r.text)
})

test('a query parameter that is unknown, twice or badly encoded is refused by its name', async () => {
  const s = await shared()
  const r = await s.get(`${subject.read}?colour=red`)
  refused(r, 400, 'request.parameter')
  equal(r.json.errors[0].parameter, 'colour')
  for (const query of ['x=1&x=2', 'x=%zz', '%ff=1', 'x=%00', `${'a=1&'.repeat(100)}`])
    refused(await s.get(`${subject.read}?${query}`), 400, 'request.parameter')
})

test('a body over 1 MiB is 413, announced or not, and the connection may go on', async () => {
  const s = await shared()
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 })
  const large = Buffer.alloc((1 << 20) + 1, 0x20)
  refused(await s.post(subject.write, undefined, { raw: large, agent }), 413, 'request.too_large')
  refused(await s.post(subject.write, undefined, { raw: large, agent,
    headers: { 'transfer-encoding': 'chunked' } }), 413, 'request.too_large')
  equal((await s.get('/healthz', { agent })).status, 200)
  const huge = await s.raw(head(s, 'Content-Length: 99999999999\r\n\r\n'), { until: /too_large/ })
  ok(huge.startsWith('HTTP/1.1 413'), huge)
  agent.destroy()
})

test('a body of exactly 1 MiB is read', async () => {
  const s = await shared()
  refused(await s.post(subject.write, undefined, { raw: Buffer.alloc(1 << 20, 0x20) }), 400, 'request.json')
})

test('two framings, or a header twice, are refused and hung up on', async () => {
  const s = await shared()
  const both = await s.raw(head(s, 'Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'))
  ok(both.startsWith('HTTP/1.1 400'), both)
  equal(both.split('HTTP/1.1').length, 2)
  const twice = await s.raw(head(s, 'Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}'))
  ok(twice.startsWith('HTTP/1.1 400'), twice)
  const keys = await s.raw(head(s, 'Idempotency-Key: other\r\nContent-Length: 2\r\n\r\n{}'))
  ok(/request\.header/.test(keys), keys)
})

test('headers without end are cut off', async () => {
  const s = await shared()
  const text = await s.raw(head(s, `X: ${'x'.repeat(64 << 10)}\r\n\r\n`), { wait_ms: 3000 })
  ok(/^HTTP\/1\.1 (413|414|431|500)|^$/.test(text), text.slice(0, 200))
  equal((await s.get('/healthz')).status, 200)
})

test('all bodies together are bounded, and others are served meanwhile', async () => {
  const s = await start()
  const size = 1 << 20
  const most = Buffer.alloc(size - 1, 0x20)
  const sockets = Array.from({ length: 80 }, () => {
    const socket = net.connect(s.port, '127.0.0.1')
    socket.on('error', () => {})
    socket.text = ''
    socket.on('data', (chunk) => { socket.text += chunk })
    socket.write(head(s, `Content-Length: ${size}\r\n\r\n`))
    socket.write(most)
    return socket
  })
  const held = async () => Number(/^regulars_http_bodies_bytes (\d+)$/m.exec((await s.get('/metrics')).text)[1])
  const until = async (come) => { for (let i = 0; i < 200 && !await come(); i++) await pause(50) }
  await until(async () => await held() > 60 << 20)
  ok(await held() > 32 << 20 && await held() <= 64 << 20, `${await held()} bytes are held`)
  equal((await s.get('/healthz')).status, 200)
  for (const socket of sockets) socket.write(' ')
  await until(() => sockets.every((one) => one.text !== ''))
  const busy = sockets.filter((one) => one.text.startsWith('HTTP/1.1 503') && /Retry-After/.test(one.text))
  const read = sockets.filter((one) => one.text.startsWith('HTTP/1.1 400'))
  equal(busy.length + read.length, sockets.length)
  ok(busy.length > 0, 'none was refused')
  for (const socket of sockets) socket.destroy()
  await until(async () => await held() === 0)
  equal(await held(), 0)
})

// ---- repeats ----

test('a POST that changes something needs an Idempotency-Key of 1 to 255 visible characters', async () => {
  const s = await shared()
  refused(await s.post(subject.write, subject.body(1), { idempotency: null }), 400, 'idempotency.key_missing')
  for (const bad of ['x'.repeat(256), '', 'é'])
    refused(await s.post(subject.write, subject.body(1), { headers: { 'idempotency-key': bad } }), 400,
      'idempotency.key_invalid')
  equal((await s.post(subject.write, subject.body(1), { idempotency: 'x'.repeat(255) })).status, 201)
})

test('the same request under the same key gets the first answer, byte for byte', async () => {
  const s = await shared()
  const idempotency = randomUUID()
  const first = await s.post(subject.write, subject.body(1), { idempotency })
  equal(first.status, 201)
  equal(first.headers['idempotency-replayed'], undefined)
  for (let i = 0; i < 3; i++) {
    const again = await s.post(subject.write, subject.body(1), { idempotency })
    equal(again.status, 201)
    equal(again.text, first.text)
    equal(again.headers['idempotency-replayed'], 'true')
    equal(again.headers.location, first.headers.location)
    equal(again.headers.etag, first.headers.etag)
  }
})

test('a repeat is answered after a restart too', async () => {
  const s = await start()
  const idempotency = randomUUID()
  const first = await s.post(subject.write, subject.body(1), { idempotency })
  await s.stop()
  const again = await start({ db: s.db, key: s.key })
  equal((await again.post(subject.write, subject.body(1), { idempotency })).text, first.text)
})

test('another request under the same key is 422', async () => {
  const s = await shared()
  const idempotency = randomUUID()
  equal((await s.post(subject.write, subject.body(1), { idempotency })).status, 201)
  refused(await s.post(subject.write, subject.body(2), { idempotency }), 422, 'idempotency.key_reused')
  const spaced = JSON.stringify(subject.body(1)).replace(':', ': ')
  refused(await s.post(subject.write, undefined, { idempotency, raw: spaced }), 422, 'idempotency.key_reused')
})

test('keys belong to whoever used them', async () => {
  const s = await start()
  const key = await serverKey(s, 'all')
  const idempotency = randomUUID()
  const first = await s.post(subject.write, subject.body(1), { idempotency })
  const other = await s.post(subject.write, subject.body(2), { idempotency, key })
  equal(other.status, 201)
  ok(other.text !== first.text)
})

test('a refusal is judged again, and leaves the key free', async () => {
  const s = await shared()
  const idempotency = randomUUID()
  const bad = { ...subject.body(1), [subject.badField.slice(1)]: 1 }
  refused(await s.post(subject.write, bad, { idempotency }), 400, 'request.invalid')
  equal((await s.post(subject.write, subject.body(1), { idempotency })).status, 201)
})

test('permission is judged before a repeat is answered', async () => {
  const s = await start()
  const key = await serverKey(s, `${subject.writeMay} ${subject.readMay}`)
  const idempotency = randomUUID()
  equal((await s.post(subject.write, subject.body(1), { idempotency, key })).status, 201)
  await revoke(s, key)
  await pause(1100)
  refused(await s.post(subject.write, subject.body(1), { idempotency, key }), 401, 'auth.revoked')
})

test('sixteen at once under one key are one request', async () => {
  const s = await shared()
  for (let round = 0; round < 10; round++) {
    const idempotency = randomUUID()
    const all = await Promise.all(Array.from({ length: 16 },
      () => s.post(subject.write, subject.body(round), { idempotency })))
    equal(new Set(all.map((r) => r.text)).size, 1)
    ok(all.every((r) => r.status === 201))
    equal(all.filter((r) => r.headers['idempotency-replayed'] !== 'true').length, 1)
  }
})

// ---- slow clients, stopping ----

test('slow clients do not hold up others', async () => {
  const s = await start()
  const slow = Array.from({ length: 200 }, () => {
    const socket = net.connect(s.port, '127.0.0.1')
    socket.on('error', () => {})
    socket.write(head(s, 'Content-Length: 1000\r\n\r\n{'))
    return socket
  })
  await pause(300)
  for (let i = 0; i < 50; i++) {
    const began = Date.now()
    equal((await s.post(subject.write, subject.body(i))).status, 201)
    ok(Date.now() - began < 1000)
  }
  for (const socket of slow) socket.destroy()
  equal((await s.get('/healthz')).status, 200)
})

test('a client that hangs up before its answer harms nobody', async () => {
  const s = await start()
  const body = JSON.stringify(subject.body(1))
  for (let i = 0; i < 50; i++) {
    const socket = net.connect(s.port, '127.0.0.1')
    socket.on('error', () => {})
    socket.write(head(s, `Content-Length: ${body.length}\r\n\r\n${body}`), () => socket.destroy())
  }
  await pause(300)
  equal((await s.get('/readyz')).status, 200)
})

test('stopping answers what is running, and keeps what it answered', async () => {
  const s = await start()
  const told = []
  let cut = 0
  const client = async (n) => {
    for (let i = 0; ; i++) {
      const idempotency = randomUUID()
      try {
        const r = await s.post(subject.write, subject.body(n * 100000 + i), { idempotency })
        if (r.status === 503) return
        told.push({ n: n * 100000 + i, idempotency, text: r.text })
      } catch (error) {
        if (!['ECONNREFUSED', 'ECONNRESET'].includes(error.code)) throw error
        cut += 1
        return
      }
    }
  }
  const clients = Array.from({ length: 16 }, (_, n) => client(n))
  await pause(400)
  const how = await s.stop()
  await Promise.all(clients)
  equal(how.code, 0)
  ok(told.length > 0)
  const again = await start({ db: s.db, key: s.key })
  for (const t of told) {
    const r = await again.post(subject.write, subject.body(t.n), { idempotency: t.idempotency })
    equal(r.text, t.text)
    equal(r.headers['idempotency-replayed'], 'true')
  }
})

test('a port that is taken is said, and nothing starts', async () => {
  const s = await shared()
  let said = ''
  try {
    command('serve', '--db', `${s.db.url}.other`, '--listen', `127.0.0.1:${s.port}`)
  } catch (error) {
    said = error.stderr
  }
  ok(said.includes('cannot listen') || said.includes('serve.start'), said)
})
