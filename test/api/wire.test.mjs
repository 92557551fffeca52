// The bytes on the wire: what RFC 9112 refuses, and what keeps others out.
import net from 'node:net'
import { randomUUID } from 'node:crypto'
import { equal, ok, shared, start, test } from './lib.mjs'
import { openShop } from './shop.mjs'
import * as subject from './subject.mjs'

const pause = (ms) => new Promise((done) => setTimeout(done, ms))
const get = (more = '') => `GET /healthz HTTP/1.1\r\nHost: x\r\n${more}\r\n`
const post = (s, more) => `POST ${subject.write} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${s.key}\r\n` +
  `Content-Type: application/json\r\nIdempotency-Key: ${randomUUID()}\r\n${more}`
const answers = (text) => text.split('HTTP/1.1 ').length - 1

const malformed = [
  ['a space before the colon', 'Content-Length : 44\r\n\r\nGET /healthz HTTP/1.1\r\nHost: x\r\nAccept: */*\r\n\r\n'],
  ['a length with a sign', 'Content-Length: +2\r\n\r\n{}'],
  ['a length in hex', 'Content-Length: 0x2\r\n\r\n{}'],
  ['a list of lengths', 'Content-Length: 2,2\r\n\r\n{}'],
  ['a length without end', `Content-Length: ${'9'.repeat(40)}\r\n\r\n{}`],
  ['an unknown coding', 'Transfer-Encoding: gzip\r\n\r\n{}'],
  ['two codings', 'Transfer-Encoding: gzip, chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n'],
  ['a coding that looks like one', 'Transfer-Encoding: xchunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n'],
  ['a line that ends without CR', 'X: y\n\r\n'],
  ['a CR alone', 'X: y\rZ: w\r\n\r\n'],
  ['NUL', 'X: y\0z\r\n\r\n'],
  ['a folded line', 'X: y\r\n z\r\n\r\n'],
  ['a name with a space', 'X Y: z\r\n\r\n'],
  ['no colon', 'X\r\n\r\n'],
  ['a bad size of a chunk', 'Transfer-Encoding: chunked\r\n\r\n2 \r\n{}\r\n0\r\n\r\n'],
  ['a chunk longer than it says', 'Transfer-Encoding: chunked\r\n\r\n1\r\n{}\r\n0\r\n\r\n']
]

test('what is not well-formed is answered 400 in our words, once, and hung up on', async () => {
  const s = await shared()
  const cases = malformed.map(([name, rest]) => [name, post(s, rest)])
  cases.push(['no Host', 'GET /healthz HTTP/1.1\r\n\r\n'], ['a bad method', 'G(T /healthz HTTP/1.1\r\nHost: x\r\n\r\n'],
    ['another version', 'GET /healthz HTTP/3.0\r\nHost: x\r\n\r\n'], ['two spaces', 'GET  /healthz HTTP/1.1\r\nHost: x\r\n\r\n'],
    ['no HTTP', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'])
  for (const [name, bytes] of cases) {
    const text = await s.raw(`${bytes}${get()}`)
    ok(text.startsWith('HTTP/1.1 400 '), `${name}: ${text.slice(0, 300)}`)
    equal(answers(text), 1, `${name}: ${text}`)
    ok(/\r\nConnection: close\r\n/.test(text), name)
    ok(/"code":"request\.malformed"/.test(text), `${name}: ${text}`)
  }
  equal((await s.get('/healthz')).status, 200)
})

test('what is well-formed passes, one after the other', async () => {
  const s = await shared()
  const chunked = post(s, 'Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n1;x=y\r\n}\r\n0\r\nTrailer: z\r\n\r\n')
  const text = await s.raw(`\r\n${get('A:\t b \r\n')}${chunked}${get()}${get('Connection: close\r\n')}`)
  equal(answers(text), 4, text)
  equal(text.split('HTTP/1.1 200').length - 1, 3, text)
})

test('a head that is too long or has too many lines is 431', async () => {
  const s = await shared()
  for (const more of [`X: ${'x'.repeat(17 << 10)}\r\n`, 'X: y\r\n'.repeat(101)]) {
    const text = await s.raw(get(more))
    ok(text.startsWith('HTTP/1.1 431 ') && /request\.header_size/.test(text), text.slice(0, 200))
  }
})

function hold(s, from, bytes) {
  const socket = net.connect({ port: s.port, host: '127.0.0.1', localAddress: from })
  socket.text = ''
  socket.on('error', () => {})
  socket.on('data', (chunk) => { socket.text += chunk })
  socket.write(bytes)
  return socket
}
const held = async (s) => Number(/^regulars_http_bodies_bytes (\d+)$/m.exec((await s.get('/metrics')).text)[1])
const almost = `Content-Length: ${1 << 20}\r\n\r\n${' '.repeat((1 << 20) - 1)}`

test('a body without a key costs nothing, and everybody else is served', async () => {
  const s = await start()
  const strangers = Array.from({ length: 80 }, () => hold(s, undefined, post({ key: 'made-up' }, almost)))
  for (let i = 0; i < 20; i++) {
    await pause(50)
    equal(await held(s), 0)
  }
  equal((await s.post(subject.write, subject.body(1))).status, 201)
  for (const socket of strangers) socket.write(' ')
  for (let i = 0; i < 100 && !strangers.every((one) => one.text); i++) await pause(50)
  for (const socket of strangers) {
    ok(socket.text.startsWith('HTTP/1.1 401 '), socket.text.slice(0, 200))
    socket.destroy()
  }
})

test('one address holds a quarter of all bodies at most', async () => {
  const s = await start()
  const many = Array.from({ length: 40 }, () => hold(s, '127.0.0.2', post(s, almost)))
  for (let i = 0; i < 100 && await held(s) < 15 << 20; i++) await pause(50)
  await pause(200)
  ok(await held(s) <= 16 << 20, `${await held(s)} bytes are held`)
  const other = hold(s, '127.0.0.3', post(s, `Content-Length: 2\r\n\r\n{}`))
  for (let i = 0; i < 100 && !other.text; i++) await pause(50)
  ok(other.text.startsWith('HTTP/1.1 400 '), other.text)
  for (const socket of [...many, other]) socket.destroy()
})

test('a body that trickles is 408', async () => {
  const s = await shared()
  const slow = hold(s, undefined, post(s, 'Content-Length: 100000\r\n\r\n{'))
  const steady = hold(s, undefined, post(s, 'Content-Length: 14002\r\n\r\n{'))
  const timer = setInterval(() => { slow.write(' '); steady.write(' '.repeat(1500)) }, 1000)
  for (let i = 0; i < 100 && !slow.text; i++) await pause(100)
  ok(slow.text.startsWith('HTTP/1.1 408 ') && /request\.slow/.test(slow.text), slow.text)
  equal(steady.text, '')
  clearInterval(timer)
  slow.destroy()
  steady.destroy()
})

test('metrics are for a key that may read them, or for everybody if the operator says so', async () => {
  const { s, keys } = await openShop({ keys: { other: { may: subject.readMay }, figures: { may: 'metrics.read' } } })
  equal((await s.get('/metrics', { key: null })).status, 401)
  equal((await s.get('/metrics', { key: keys.other })).status, 403)
  equal((await s.get('/metrics', { key: keys.figures })).status, 200)
  const open = await start({ args: ['--metrics-public'] })
  equal((await open.get('/metrics', { key: null })).status, 200)
})
