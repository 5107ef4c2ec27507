#include "lab/job_make.h"

#include "base/text.h"

#define FIXED 68 /* bytes before what differs in length */
#define STATUS_NEVER_RUN 0x00041303
#define FLAGS_AT 0x00200001 /* of AT: it may talk to the user, and goes when done */
#define PRIORITY_NORMAL 0x00000020
#define RUN_MOST_MS 259200000 /* 72 hours */
#define TRIGGER_ONCE 0
#define TRIGGER_MONTHLY 3 /* by days: what AT makes of every day */
#define ALL_DAYS 0x7FFFFFFF
#define ALL_MONTHS 0x0FFF

static void
put_string(struct buf *out, const char *text)
{
	size_t at = out->len;

	buf_le16(out, 0);
	if (!text || !*text)
		return;
	buf_utf16(out, text);
	buf_le16(out, 0);
	buf_patch_le16(out, at, (uint16_t)((out->len - at - 2) / 2));
}

static void
put_trigger(struct buf *out, const struct job_order *job)
{
	buf_le16(out, 1);
	buf_le16(out, 48);
	buf_le16(out, 0);
	buf_le16(out, job->year);
	buf_le16(out, 1);
	buf_le16(out, 1);
	buf_zero(out, 6); /* it never ends */
	buf_le16(out, job->hour);
	buf_le16(out, job->minute);
	buf_zero(out, 12); /* no repetition, no flags */
	buf_le32(out, job->every_day ? TRIGGER_MONTHLY : TRIGGER_ONCE);
	if (job->every_day) {
		buf_le32(out, ALL_DAYS);
		buf_le16(out, ALL_MONTHS);
	} else {
		buf_zero(out, 6);
	}
	buf_zero(out, 6);
}

void
job_make(struct buf *out, const struct job_order *job)
{
	size_t start = out->len;
	size_t triggers_at = start + 22;

	buf_le16(out, job->product);
	buf_le16(out, 1);
	buf_le64(out, job->id);
	buf_le64(out, ~job->id);
	buf_le16(out, 0x46);
	buf_le16(out, 0);
	buf_le16(out, 0); /* no retries */
	buf_le16(out, 0);
	buf_le16(out, 60); /* idle: waits, then gives up */
	buf_le16(out, 10);
	buf_le32(out, PRIORITY_NORMAL);
	buf_le32(out, RUN_MOST_MS);
	buf_le32(out, 0);
	buf_le32(out, STATUS_NEVER_RUN);
	buf_le32(out, FLAGS_AT);
	buf_zero(out, start + FIXED - out->len);
	buf_le16(out, 0); /* running now: none */
	put_string(out, job->application);
	put_string(out, job->parameters);
	put_string(out, job->folder);
	put_string(out, job->author);
	put_string(out, job->comment);
	buf_le16(out, 0); /* user data */
	buf_le16(out, 8);
	buf_zero(out, 8);
	buf_patch_le16(out, triggers_at, (uint16_t)(out->len - start));
	put_trigger(out, job);
}
