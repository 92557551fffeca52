// contract.mjs -- api/openapi.yaml as a judge: is this answer one that the contract allows?
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..')
// The packages live in build/, made by test/api/run from test/package-lock.json.
const packages = createRequire(join(root, 'build', 'test', 'package.json'))
const Ajv = packages('ajv/dist/2020').default
const addFormats = packages('ajv-formats').default
const YAML = packages('yaml')

export const methods = ['get', 'post', 'put', 'patch', 'delete']
export const document = YAML.parse(readFileSync(join(root, 'api', 'openapi.yaml'), 'utf8'))

// What a $ref points to; anything else as it is.
export function resolve(node) {
  let steps = 0
  while (node && typeof node === 'object' && typeof node.$ref === 'string') {
    if (++steps > 20) throw new Error(`a circle of $ref: ${node.$ref}`)
    node = node.$ref.slice(2).split('/')
      .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
      .reduce((at, part) => at?.[part], document)
  }
  return node
}

const ajv = new Ajv({ strict: false, allErrors: true })
addFormats(ajv)
ajv.addSchema(document, 'api')
const compiled = new Map()

function validator(place) {
  if (!compiled.has(place)) compiled.set(place, ajv.compile({ $ref: `api#${place}` }))
  return compiled.get(place)
}

const escape = (part) => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1'))

// Literal segments win over {parameters}, as in the server.
const templates = Object.keys(document.paths).map((path) => ({
  path,
  parts: path.split('/'),
  weight: path.split('/').map((part) => (part.startsWith('{') ? '1' : '0')).join('')
})).sort((a, b) => (a.weight < b.weight ? -1 : 1))

export function template(path) {
  const parts = path.split('?')[0].split('/')
  return templates.find((t) => t.parts.length === parts.length &&
    t.parts.every((part, i) => part.startsWith('{') ? parts[i] !== '' : part === parts[i]))?.path
}

// The place of a response in the document, after its $ref.
function placeOf(path, method, status) {
  const given = document.paths[path]?.[method]?.responses?.[status]
  if (!given) return null
  if (given.$ref) return given.$ref.slice(1)
  return `/paths/${escape(path)}/${method}/responses/${escape(String(status))}`
}

function checkBody(answer, place) {
  const type = (answer.headers['content-type'] ?? '').split(';')[0]
  const content = resolve({ $ref: `#${decodeURIComponent(place)}` }).content
  if (!content) return answer.text === '' ? null : `no body is documented, ${answer.text.length} bytes came`
  if (!content[type]) return `content type ${type} is not documented`
  if (!content[type].schema) return null
  const check = validator(`${place}/content/${escape(type)}/schema`)
  const value = type.endsWith('json') ? answer.json : answer.text
  if (check(value)) return null
  return `${ajv.errorsText(check.errors)} in ${answer.text.slice(0, 400)}`
}

const problem = () => validator('/components/schemas/Problem')

// What every answer owes, wherever it comes from.
function checkAlways(answer) {
  if (!/^req_[0-9a-f]+$/.test(answer.headers['x-request-id'] ?? '')) return 'no X-Request-Id'
  if (answer.headers['cache-control'] !== 'no-store') return 'not Cache-Control: no-store'
  if (answer.headers['x-content-type-options'] !== 'nosniff') return 'not nosniff'
  if (answer.status === 503 && !(Number(answer.headers['retry-after']) > 0)) return 'no Retry-After'
  if (answer.status >= 400 && answer.json?.status !== answer.status) return 'status differs in the body'
  if (answer.status >= 400 && answer.json?.request_id !== answer.headers['x-request-id'])
    return 'request_id differs'
  return null
}

// A path or method beside the contract (404, 405): still a problem.
function checkOutside(answer) {
  if (answer.headers['content-type'] !== 'application/problem+json') return 'not a problem'
  return problem()(answer.json) ? null : ajv.errorsText(problem().errors)
}

// null, or what is wrong with it.  outside: the test asks beside the contract on purpose.
export function judge(request, answer, outside) {
  const always = checkAlways(answer)
  if (always || outside) return always ?? checkOutside(answer)
  const method = request.method === 'HEAD' ? 'get' : request.method.toLowerCase()
  const path = template(request.path)
  if (!path || !document.paths[path][method]) return `${request.method} ${request.path} is not documented`
  const place = placeOf(path, method, answer.status)
  if (!place) return `status ${answer.status} is not documented: ${answer.text.slice(0, 300)}`
  return request.method === 'HEAD' ? null : checkBody(answer, place)
}
