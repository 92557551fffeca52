// lint.mjs -- is api/openapi.yaml complete and exact?
//
// Every operation says what it is, who may, and which refusals it has; every value has a type and a
// bound; every object is closed; and the lines of `regulars routes` are the operations, no more and
// no fewer, with the same permissions.  Each operation, schema and route is one check.
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { document, methods, resolve, root } from './contract.mjs'

const findings = []
let checks = 0
let place = ''
const wrong = (what) => findings.push(`${place}: ${what}`)
function check(where, body) {
  const before = findings.length
  place = where
  body()
  checks += 1
  return findings.length === before
}

// ---- values ----

const bounded = {
  string: (s) => s.maxLength !== undefined || s.enum || s.const !== undefined ||
    ['date', 'date-time', 'uuid'].includes(s.format),
  integer: (s) => (s.minimum !== undefined && s.maximum !== undefined) || s.enum || s.const !== undefined,
  number: (s) => s.minimum !== undefined && s.maximum !== undefined,
  array: (s) => s.maxItems !== undefined && s.items,
  object: (s) => s.additionalProperties !== undefined,
  boolean: () => true,
  null: () => true
}

function checkValue(schema, where) {
  if (schema === undefined) return wrong(`${where} has no schema`)
  if (schema === true || schema.$ref) {
    if (schema.$ref && !resolve(schema)) wrong(`${where}: ${schema.$ref} leads nowhere`)
    return
  }
  if (schema['x-any'] !== undefined) return          // any JSON: conditions, payloads; says why
  const several = schema.oneOf ?? schema.anyOf ?? schema.allOf
  if (several) return several.forEach((one, i) => checkValue(one, `${where}[${i}]`))
  if (schema.const !== undefined && !schema.type) return
  const types = [schema.type].flat()
  for (const type of types) {
    if (!bounded[type]) wrong(`${where} has no type`)
    else if (!bounded[type](schema)) wrong(`${where} is an ${type} without a bound`)
  }
  for (const [name, inner] of Object.entries(schema.properties ?? {})) checkValue(inner, `${where}/${name}`)
  for (const name of schema.required ?? [])
    if (!schema.properties?.[name]) wrong(`${where} requires ${name}, which it does not describe`)
  if (types.includes('array') && schema.items) checkValue(schema.items, `${where}/items`)
  if (typeof schema.additionalProperties === 'object')
    checkValue(schema.additionalProperties, `${where}/*`)
}

// ---- operations ----

function checkParameters(operation, path) {
  const list = [...(document.paths[path].parameters ?? []), ...(operation.parameters ?? [])].map(resolve)
  const inPath = [...path.matchAll(/\{([^}]+)\}/g)].map((m) => m[1])
  for (const p of list) {
    if (!p?.name) { wrong('a parameter leads nowhere'); continue }
    if (!p.description) wrong(`parameter ${p.name} has no description`)
    checkValue(p.schema, `parameter ${p.name}`)
    if (p.in === 'path' && !inPath.includes(p.name)) wrong(`parameter ${p.name} is not in the path`)
  }
  for (const name of inPath)
    if (!list.some((p) => p?.in === 'path' && p.name === name && p.required)) wrong(`{${name}} is not described`)
  return list
}

// The refusals that the way in gives, whatever the operation does.
function refusalsOf(operation, parameters, isPage) {
  if (isPage) return []
  const has = (name, required) => parameters.some((p) => p?.name === name && (!required || p.required))
  const list = ['500', '503']
  if (operation['x-permission'] !== 'public') list.push('401', '403')
  if (operation.requestBody) list.push('400', '413', '415')
  if (parameters.some((p) => p?.in === 'query')) list.push('400')
  if (parameters.some((p) => p?.in === 'path')) list.push('404')
  if (has('Idempotency-Key', true)) list.push('400', '410', '422')
  if (has('If-Match', false)) list.push('412')
  return [...new Set(list)]
}

