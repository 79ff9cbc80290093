import { seedProducts } from "../seed.ts"
import { seedId } from "./categories.ts"
import { audio } from "./items/audio.ts"
import { books } from "./items/books.ts"
import { camerasAndVideo } from "./items/cameras-video.ts"
import { computing } from "./items/computing.ts"
import { home } from "./items/home.ts"
import { kitchen } from "./items/kitchen.ts"
import { phones } from "./items/phones.ts"
import { sports } from "./items/sports.ts"
import { type SeedProduct, seedProduct } from "./seed-product.ts"

/** All that the shop sells at the beginning. New files, and new items in them, come last: ids are made of their places. */
export const seedCatalogue: readonly SeedProduct[] = [
  ...seedProducts,
  ...[phones, audio, computing, camerasAndVideo, kitchen, home, sports, books].flatMap((items, file) =>
    items.map((item, number) => seedProduct(item, seedId(file + 1, number + 1))),
  ),
]
