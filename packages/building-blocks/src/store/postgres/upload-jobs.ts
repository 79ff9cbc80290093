import type pg from "pg"
import type { UploadJob, UploadJobs } from "../../uploads/upload-jobs.ts"
import { inTransaction } from "./pool.ts"

/** So many of a job's errors are kept. */
const MOST_ERRORS = 100
const MOST_FAILURES = 5

/** Uploads as a PostgreSQL table. */
export const postgresUploadJobs = (pool: pg.Pool): UploadJobs => ({
  async add(tx, { id, kind, caller, content, lines, createdAt }) {
    await inTransaction(tx).query(
      `INSERT INTO upload_job (id, kind, caller, content, lines, created_at) VALUES ($1, $2, $3, $4, $5, $6)`,
      [id, kind, caller, content, lines, createdAt],
    )
  },

  async find(kind, id) {
    const { rows } = await pool.query<UploadJob>(
      `SELECT id, kind, caller, status, lines, position, taken, failed, errors, created_at AS "createdAt"
       FROM upload_job WHERE kind = $1 AND id = $2`,
      [kind, id],
    )
    return rows[0]
  },

  async lease(kind, seconds) {
    const { rows } = await pool.query<{ id: string; position: number; content: Buffer }>(
      `UPDATE upload_job SET status = 'running', leased_until = now() + make_interval(secs => $2)
       WHERE id = (SELECT id FROM upload_job
                   WHERE kind = $1 AND status IN ('waiting', 'running') AND leased_until < now()
                   ORDER BY created_at, id LIMIT 1 FOR UPDATE SKIP LOCKED)
       RETURNING id, position, content`,
      [kind, seconds],
    )
    return rows[0]
  },

  async advance(tx, id, { from, to, taken, errors }, seconds) {
    const { rowCount } = await inTransaction(tx).query(
      `UPDATE upload_job SET position = $3, taken = taken + $4, failed = failed + $5, failures = 0,
              errors = CASE WHEN jsonb_array_length(errors) >= $7 THEN errors
                            ELSE jsonb_path_query_array(errors || $6::jsonb, '$[0 to ${MOST_ERRORS - 1}]') END,
              status = CASE WHEN $3 = lines THEN 'done' ELSE status END,
              content = CASE WHEN $3 = lines THEN NULL ELSE content END,
              leased_until = now() + make_interval(secs => $8)
       WHERE id = $1 AND position = $2 AND status = 'running'`,
      [id, from, to, taken, errors.length, JSON.stringify(errors), MOST_ERRORS, seconds],
    )
    return rowCount === 1
  },

  async release(id, failed) {
    await pool.query(
      `UPDATE upload_job SET leased_until = '-infinity', failures = failures + $2,
              status = CASE WHEN failures + $2 >= $3 THEN 'failed' ELSE status END,
              content = CASE WHEN failures + $2 >= $3 THEN NULL ELSE content END
       WHERE id = $1 AND status = 'running'`,
      [id, failed ? 1 : 0, MOST_FAILURES],
    )
  },
})
