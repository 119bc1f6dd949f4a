// FILE.bib → JSON on standard output: what Better BibTeX's parser makes of every entry.
import { readFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'

// By its path: only `require` looks for packages in any folder, and this package cannot be required.
const parser = process.env.BIBKIT_NODE_MODULES + '/@retorquere/bibtex-parser/dist/esm/index.js'
const { parse } = await import(pathToFileURL(parser))

// Titles stay as they were written: where sentence case would start is Better BibTeX's guess.
const { errors, entries } = parse(readFileSync(process.argv[2], 'utf8'), { sentenceCase: false })
console.log(JSON.stringify({ errors, entries }))
