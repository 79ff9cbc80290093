import { moment } from "../../texts/format.ts"
import { inUtc } from "./local-time.ts"

/** An instant in the time zone of here; UTC when it is pointed at. */
export const Moment = ({ at }: { at: string }) => (
  <time dateTime={at} title={inUtc(at)}>
    {moment(at)}
  </time>
)
