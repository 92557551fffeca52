// docs/ERRORS.md, from the code: every refusal, its status, what people read of it.
//   node tools/errors.mjs [--check] [ROOT]
// Without --check it writes the page.  With it, it writes nothing and says what is wrong: a page
// that is out of date, a code without titles, titles without a code, a code that is computed.
import { readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const args = process.argv.slice(2)
const isCheck = args[0] === '--check'
const root = args[isCheck ? 1 : 0] ?? join(dirname(fileURLToPath(import.meta.url)), '..')
const read = (path) => readFileSync(join(root, path), 'utf8')
const CODE = /^[a-z_]+\.[a-z_]+$/
// A kind of configuration names its refusals where it is defined; the machinery passes them on.
const KIND = /^(\w+->)*kind->(unknown|code_taken|past)$/
const KIND_RC = { unknown: 'RC_NOT_FOUND', code_taken: 'RC_CONFLICT', past: 'RC_INVALID' }

function sources(dir = 'src') {
  return readdirSync(join(root, dir), { withFileTypes: true }).flatMap((e) => {
    const path = `${dir}/${e.name}`
    if (e.isDirectory()) return sources(path)
    return e.name.endsWith('.c') && !e.name.endsWith('_test.c') ? [path] : []
  }).sort()
}

// The arguments of a call whose '(' is at `at`, split at its commas.
function argumentsAt(text, at) {
  const found = []
  let depth = 0, from = at + 1, inText = false
  for (let i = at; i < text.length; i++) {
    const ch = text[i]
    if (inText) {
      if (ch === '\\') i++
      else if (ch === '"') inText = false
    } else if (ch === '"') inText = true
    else if ('([{'.includes(ch)) depth++
    else if (')]}'.includes(ch) && --depth === 0) return [...found, text.slice(from, i).trim()]
    else if (ch === ',' && depth === 1) {
      found.push(text.slice(from, i).trim())
      from = i + 1
    }
  }
  return found
}

const literals = (text) => [...text.matchAll(/"([^"]*)"/g)].map((m) => m[1])
  .filter((s) => CODE.test(s))

// door_answer.c: which status a code has, and which an rc.
function statuses() {
  const text = read('src/core/door/door_answer.c')
  const exact = new Map([...text.matchAll(/\{ "([a-z_.]+)", (\d+) \}/g)].map((m) => [m[1], +m[2]]))
  const usual = new Map([...text.matchAll(/\[(RC_\w+)\]\s*= \{ (\d+), "([a-z_.]*)" \}/g)]
    .map((m) => [m[1], { status: +m[2], code: m[3] }]))
  return { exact, usual }
}

// The titles: the door's own, and those beside each feature.
function titles() {
  const texts = sources().filter((path) => path.endsWith('_text.c')).map(read).join('\n')
  const found = [...texts.matchAll(/\{ "([a-z_.]+)",\s*\{ "([^"]*)",\s*"([^"]*)",\s*"([^"]*)" \} \}/g)]
  return new Map(found.map((m) => [m[1], { zh: m[2], en: m[3], ja: m[4] }]))
}

function scan() {
  const { exact, usual } = statuses()
  const refusals = new Map(), inside = new Map(), wrong = [], passed = []
  const add = (map, code, value) => map.set(code, (map.get(code) ?? new Set()).add(value))
  const status = (rc, code) => exact.get(code) ?? usual.get(rc)?.status

  for (const { status: s, code } of usual.values()) if (code) add(refusals, code, s)
  for (const path of sources()) {
    const text = read(path)
    for (const m of text.matchAll(/\b(fail|fail_at|broken)\(/g)) {
      const call = argumentsAt(text, m.index + m[0].length - 1)
      const rc = m[1] === 'broken' ? 'RC_INTERNAL' : call[1]
      const said = call[m[1] === 'broken' ? 1 : 2] ?? ''
      const line = text.slice(0, m.index).split('\n').length
      // The one place that passes a code on: what keyring_check() returns, found below.
      if (said === 'refusal' || KIND.test(said)) continue
      if (literals(said).length === 0)
        wrong.push(`${path}:${line}: the code of a refusal must be written where it is refused`)
      for (const code of literals(said))
        if (rc === 'RC_INTERNAL' || rc === 'RC_BUSY') add(inside, code, path)
        else if (status(rc, code)) add(refusals, code, status(rc, code))
        else passed.push([code, `${path}:${line}`])
    }
    for (const m of text.matchAll(/\.(unknown|code_taken|past) = "([a-z_.]+)"/g))
      add(refusals, m[2], status(KIND_RC[m[1]], m[2]))
    for (const m of text.matchAll(/\breturn "([a-z_]+\.[a-z_]+)";/g))
      add(refusals, m[1], status('RC_DENIED', m[1]))
    for (const m of text.matchAll(/\.status = (\d+),\s*\.code = "([a-z_.]+)"/g))
      add(refusals, m[2], +m[1])
  }
  // An rc passed on as a variable: the same code is refused elsewhere with the constant.
  for (const [code, place] of passed)
    if (!refusals.has(code)) wrong.push(`${place}: the rc of ${code} is written nowhere`)
  return { refusals, inside, wrong }
}

const cell = (text) => text.replaceAll('|', '\\|')
const sorted = (map) => [...map].sort(([a], [b]) => (a < b ? -1 : 1))

function page({ refusals, inside }, texts) {
  const rows = sorted(refusals).map(([code, set]) => {
    const t = texts.get(code) ?? { zh: '', en: '' }
    return `| \`${code}\` | ${[...set].sort().join(', ')} | ${cell(t.zh)} | ${cell(t.en)} |`
  })
  const broken = sorted(inside).map(([code, set]) =>
    `| \`${code}\` | ${[...set].sort().map((p) => `\`${p}\``).join(' ')} |`)
  return `<!-- Made by tools/errors.mjs from the code. Change the code, then: node tools/errors.mjs -->
# Refusals

A refusal is an answer like any other: the program understood, and says no, and why. It comes as
\`application/problem+json\`:

    { "type": "urn:regulars:problem:points.insufficient", "title": "點數不足。", "status": 409,
      "code": "points.insufficient", "request_id": "req_…" }

- **code** is for programs. It never changes its meaning.
- **title** is for people, in the language of \`Accept-Language\`: zh-TW, en, ja. A cashier may read it out.
- **detail** and **errors** say more, in English: \`pointer\` is a place in the body, \`parameter\` one
  outside it.
- **request_id** finds the line in the log.

What to do with a status:

| status | what to do |
|---|---|
| 400, 415, 422 | the request is wrong: change it before sending it again |
| 401, 403 | the key is missing, wrong, or may not do this |
| 404, 405, 410 | there is no such thing, or not any more |
| 409, 412, 428 | the situation does not allow it: read, decide, ask again |
| 413, 429 | too much: send less |
| 500 | our mistake: tell us the \`request_id\` |
| 503 | send the same request again after \`Retry-After\`; with its key or receipt it is booked once |

## Every code

| code | status | 中文 | English |
|---|---|---|---|
${rows.join('\n')}

## Only in the log

A client sees \`server.error\` (500) for all of these. The log has the code, the file and the line, as an
alarm. Where the code says that a member's rows contradict each other, that member is frozen for value until
a person has looked (\`docs/OPERATIONS.md\`).

| code | where |
|---|---|
${broken.join('\n')}
`
}

const found = scan()
const texts = titles()
const text = page(found, texts)

if (!isCheck) {
  writeFileSync(join(root, 'docs/ERRORS.md'), text)
} else {
  let kept = ''
  try { kept = read('docs/ERRORS.md') } catch { /* missing is out of date too */ }
  const checks = [
    found.wrong,
    [...found.refusals.keys()].filter((code) => !texts.has(code))
      .map((code) => `${code} has no titles in a _text.c`),
    [...texts.keys()].filter((code) => !found.refusals.has(code))
      .map((code) => `${code} has titles, and nothing refuses with it`),
    kept === text ? [] : ['docs/ERRORS.md is out of date: node tools/errors.mjs'],
  ]
  for (const line of checks.flat().sort()) console.log(`FAIL ${line}`)
  const failed = checks.filter((c) => c.length > 0).length
  console.log(`${checks.length - failed} right, ${failed} wrong`)
  process.exitCode = failed ? 1 : 0
}
