// The parts of api/openapi.yaml that every kind of configuration has alike: its seven operations and
// the shapes of their answers, from api/configuration.json and the kind's own shape (UnitPut).
//   node tools/configuration.mjs [--check]
// Without --check it writes them between their marks; with it, it says whether they are out of date.
import { readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const api = join(dirname(fileURLToPath(import.meta.url)), '..', 'api')
const page = join(api, 'openapi.yaml')
const kinds = JSON.parse(readFileSync(join(api, 'configuration.json'), 'utf8'))
const text = readFileSync(page, 'utf8')

const small = (noun) => noun.toLowerCase()
const response = (status, name) => `        '${status}': { $ref: '#/components/responses/${name}' }`
const REFUSED = { 400: 'BadRequest', 401: 'Unauthorized', 403: 'Forbidden', 404: 'NotFound',
  409: 'Conflict', 410: 'Gone', 412: 'PreconditionFailed', 413: 'TooLarge', 415: 'MediaType',
  422: 'Reused', 428: 'PreconditionRequired', 500: 'Broken', 503: 'Busy' }
const refused = (...statuses) => [...statuses].map((s) => response(s, REFUSED[s])).join('\n')
const BODY = [400, 401, 403, 413, 415, 500, 503]
const with_ = (...more) => refused(...[...BODY, ...more].sort())

function answer(status, what, schema, headers = []) {
  const kept = { Location: 100, ETag: 40 }
  return `      responses:
        '${status}':
          description: ${what}
${headers.length ? '          headers:\n' + headers.map((h) =>
    `            ${h}: { schema: { type: string, maxLength: ${kept[h]} } }`).join('\n') + '\n' : ''}          content:
            application/json:
              schema: { $ref: '#/components/schemas/${schema}' }`
}

const operation = (verb, id, may, summary, description) => `    ${verb}:
      operationId: ${id}
      tags: [configuration]
      summary: ${summary}
      description: |
${description.replace(/^/gm, '        ')}
      x-permission: config.${may}`

const body = (k) => `      requestBody:
        required: true
        content:
          application/json:
            schema: { $ref: '#/components/schemas/${k.noun}Put' }
            example: ${JSON.stringify(k.example)}`

const pages = (sorts, more = '') => `      parameters:
        - { $ref: '#/components/parameters/Limit' }
        - { $ref: '#/components/parameters/Cursor' }
        - name: sort
          in: query
          description: By what, up; with a \`-\` before it, down.
          schema: { type: string, enum: [${sorts.map((s) => `${s}, '-${s}'`).join(', ')}], default: '-${sorts[0]}' }
        - { $ref: '#/components/parameters/Count' }
        - { $ref: '#/components/parameters/Format' }${more}`
const found = `
        - name: q
          in: query
          description: Only whose code or name holds this text.
          schema: { type: string, minLength: 1, maxLength: 100 }
        - name: archived
          in: query
          description: Only what nobody wants any more (true), or all the rest (false).
          schema: { type: boolean }`
const csv = '\n            text/csv: { schema: { type: string, x-any: a file as long as the list is } }'

function paths(k) {
  const one = small(k.noun), unknown = `\`${k.one}.unknown\` (404)`
  const when = k.dated ? 'from `effective_at` on, or from now' : 'from now on'
  return `  ${k.path}:
${operation('get', `list${k.many}`, 'read', `The ${small(k.many)}, each in its newest version.`,
    'The newest first. Refusal: `request.cursor` (400).')}
${pages(['id', 'code', 'name', 'published_at'], found)}
${answer(200, 'A page.', k.many)}${csv}
${refused(400, 401, 403, 500, 503)}
${operation('post', `create${k.noun}`, 'write', `One more ${one}.`,
    `A ${one}: ${k.says}. It holds ${when}; what comes after this\nanswer is judged by it. ` +
    `Refusals, in this order: \`auth.bound\` (403),\n${k.refuses},\n\`config.archived\` (409, if it points to something that is).`)}
      parameters: [{ $ref: '#/components/parameters/IdempotencyKey' }]
${body(k)}
${answer(201, 'Made.', k.noun, ['Location', 'ETag'])}
${with_(...(k.refuses.includes('(404)') ? [404] : []), 409, 410, 422)}
  ${k.path}/{${k.one}}:
    parameters: [{ $ref: '#/components/parameters/ConfigurationRef_${k.one}' }]
${operation('get', `get${k.noun}`, 'read', `One ${one}.`,
    `As it is now, with its version as ETag. Refusal: ${unknown}.`)}
${answer(200, 'It.', k.noun, ['ETag'])}
${refused(401, 403, 404, 500, 503)}
${operation('put', `put${k.noun}`, 'write', `Another version of a ${one}.`,
    `The whole of it; what is left out is as if it had never been said. It holds ${when}.\n` +
    'A version is never changed, only followed: what was judged by the old one stays so.\n' +
    `Refusals, in this order: \`auth.bound\` (403), ${unknown}, \`version.missing\` (428),\n` +
    '`version.mismatch` (412, with what is there as `current` and what was told as `told`),\n' +
    `\`config.archived\` (409), ${k.refuses}, and again \`config.archived\`, if it points\nto something that is.`)}
      parameters: [{ $ref: '#/components/parameters/IfMatch' }]
