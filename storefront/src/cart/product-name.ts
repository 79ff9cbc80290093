import { inLanguage } from "../texts/texts.ts"

type Named = {
  readonly name: string
  readonly translations?: Readonly<Record<string, string>> | undefined
}

/** A product's name in the shopper's language, where its merchant wrote one. */
export const productName = ({ name, translations }: Named): string =>
  inLanguage({ en: name, ...translations })
