// FORMAT FILE → JSON on standard output: what citation-js makes of every entry.
import { createRequire } from 'node:module'
import { readFileSync } from 'node:fs'

const require = createRequire(process.env.BIBKIT_NODE_MODULES + '/')
const { Cite } = require('@citation-js/core')
require('@citation-js/plugin-bibtex')
require('@citation-js/plugin-csl')

const [format, path] = process.argv.slice(2)
const text = readFileSync(path, 'utf8')
const input = format === 'csl-json' ? JSON.parse(text) : text
const forceType = format === 'csl-json' ? '@csl/list+object' : `@${format}/text`
console.log(JSON.stringify(new Cite(input, { forceType, generateGraph: false }).data))
