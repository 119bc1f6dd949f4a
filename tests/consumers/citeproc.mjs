// FILE.json (CSL-JSON) → JSON on standard output: authors and titles as citeproc-js prints them.
import { createRequire } from 'node:module'
import { readFileSync } from 'node:fs'

const require = createRequire(process.env.BIBKIT_NODE_MODULES + '/')
const CSL = require('citeproc')

const locale = `<locale xmlns="http://purl.org/net/xbiblio/csl" version="1.0" xml:lang="en-US">
  <style-options punctuation-in-quote="true"/>
  <terms>
    <term name="open-quote">“</term><term name="close-quote">”</term>
    <term name="open-inner-quote">‘</term><term name="close-inner-quote">’</term>
    <term name="et-al">et al.</term><term name="and">and</term><term name="page-range-delimiter">–</term>
  </terms>
</locale>`
const style = (part) => `<style xmlns="http://purl.org/net/xbiblio/csl" class="in-text" version="1.0" demote-non-dropping-particle="never">
  <info><title>one part</title><id>one-part</id><updated>2026-01-01T00:00:00+00:00</updated></info>
  <citation><layout><text variable="citation-number"/></layout></citation>
  <bibliography><layout>${part}</layout></bibliography>
</style>`
const parts = {
  title: '<text variable="title"/>',
  author: '<names variable="author"><name name-as-sort-order="all" sort-separator=" | " delimiter=" ;; " delimiter-precedes-last="always"/></names>',
}

const items = new Map(JSON.parse(readFileSync(process.argv[2], 'utf8')).map((item) => [item.id, item]))
const printed = {}
for (const [name, part] of Object.entries(parts)) {
  const sys = { retrieveLocale: () => locale, retrieveItem: (id) => items.get(id) }
  const engine = new CSL.Engine(sys, style(part))
  engine.setOutputFormat('text')
  engine.updateItems([...items.keys()])
  const [{ entry_ids, bibliography_errors }, texts] = engine.makeBibliography()
  printed[name] = Object.fromEntries(entry_ids.map(([id], place) => [id, texts[place].trimEnd()]))
  printed.errors = [...(printed.errors ?? []), ...bibliography_errors]
}
console.log(JSON.stringify(printed))
