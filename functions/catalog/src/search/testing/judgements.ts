/** What a shopper who typed a query wants to see: slugs by grade. 3: exactly this, 2: this too, 1: well, maybe. */
export type Judgement = {
  readonly query: string
  readonly language?: "de"
  readonly grades: Readonly<Partial<Record<1 | 2 | 3, readonly string[]>>>
}

const OVER_EAR = [
  "aurelo-studio-one-over-ear-headphones",
  "aurelo-studio-two-wired-headphones",
  "velto-beat-2-bluetooth-headphones",
  "velto-kids-headphones",
]
const EARBUDS = [
  "aurelo-buds-3-true-wireless-earbuds",
  "velto-mini-earbuds",
  "pacer-sport-earbuds-with-ear-hooks",
  "aurelo-line-in-ear-monitors-wired",
]
const LAPTOPS = [
  "kestrel-swift-14-laptop",
  "kestrel-forge-16-gaming-laptop",
  "nimbus-school-11-chromebook",
  "kestrel-bend-13-convertible-laptop",
]
const NIMBUS_PHONES = ["nimbus-aero-5-smartphone", "nimbus-aero-5-pro-smartphone"]
const SMARTPHONES = [
  ...NIMBUS_PHONES,
  "velto-one-budget-smartphone",
  "tarn-r2-rugged-smartphone",
  "iphone-x",
  "samsung-10",
  "huawei-plus",
  "xiaomi-mi-9",
  "htc-u11-plus",
  "lg-g7-thinq",
]
const RUNNING_SHOES = [
  "pacer-glide-road-running-shoes",
  "pacer-ridge-trail-running-shoes",
  "pacer-bolt-carbon-racing-shoes",
]
const TVS = ["lumora-canvas-55-oled-tv", "lumora-bright-65-qled-tv", "velto-32-hd-tv"]
const VACUUMS = [
  "halden-sweep-cordless-vacuum-cleaner",
  "halden-rover-robot-vacuum-and-mop",
  "halden-classic-bagged-vacuum-cleaner",
]
const FRIDGES = ["halden-frost-fridge-freezer-340-l", "halden-mini-fridge-45-l"]
const KETTLES = ["halden-pour-electric-kettle-1-7-l", "halden-gooseneck-kettle-0-9-l"]
const COFFEE_MACHINES = [
  "caffetta-uno-espresso-machine",
  "caffetta-barista-7-fully-automatic-coffee-machine",
  "caffetta-drip-filter-coffee-maker",
]
const BIKES = [
  "strada-city-bike-7-speed",
  "strada-volt-e-bike",
  "strada-gravel-bike-carbon",
  "strada-cub-kids-bike-20-inch",
]
const BIKE_GEAR = [
  "strada-aero-bike-helmet",
  "strada-beam-bike-light-set",
  "strada-guard-folding-lock",
  "strada-floor-bicycle-pump",
]
const TENTS = ["fjellro-ultralight-tent-for-2", "fjellro-family-tent-for-4"]
const MIRRORLESS = ["optara-m5-mirrorless-camera", "optara-m9-full-frame-mirrorless-camera"]
const LENSES = [
  "optara-50-mm-f-1-8-lens",
  "optara-70-200-mm-f-4-telephoto-zoom-lens",
  "optara-16-mm-f-2-8-wide-angle-lens",
]
const MONITORS = [
  "lumora-vista-27-4k-monitor",
  "lumora-arc-34-curved-ultrawide-monitor",
  "kestrel-office-24-full-hd-monitor",
]
const MICE = ["kestrel-glide-wireless-mouse", "kestrel-upright-ergonomic-mouse", "kestrel-viper-gaming-mouse"]
const SOFAS = ["nordvik-haven-3-seat-sofa", "nordvik-haven-sofa-bed"]
const COOKBOOKS = ["vegetables-first", "bread-from-nothing"]
const CHILDRENS_BOOKS = ["the-moon-is-late", "dinosaurs-on-my-street"]

