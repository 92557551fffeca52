// subject.mjs -- the operations on which the tests of the door itself are made.
export const read = '/v1/units'                          // a GET that needs a permission
export const readMay = 'config.read'                     // that permission
export const write = '/v1/members'                       // a POST that needs an Idempotency-Key
export const writeMay = 'member.write'
export const body = (n) => ({ name: `Probe ${n}` })      // a valid body, different for each n
export const badField = '/nickname'                      // of no request
