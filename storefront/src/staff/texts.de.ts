/** The texts around the staff's pages in German. */
export const de = {
  "shell.skip": "Zum Inhalt springen",
  "shell.brand": "eShop Verwaltung",
  "shell.navigation": "Verwaltung",
  "shell.shop": "Zum Shop",
  "shell.language": "Sprache",
  "shell.menu": "Menü",
  "shell.sign-in": "Anmelden",
  "shell.sign-out": "Abmelden",
  "shell.offline":
    "Sie sind offline. Was Sie sehen, ist vielleicht nicht mehr aktuell; was Sie tun, wird gesendet, sobald die Verbindung wieder da ist.",
  "shell.sign-in-ended":
    "Ihre Anmeldung ist abgelaufen; gespeichert werden kann nichts. Was Sie getippt haben, steht noch hier. Wer sich wieder anmeldet, lädt die Seite neu: kopieren Sie es vorher.",
  "home.title": "Verwaltung",
  "home.says": "Das erlauben Ihnen Ihre Rollen: {roles}.",
  "home.nothing": "Ihr Konto hat keine Rolle; hier gibt es nichts für Sie zu tun.",
  "sign-in.title": "Verwaltung",
  "sign-in.says":
    "Diese Seiten sind für die Leute, die den Shop betreiben. Melden Sie sich an, um weiterzugehen.",
  "missing.title": "Nicht gefunden",
  "missing.says": "Unter dieser Adresse gibt es keine Seite.",
  "failed.title": "Das hat nicht geklappt",
  "failed.again": "Noch einmal versuchen",
  "problem.no-answer": "Der Shop antwortet nicht. Prüfen Sie die Verbindung; verloren ist nichts.",
  "problem.unknown": "In dieser Seite ist etwas schiefgegangen.",
  "problem.refused": "Der Shop hat das abgelehnt.",
  "problem.401": "Ihre Anmeldung ist abgelaufen. Melden Sie sich wieder an.",
  "problem.403": "Ihre Rollen erlauben das nicht.",
  "problem.412": "Jemand anderes hat es inzwischen geändert.",
  "problem.429": "Zu viele Anfragen. Warten Sie einen Augenblick.",
  "problem.503": "Ein Teil des Shops ist gerade nicht da. Versuchen Sie es bald wieder.",
  "problem.reference": "Kennung für den Betrieb: {reference}",
}
