import { StringDecoder } from 'node:string_decoder'
import sax from 'sax'

/** Names come without their namespace prefix. Entities other than XML's own five are errors, so that nothing can be unfolded. */
export type XmlHandler = {
  open?: (name: string, attributes: Record<string, string>) => void
  text?: (text: string) => void
  close?: (name: string) => void
}

/** Parses XML as its bytes come. Yields null after each chunk, so that the caller can take what the handler collected; an error ends it. */
export async function* readXml(bytes: AsyncIterable<Buffer>, handler: XmlHandler): AsyncGenerator<null | Error> {
  const parser = sax.parser(true, { xmlns: false, position: false })
  let failure: Error | null = null
  parser.onerror = (error) => {
    failure ??= error
  }
  parser.ondoctype = () => {
    failure ??= new Error('it has a document type definition')
  }
  parser.onopentag = ({ name, attributes }) => handler.open?.(localName(name), attributes as Record<string, string>)
  parser.ontext = (text) => handler.text?.(text)
  parser.oncdata = (text) => handler.text?.(text)
  parser.onclosetag = (name) => handler.close?.(localName(name))
  const decoder = new StringDecoder('utf8')
  for await (const chunk of bytes) {
    parser.write(decoder.write(chunk))
    if (failure) break
    yield null
  }
  if (!failure) parser.close()
  yield failure
}

const localName = (name: string) => name.slice(name.indexOf(':') + 1)
