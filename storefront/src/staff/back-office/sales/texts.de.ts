/** What the navigation says of what is bought, in German. */
export const de = {
  "navigation.label": "Was gekauft wird",
  "orders.title": "Bestellungen",
  "orders.says": "Finden, versenden, zustellen, stornieren, erstatten; über Rücksendungen entscheiden",
  "promotions.title": "Aktionen",
  "promotions.says": "Rabatte ohne Code, zuerst an einem Warenkorb ausprobiert",
  "coupons.title": "Gutscheine",
  "coupons.says": "Rabatte mit Code, Einzelcodes in Mengen",
  "webhooks.title": "Webhooks",
  "webhooks.says": "Wer erfährt, was mit Bestellungen geschieht, und wie das ausging",
  "privacy.title": "Datenschutz",
  "privacy.says": "Was von einem Kunden gespeichert ist, und seine Löschung",
}
