import { createHash } from "node:crypto"
import type pg from "pg"
import { idOfCaller } from "../../app/call.ts"
import type { LineResult, UploadJob, UploadJobs } from "../../uploads/upload-jobs.ts"
import { afterCommit } from "../transaction.ts"
import { inTransaction } from "./pool.ts"

const MOST_FAILURES = 5

const jobs = `
  SELECT id, kind, caller, status, parts, received, lines, position, taken, refused, created_at AS "createdAt"
  FROM upload_job`

/** Uploads as PostgreSQL tables. @param complete hears that the last part of one has come */
export const postgresUploadJobs = (pool: pg.Pool, complete: () => void = () => {}): UploadJobs => ({
  async add(tx, { id, kind, caller, parts, createdAt }) {
    await inTransaction(tx).query(
      "INSERT INTO upload_job (id, kind, caller, parts, created_at) VALUES ($1, $2, $3, $4, $5)",
      [id, kind, JSON.stringify(caller), parts, createdAt],
    )
  },

  async find(kind, id) {
    const { rows } = await pool.query<UploadJob>(`${jobs} WHERE kind = $1 AND id = $2`, [kind, id])
    return rows[0]
  },

  async list(kind, { after, limit, of }) {
    const { rows } = await pool.query<UploadJob>(
      `${jobs} WHERE kind = $1 AND ($2::timestamptz IS NULL OR (created_at, id) < ($2, $3::uuid))
                 AND ($4::text IS NULL OR (caller->>'kind', caller->>'id') = ($4, $5))
       ORDER BY created_at DESC, id DESC LIMIT $6`,
      [
        kind,
        after?.createdAt ?? null,
        after?.id ?? null,
        of?.kind ?? null,
        of && (idOfCaller(of) ?? null),
        limit,
      ],
    )
    return rows
  },

  async putPart(tx, id, { number, lines, content }) {
    const connection = inTransaction(tx)
    const hash = createHash("sha256").update(content).digest()
    // Parts that come at once are counted one after the other.
    const { rows } = await connection.query<{ isOpen: boolean }>(
      `SELECT status = 'open' AS "isOpen" FROM upload_job WHERE id = $1 FOR UPDATE`,
      [id],
    )
    if (!rows[0]?.isOpen) {
      const same = await connection.query(
        "SELECT FROM upload_part WHERE job_id = $1 AND number = $2 AND hash = $3",
        [id, number, hash],
      )
      return same.rowCount === 1
    }
    await connection.query(
      `INSERT INTO upload_part (job_id, number, lines, hash, content) VALUES ($1, $2, $3, $4, $5)
       ON CONFLICT (job_id, number) DO UPDATE
       SET lines = excluded.lines, hash = excluded.hash, content = excluded.content`,
      [id, number, lines, hash, content],
    )
    const { rows: counted } = await connection.query<{ isComplete: boolean }>(
      `UPDATE upload_job SET lines = part.lines, received = part.count,
                             status = CASE WHEN part.count = parts THEN 'waiting' ELSE 'open' END
       FROM (SELECT count(*), sum(lines) AS lines FROM upload_part WHERE job_id = $1) AS part WHERE id = $1
       RETURNING status = 'waiting' AS "isComplete"`,
      [id],
    )
    if (counted[0]?.isComplete) afterCommit(tx, complete)
    return true
  },

  async lease(kind, seconds) {
    const { rows } = await pool.query<Pick<UploadJob, "id" | "position" | "caller">>(
      `UPDATE upload_job SET status = 'running', leased_until = now() + make_interval(secs => $2)
       WHERE id = (SELECT id FROM upload_job
                   WHERE kind = $1 AND status IN ('waiting', 'running') AND leased_until < now()
                   ORDER BY created_at, id LIMIT 1 FOR UPDATE SKIP LOCKED)
       RETURNING id, position, caller`,
      [kind, seconds],
    )
    return rows[0]
  },

  async partAt(id, position) {
    const { rows } = await pool.query<{ first: number; content: Buffer }>(
      `SELECT first, content
       FROM (SELECT number, lines, (sum(lines) OVER (ORDER BY number) - lines)::int AS first
             FROM upload_part WHERE job_id = $1) AS place
       JOIN upload_part USING (number)
       WHERE job_id = $1 AND $2 >= first AND $2 < first + place.lines`,
      [id, position],
    )
    return rows[0]
  },

  async advance(tx, id, { from, to, results }, seconds) {
    const refused = results.filter(({ outcome }) => outcome === "refused").length
    const { rows } = await inTransaction(tx).query<{ isDone: boolean }>({
      name: "upload-advance",
      text: `WITH moved AS (
               UPDATE upload_job SET position = $3, taken = taken + $4, refused = refused + $5, failures = 0,
                                     status = CASE WHEN $3 = lines THEN 'done' ELSE status END,
                                     leased_until = now() + make_interval(secs => $7)
               WHERE id = $1 AND position = $2 AND status = 'running'
               RETURNING id, status = 'done' AS is_done
             ), told AS (
               INSERT INTO upload_result (job_id, line, outcome, code, detail, pointer)
               SELECT moved.id, result.*
               FROM moved, jsonb_to_recordset($6) AS result (line int, outcome text, code text, detail text, pointer text)
             )
             SELECT is_done AS "isDone" FROM moved`,
      values: [id, from, to, results.length - refused, refused, JSON.stringify(results), seconds],
    })
    if (rows[0]?.isDone)
      await inTransaction(tx).query("UPDATE upload_part SET content = NULL WHERE job_id = $1", [id])
    return rows.length === 1
  },

  async release(id, failed) {
    const { rows } = await pool.query<{ isGivenUp: boolean }>(
      `UPDATE upload_job SET leased_until = '-infinity', failures = failures + $2,
              status = CASE WHEN failures + $2 >= $3 THEN 'failed' ELSE status END
       WHERE id = $1 AND status = 'running' RETURNING status = 'failed' AS "isGivenUp"`,
      [id, failed ? 1 : 0, MOST_FAILURES],
    )
    if (rows[0]?.isGivenUp) await pool.query("UPDATE upload_part SET content = NULL WHERE job_id = $1", [id])
  },

  async results(id, { after, limit, outcome }) {
    const { rows } = await pool.query<{ result: LineResult }>(
      `SELECT jsonb_strip_nulls(jsonb_build_object('line', line, 'outcome', outcome, 'code', code, 'detail', detail,
                                                   'pointer', pointer)) AS result
       FROM upload_result WHERE job_id = $1 AND line > $2 AND ($4::text IS NULL OR outcome = $4)
       ORDER BY line LIMIT $3`,
      [id, after, limit, outcome ?? null],
    )
    return rows.map(({ result }) => result)
  },

  async forget(kind, before) {
    await pool.query(
      `DELETE FROM upload_job WHERE id = (SELECT id FROM upload_job WHERE kind = $1 AND created_at < $2
                                          ORDER BY created_at LIMIT 1 FOR UPDATE SKIP LOCKED)`,
      [kind, before],
    )
  },
})
