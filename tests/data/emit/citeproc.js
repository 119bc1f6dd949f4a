// Renders CSL-JSON items in a style with citeproc-js: node citeproc.js MODULES ITEMS STYLE
// MODULES is a node_modules folder with `citeproc` and, for its locales, `@citation-js/plugin-csl`.
const fs = require("fs")
const path = require("path")
const [modules, itemsFile, styleFile] = process.argv.slice(2)
const CSL = require(path.join(modules, "citeproc"))
const plugin = path.join(modules, "@citation-js", "plugin-csl", "lib")
const locales = JSON.parse(fs.readFileSync(path.join(plugin, "locales.json"), "utf8"))
const items = JSON.parse(fs.readFileSync(itemsFile, "utf8"))
const byId = new Map(items.map(item => [String(item.id), item]))
const style = styleFile.endsWith(".csl")
  ? fs.readFileSync(styleFile, "utf8")
  : JSON.parse(fs.readFileSync(path.join(plugin, "styles.json"), "utf8"))[styleFile]
const system = {
  retrieveLocale: name => locales[name] || locales["en-US"],
  retrieveItem: id => byId.get(String(id)),
}
const engine = new CSL.Engine(system, style, "en-US", true)
engine.setOutputFormat("text")
engine.updateItems(items.map(item => item.id))
const [head, texts] = engine.makeBibliography()
const rendered = head.entry_ids.map((ids, place) => [String(ids[0]), texts[place].trim()])
process.stdout.write(JSON.stringify({ style, rendered }))
