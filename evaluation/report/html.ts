// Markup out of parts: whatever is put in is text, and stays text, unless it was made here.

/** Markup that is safe as it stands. */
export class Markup {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

type Part = Markup | string | number | undefined | readonly Part[]

export function escapeMarkup(text: string): string {
  return text
    .replace(/(?![\t\n\r])\p{Cc}/gu, '\ufffd')
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/"/g, '&quot;')
    .replace(/'/g, '&#39;')
}

/** A template whose parts are escaped, for elements and for attributes in quotes; `undefined` is nothing. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  return new Markup(strings.map((text, index) => text + render(parts[index])).join(''))
}

function render(part: Part): string {
  if (part === undefined) return ''
  if (part instanceof Markup) return part.text
  if (Array.isArray(part)) return part.map((one: Part) => render(one)).join('')
  return escapeMarkup(String(part))
}