function checkResponse(status, given) {
  const response = resolve(given)
  if (!response?.description) return wrong(`response ${status} has no description`)
  for (const [type, content] of Object.entries(response.content ?? {})) {
    if (Number(status) >= 400 && type !== 'application/problem+json') wrong(`response ${status} is no problem`)
    checkValue(content.schema, `response ${status}`)
  }
}

function checkOperation(operation, path, isPage) {
  for (const owed of ['operationId', 'summary', 'description', 'x-permission', 'tags'])
    if (!operation[owed]) wrong(`has no ${owed}`)
  if (!/^[a-z][A-Za-z0-9]+$/.test(operation.operationId ?? '')) wrong('its operationId is no name')
  if ((operation['x-permission'] === 'public') !== (operation.security?.length === 0))
    wrong('x-permission and security do not say the same')
  const parameters = checkParameters(operation, path)
  for (const [type, content] of Object.entries(resolve(operation.requestBody)?.content ?? {}))
    checkValue(content.schema, `request ${type}`)
  const responses = operation.responses ?? {}
  if (!Object.keys(responses).some((status) => status.startsWith('2') || status.startsWith('3')))
    wrong('has no answer')
  for (const [status, given] of Object.entries(responses)) checkResponse(status, given)
  for (const status of refusalsOf(operation, parameters, isPage))
    if (!responses[status]) wrong(`response ${status} is not documented`)
}

// ---- the program's own list ----

// GET /v1/stores store.read read - limit,cursor
function routes() {
  const program = process.env.REGULARS_BIN ?? join(root, 'build', 'debug', 'regulars')
  if (!existsSync(program)) throw new Error(`no program at ${program}`)
  const lines = execFileSync(program, ['routes'], { encoding: 'utf8' }).trim().split('\n')
  return lines.map((line) => {
    const [method, path, may, mode, key, query] = line.split(' ')
    return { method: method.toLowerCase(), path, may, mode, key, query: query === '-' ? [] : query.split(',') }
  })
}

function keyOf(path, operation) {
  const p = (operation.parameters ?? []).map(resolve).find((one) => one?.name === 'Idempotency-Key')
  return !p ? '-' : p.required ? 'required' : 'natural'
}

function checkRoute(route) {
  const operation = document.paths[route.path]?.[route.method]
  if (!operation) return wrong('is not documented')
  if (operation['x-permission'] !== route.may)
    wrong(`wants ${route.may}, documented is ${operation['x-permission']}`)
  const key = keyOf(route.path, operation)
  if (key !== route.key) wrong(`its Idempotency-Key is ${route.key}, documented is ${key}`)
  const told = (operation.parameters ?? []).map(resolve).filter((p) => p?.in === 'query').map((p) => p.name)
  const taken = route.query.filter((name) => !told.includes(name))
  const refused = told.filter((name) => !route.query.includes(name))
  if (taken.length > 0) wrong(`its query takes ${taken.join(', ')}, which is not documented`)
  if (refused.length > 0) wrong(`its query does not take ${refused.join(', ')}, which is documented`)
}

// ---- all of it ----

const served = routes()
const pages = new Set(served.filter((r) => r.mode === 'page').map((r) => r.path))
const ids = new Map()
for (const [path, item] of Object.entries(document.paths)) {
  for (const method of methods.filter((m) => item[m])) {
    const name = `${method.toUpperCase()} ${path}`
    check(name, () => {
      checkOperation(item[method], path, pages.has(path))
      const id = item[method].operationId
      if (ids.has(id)) wrong(`its operationId is also that of ${ids.get(id)}`)
      ids.set(id, name)
      if (!served.some((r) => r.path === path && r.method === method)) wrong('is not served')
    })
  }
}
for (const [name, schema] of Object.entries(document.components.schemas))
  check(`schema ${name}`, () => checkValue(schema, name))
for (const route of served) check(`route ${route.method.toUpperCase()} ${route.path}`, () => checkRoute(route))

for (const line of findings) console.log(line)
const failed = new Set(findings.map((line) => line.split(':')[0])).size
console.log(`openapi: ${checks - failed} passed, ${failed} failed`)
process.exit(failed === 0 ? 0 : 1)
