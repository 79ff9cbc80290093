// Preloaded into a foreign Node program that stops at SIGINT alone (Azurite): when the launcher goes, which shows
// as the end of stdin, or asks with SIGTERM, the program sees the SIGINT that it knows.
const interrupt = () => process.emit("SIGINT")

process.stdin.once("end", interrupt).once("error", interrupt).resume()
// The program ends when it has nothing left to do; waiting for the launcher is not something to do.
const stdin = process.stdin as NodeJS.ReadStream & { unref?: () => void }
stdin.unref?.()
process.once("SIGTERM", interrupt)