/** 60 queries on the seed catalogue, written before the search was tuned. */
export const judgements: readonly Judgement[] = [
  // A type, in singular and plural.
  { query: "headphones", grades: { 3: OVER_EAR, 2: [...EARBUDS, "aurelo-arena-7-gaming-headset"] } },
  { query: "laptop", grades: { 3: LAPTOPS, 1: ["fjellro-metro-22-laptop-backpack"] } },
  { query: "kettle", grades: { 3: KETTLES } },
  { query: "tents", grades: { 3: TENTS } },
  { query: "running shoes", grades: { 3: RUNNING_SHOES } },
  { query: "monitor", grades: { 3: MONITORS, 1: ["aurelo-line-in-ear-monitors-wired"] } },
  { query: "bike", grades: { 3: BIKES, 1: BIKE_GEAR } },
  { query: "knives", grades: { 3: ["cinder-chefs-knife-20-cm", "cinder-knife-block-set-6-pieces"] } },
  { query: "lens", grades: { 3: LENSES } },
  { query: "mice", grades: { 3: MICE } },
  { query: "television", grades: { 3: TVS, 1: ["lumora-stream-stick-4k"] } },
  { query: "yoga mat", grades: { 3: ["pacer-cork-yoga-mat"] } },
  { query: "cookbook", grades: { 3: COOKBOOKS } },
  { query: "children's books", grades: { 3: CHILDRENS_BOOKS } },
  // What people call it otherwise.
  { query: "notebook computer", grades: { 3: LAPTOPS } },
  { query: "fridge", grades: { 3: FRIDGES } },
  { query: "refrigerator", grades: { 3: FRIDGES } },
  { query: "hoover", grades: { 3: VACUUMS } },
  { query: "sneakers", grades: { 3: RUNNING_SHOES } },
  { query: "couch", grades: { 3: SOFAS } },
  { query: "mobile phone", grades: { 3: SMARTPHONES, 2: ["velto-fold-senior-phone"] } },
  {
    query: "rucksack",
    grades: { 3: ["fjellro-trek-65-hiking-backpack", "fjellro-metro-22-laptop-backpack"] },
  },
  { query: "record player", grades: { 3: ["aurelo-revolve-turntable"] } },
  { query: "bicycle helmet", grades: { 3: ["strada-aero-bike-helmet"] } },
  { query: "electric bicycle", grades: { 3: ["strada-volt-e-bike"] } },
  { query: "skillet", grades: { 3: ["cinder-cast-iron-frying-pan"], 2: ["cinder-ceramic-non-stick-pan"] } },
  { query: "earphones", grades: { 3: EARBUDS } },
  {
    query: "torch",
    grades: {
      3: ["fjellro-owl-headlamp"],
      1: ["orbis-trail-gps-running-watch", "strada-beam-bike-light-set"],
    },
  },
  // A brand, and a brand with a type.
  { query: "iphone", grades: { 3: ["iphone-x"], 1: ["cobble-leather-case-for-iphone-x"] } },
  { query: "samsung phone", grades: { 3: ["samsung-10"] } },
  { query: "panasonic lumix", grades: { 3: ["panasonic-lumix"] } },
  {
    query: "nimbus tablet",
    grades: { 3: ["nimbus-slate-10-tablet", "nimbus-slate-12-pro-tablet"], 1: ["nimbus-page-e-reader"] },
  },
  {
    query: "aurelo speaker",
    grades: { 3: ["aurelo-boom-2-portable-bluetooth-speaker", "aurelo-shelf-6-bookshelf-speakers-pair"] },
  },
  { query: "halden vacuum", grades: { 3: VACUUMS } },
  {
    query: "nordvik chair",
    grades: {
      3: ["nordvik-ergo-office-chair", "nordvik-bow-dining-chair-set-of-2", "nordvik-lounge-armchair"],
    },
  },
  {
    query: "caffetta",
    grades: {
      3: [
        ...COFFEE_MACHINES,
        "caffetta-mola-burr-coffee-grinder",
        "caffetta-glass-french-press-1-l",
        "caffetta-nuvola-milk-frother",
      ],
    },
  },
  // What it can do or is made of.
  {
    query: "noise cancelling headphones",
    grades: { 3: ["aurelo-studio-one-over-ear-headphones"], 2: ["aurelo-buds-3-true-wireless-earbuds"] },
  },
  {
    query: "wireless earbuds",
    grades: {
      3: ["aurelo-buds-3-true-wireless-earbuds", "velto-mini-earbuds", "pacer-sport-earbuds-with-ear-hooks"],
    },
  },
  {
    query: "waterproof speaker",
    grades: { 3: ["aurelo-boom-2-portable-bluetooth-speaker", "velto-pebble-mini-speaker"] },
  },
  { query: "gaming mouse", grades: { 3: ["kestrel-viper-gaming-mouse"] } },
  { query: "4k monitor", grades: { 3: ["lumora-vista-27-4k-monitor"] } },
  { query: "oled tv", grades: { 3: ["lumora-canvas-55-oled-tv"] } },
  {
    query: "cast iron pan",
    grades: { 3: ["cinder-cast-iron-frying-pan"], 1: ["cinder-enamelled-dutch-oven-5-l"] },
  },
  {
    query: "ergonomic office chair",
    grades: { 3: ["nordvik-ergo-office-chair"] },
  },
  { query: "red stand mixer", grades: { 3: ["halden-whisk-stand-mixer"] } },
  {
    query: "usb-c charger",
    grades: { 3: ["cobble-65-w-usb-c-charger"], 1: ["cobble-braided-usb-c-cable-2-m"] },
  },
  { query: "merino t-shirt", grades: { 3: ["pacer-merino-running-t-shirt"] } },
  { query: "science fiction", grades: { 3: ["red-dust-rising"] } },
  { query: "book about postgresql", grades: { 3: ["a-year-with-postgresql"] } },
  { query: "phone for seniors with big buttons", grades: { 3: ["velto-fold-senior-phone"] } },
  // Typed in haste.
  { query: "hedphones", grades: { 3: OVER_EAR, 2: [...EARBUDS, "aurelo-arena-7-gaming-headset"] } },
  {
    query: "expresso machine",
    grades: {
      3: ["caffetta-uno-espresso-machine"],
      2: ["caffetta-barista-7-fully-automatic-coffee-machine"],
    },
  },
  { query: "mirorless camera", grades: { 3: MIRRORLESS } },
  {
    query: "blutooth speaker",
    grades: { 3: ["aurelo-boom-2-portable-bluetooth-speaker", "velto-pebble-mini-speaker"] },
  },
  { query: "vaccum cleaner", grades: { 3: VACUUMS } },
  { query: "refridgerator", grades: { 3: FRIDGES } },
  // In German.
  {
    query: "Kopfhörer",
    language: "de",
    grades: { 3: OVER_EAR, 2: [...EARBUDS, "aurelo-arena-7-gaming-headset"] },
  },
  { query: "Wasserkocher", language: "de", grades: { 3: KETTLES } },
  { query: "Staubsauger", language: "de", grades: { 3: VACUUMS } },
  { query: "Laufschuhe", language: "de", grades: { 3: RUNNING_SHOES } },
]