${body(k)}
${answer(200, 'Changed; its new version is the ETag.', k.noun, ['ETag'])}
${with_(404, 409, 412, 428)}
  ${k.path}/{${k.one}}/archive:
    parameters: [{ $ref: '#/components/parameters/ConfigurationRef_${k.one}' }]
${operation('post', `archive${k.noun}`, 'write', `Nobody wants the ${one} any more.`,
    'A last version. Nothing that others point to can go: see `uses`. What it has given stays.\n' +
    `Refusals, in this order: \`auth.bound\` (403), ${unknown}, \`version.missing\` (428),\n` +
    '`config.in_use` (409), `version.mismatch` (412), `config.archived` (409).')}
      parameters:
        - { $ref: '#/components/parameters/IdempotencyKey' }
        - { $ref: '#/components/parameters/IfMatch' }
      requestBody:
        required: false
        content:
          application/json:
            schema: { type: object, additionalProperties: false, properties: {} }
            example: {}
${answer(200, 'Archived.', k.noun, ['ETag'])}
${with_(404, 409, 410, 412, 422, 428)}
  ${k.path}/{${k.one}}/versions:
    parameters: [{ $ref: '#/components/parameters/ConfigurationRef_${k.one}' }]
${operation('get', `list${k.noun}Versions`, 'read', `Every version of a ${one}.`,
    `The newest first, with who published it and when. Refusals: \`request.cursor\` (400),\n${unknown}.`)}
${pages(['version'])}
${answer(200, 'A page.', `${k.noun}Versions`)}${csv}
${refused(400, 401, 403, 404, 500, 503)}
  ${k.path}/{${k.one}}/uses:
    parameters: [{ $ref: '#/components/parameters/ConfigurationRef_${k.one}' }]
${operation('get', `list${k.noun}Uses`, 'read', `What points to a ${one}.`,
    `While anything does, it cannot be archived. Refusal: ${unknown}.`)}
${answer(200, 'All of it.', 'ConfigurationUses')}
${refused(401, 403, 404, 500, 503)}`
}

// The lines of the properties of a hand-written shape, without effective_at.
function properties(noun) {
  const from = text.indexOf(`\n    ${noun}Put:\n`)
  const at = text.indexOf('      properties:\n', from) + '      properties:\n'.length
  const lines = text.slice(at).split('\n')
  const n = lines.findIndex((line) => !line.startsWith('        '))
  const fields = lines.slice(0, n).join('\n').split(/\n(?=        [\w'])/)
  return fields.filter((f) => !f.startsWith('        effective_at:'))
}
const nameOf = (field) => field.trim().split(':')[0]

function object(name, required, fields) {
  return `    ${name}:
      type: object
      additionalProperties: false
      required: [${required.join(', ')}]
      properties:
${fields.join('\n')}`
}
const list = (name, item) => object(name, ['data', 'next'], [
  `        data: { type: array, maxItems: 200, items: { $ref: '#/components/schemas/${item}' } }`,
  "        next: { $ref: '#/components/schemas/Next' }",
  "        count: { $ref: '#/components/schemas/ListCount' }"])

function schemas(k) {
  const fields = properties(k.noun)
  const put = text.slice(text.indexOf(`\n    ${k.noun}Put:\n`)).match(/required: \[([^\]]*)\]/)[1].split(', ')
  const required = k.whole ? fields.map(nameOf) : put
  const when = k.dated ? ['effective_at'] : []
  const effective = k.dated ? ['        effective_at: { type: string, format: date-time }'] : []
  const head = ["        version: { $ref: '#/components/schemas/Version' }", ...fields,
    '        archived: { type: boolean }', ...effective]
  return [
    object(k.noun, ['id', 'version', ...required, 'archived', ...when],
      [`        id: { type: string, maxLength: 17, pattern: '^${k.prefix}_[0-9a-hjkmnp-tv-z]{13}$' }`, ...head]),
    list(k.many, k.noun),
    object(`${k.noun}Version`, ['version', ...required, 'archived', ...when, 'published_at', 'by'],
      [...head, '        published_at: { type: string, format: date-time }',
        "        by: { $ref: '#/components/schemas/PublishedBy' }"]),
    list(`${k.noun}Versions`, `${k.noun}Version`)].join('\n')
}

const parameters = (k) => `    ConfigurationRef_${k.one}:
      name: ${k.one}
      in: path
      required: true
      description: Its id, \`${k.prefix}_…\`, or its code.
      schema: { type: string, minLength: 1, maxLength: 200 }`

function put(into, mark, made) {
  const begin = `# ---- ${mark}: made by tools/configuration.mjs ----\n`, end = `# ---- end of ${mark} ----\n`
  const from = into.indexOf(begin), to = into.indexOf(end)
  if (from < 0 || to < from) throw new Error(`api/openapi.yaml has no marks for ${mark}`)
  return `${into.slice(0, from + begin.length)}${made.join('\n')}\n${into.slice(to)}`
}

let made = put(text, 'configuration: paths', kinds.map(paths))
made = put(made, 'configuration: parameters', kinds.map(parameters))
made = put(made, 'configuration: schemas', kinds.map(schemas))
if (process.argv[2] !== '--check') writeFileSync(page, made)
else if (made !== text) {
  console.log('api/openapi.yaml is out of date: node tools/configuration.mjs')
  process.exit(1)
}
