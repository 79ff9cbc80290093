/**
 * What the shop's refusals say in German, by the code of their problem; `{…}` are the problem's members. In English the
 * shop says it itself (`detail`), which also stands for what is missing here.
 */
export const refusals: Readonly<Record<string, string>> = {
  "request.invalid": "Die Angaben passen nicht zu dem, was erwartet wird.",
  "bulk.category-unknown": "Diese Kategorien gibt es nicht: {slugs}.",
  "product.unknown": "Dieses Produkt gibt es nicht.",
  "variant.unknown": "Diese Variante gibt es nicht.",
  "product.stale": "Das Produkt hat sich inzwischen geändert.",
  "product.invalid": "Das Produkt kann so nicht sein.",
  "product.discontinued": "Das Produkt ist eingestellt.",
  "slug.taken": "Die Adresse {slug} gehört schon zu einem anderen Produkt.",
  "sku.taken": "Diese SKUs gehören schon zu einem anderen Produkt: {skus}.",
  "product.category-unknown": "Eine der Kategorien gibt es nicht.",
  "variant.image-unknown": "Die Variante {sku} nennt ein Bild, das nicht zum Produkt gehört.",
  "product.unpriced": "Ohne Preis für alle kann es nicht veröffentlicht werden: {skus}.",
  "stock.below-reserved":
    "So wenig kann nicht da sein: {reserved} Stück sind für Bestellungen reserviert, vorhanden sind {onHand}.",
  "stock.beyond-count": "Mehr als {most} Stück lassen sich nicht zählen.",
  "location.unknown": "Dieses Lager gibt es nicht.",
  "location.limit": "Mehr als {most} Lager kann es nicht geben.",
  "price.over": "Dieser Preis endet, bevor er beginnt, oder ist schon vorbei.",
  "price.overlap":
    "Zwei Preise für dieselbe Währung, Kundengruppe und Menge gelten zur selben Zeit; einer muss in der Zeit des anderen liegen und weniger kosten.",
  "price.gross-and-net":
    "Die Preise einer Variante sind in einer Währung entweder alle brutto oder alle netto.",
  "price.missing": "Ein Stück von {sku} muss jederzeit einen Preis für alle haben; ab {from} hat es keinen.",
  "tax-rate.never-valid": "Dieser Satz endet, bevor er beginnt.",
  "tax-rate.overlap": "Zwei Sätze für denselben Bundesstaat und dieselbe Kategorie gelten zur selben Zeit.",
  "tax-rate.past":
    "Dieser Satz ist für eine Zeit, in der ein anderer galt, der vorbei ist und bleibt, wie er war.",
  "tax-rates.stale": "Die Steuersätze des Landes haben sich inzwischen geändert.",
  "category.unknown": "Diese Kategorie gibt es nicht.",
  "category.stale": "Die Kategorie hat sich inzwischen geändert.",
  "category.slug-taken": "Die Adresse {slug} gehört schon zu einer anderen Kategorie.",
  "category.parent-unknown": "Die Kategorie, unter der sie liegen soll, gibt es nicht.",
  "category.cycle": "Eine Kategorie kann nicht unter sich selbst liegen.",
  "category.too-deep": "So tief kann eine Kategorie nicht liegen.",
  "category.too-many": "Mehr Kategorien kann es nicht geben.",
  "shipping.unknown": "Diese Versandart gibt es nicht.",
  "shipping.changed": "Die Versandart hat sich inzwischen geändert.",
  "shipping.too-many": "Mehr Versandarten kann es nicht geben.",
  "coupon.exists": "Diesen Code gibt oder gab es schon.",
  "coupon.limit-fixed": "Die Grenze dieses Gutscheins steht fest.",
  "coupon.codes-fixed": "Ob ein Gutschein Einzelcodes hat, steht fest, sobald er angelegt ist.",
  "coupon.unknown": "Diesen Gutschein gibt es nicht.",
  "coupon.no-unique-codes": "Dieser Gutschein hat keine Einzelcodes.",
  "promotion.unknown": "Diese Aktion gibt es nicht.",
  "rule.stale": "Die Regel hat sich inzwischen geändert.",
  "rule.sort-order-taken": "Diesen Rang hat schon {by}.",
  "order.stale": "Die Bestellung hat sich inzwischen geändert.",
  "webhook.unknown": "Dieses Abonnement gibt es nicht.",
  "webhook.changed": "Das Abonnement hat sich inzwischen geändert.",
  "webhook.url-refused": "An diese Adresse wird nicht gesendet.",
  "webhook.too-many": "Mehr als {max} Abonnements kann es nicht geben.",
  "erasure.waits": "Die Löschung wartet, bis keine Bestellung mehr offen ist.",
  "saga.unknown": "Dieser Ablauf läuft nicht.",
  "saga.elsewhere": "Der Ablauf ist schon woanders.",
  "instance.unknown": "Diesen Ablauf gibt es nicht.",
  "instance.elsewhere": "Der Ablauf ist schon in einem anderen Zustand: {runtimeStatus}.",
}

/** What kinds of mistakes a member can have, by the code of zod's issue. */
export const kindsOfMistakes: Readonly<Record<string, string>> = {
  invalid_type: "Das fehlt oder ist nicht von der richtigen Art.",
  too_small: "Das ist zu klein, zu kurz oder zu wenig.",
  too_big: "Das ist zu groß, zu lang oder zu viel.",
  invalid_format: "Das sieht nicht so aus, wie es soll.",
  invalid_value: "Das ist keiner der erlaubten Werte.",
  not_multiple_of: "Das geht nicht ohne Rest auf.",
  unrecognized_keys: "Das kennt der Shop nicht.",
}
