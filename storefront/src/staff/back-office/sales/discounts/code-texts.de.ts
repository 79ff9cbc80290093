/** What the list of a coupon's unique codes says in German. */
export const de = {
  title: "Einzelcodes",
  none: "Es wurden noch keine Codes verlangt; ohne sie kann niemand den Gutschein einlösen.",
  count: "Wie viele neue Codes",
  add: "Erzeugen",
  "column.asked": "Verlangt",
  "column.count": "Codes",
  "column.made": "Erzeugt",
  "column.file": "Datei",
  made: "{made} von {count}",
  download: "CSV herunterladen",
  reading: "{read} gelesen …",
}
