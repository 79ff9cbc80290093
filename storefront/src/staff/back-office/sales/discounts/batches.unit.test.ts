import { expect, test } from "vitest"
import { csvOf } from "./batches.ts"

test("codes become a table with who has used them", () => {
  expect(
    csvOf([
      { code: "SUMMER-7K2M9QPWXA", batchId: "b1", usedBy: null },
      { code: "SUMMER-AAAAAAAAAA", batchId: "b2", usedBy: "o1" },
    ]),
  ).toBe("code,batch,order\r\nSUMMER-7K2M9QPWXA,b1,\r\nSUMMER-AAAAAAAAAA,b2,o1\r\n")
})
