#include "format/job.h"

#define STRINGS_AT 70 /* the end of what has a fixed length */
#define TRIGGER_SIZE 48
#define SIGNATURE_SIZE 68

/* SYSTEMTIME; *any says whether it is a time at all. */
static struct job_time
system_time(struct span *s, bool *any)
{
	struct job_time t = { 0 };

	t.year = span_le16(s);
	t.month = span_le16(s);
	(void)span_le16(s); /* day of the week */
	t.day = span_le16(s);
	t.hour = span_le16(s);
	t.minute = span_le16(s);
	t.second = span_le16(s);
	(void)span_le16(s); /* milliseconds */
	*any = t.year != 0;
	return t;
}

/* Counted in units with the closing zero, which must be there; 0 is none. */
static struct span
counted_string(struct span *s, bool *odd)
{
	size_t units = span_le16(s);

	if (units == 0)
		return span_at(*s, 0, 0);
	struct span text = span_cut(s, 2 * (units - 1));
	if (span_le16(s) != 0)
		*odd = true;
	return text;
}

static void
read_trigger(struct span s, struct job_trigger *out)
{
	(void)span_cut(&s, 4); /* its size, reserved */
	out->begins.year = span_le16(&s);
	out->begins.month = span_le16(&s);
	out->begins.day = span_le16(&s);
	(void)span_cut(&s, 6); /* the day on which it ends */
	out->begins.hour = span_le16(&s);
	out->begins.minute = span_le16(&s);
	out->duration = span_le32(&s);
	out->interval = span_le32(&s);
	(void)span_le32(&s); /* flags */
	out->rhythm = span_le32(&s);
}

static enum heard
read_triggers(struct span file, size_t at, struct job *out)
{
	struct span s = file;

	(void)span_cut(&s, at);
	out->trigger_count = span_le16(&s);
	if (out->trigger_count > JOB_TRIGGERS_MOST)
		return HEARD_ODD;
	for (size_t i = 0; i < out->trigger_count; i++) {
		struct span trigger = span_cut(&s, TRIGGER_SIZE);
		struct span size = trigger;

		if (trigger.bad)
			return HEARD_SHORT;
		if (span_le16(&size) != TRIGGER_SIZE)
			return HEARD_ODD;
		if (i == 0)
			read_trigger(trigger, &out->trigger);
	}
	if (s.bad || (s.left > 0 && s.left < SIGNATURE_SIZE))
		return HEARD_SHORT;
	return HEARD;
}

enum heard
job_read(struct span file, struct job *out)
{
	struct span s = file;
	bool odd = file.left > JOB_BYTES_MOST;

	*out = (struct job){ .product = span_le16(&s) };
	uint16_t version = span_le16(&s);
	(void)span_cut(&s, 16); /* the job's GUID */
	uint16_t strings_at = span_le16(&s);
	uint16_t triggers_at = span_le16(&s);
	(void)span_cut(&s, 28); /* retries, waiting times, priority, status, flags */
	out->last_run = system_time(&s, &out->has_run);
	(void)span_le16(&s); /* running instances */
	if (s.bad)
		return HEARD_SHORT;
	if (version != 1 || strings_at != STRINGS_AT || triggers_at < STRINGS_AT)
		return HEARD_ODD;

	out->application = counted_string(&s, &odd);
	out->parameters = counted_string(&s, &odd);
	out->folder = counted_string(&s, &odd);
	out->author = counted_string(&s, &odd);
	out->comment = counted_string(&s, &odd);
	uint16_t users_own = span_le16(&s);
	(void)span_cut(&s, users_own);
	uint16_t reserved = span_le16(&s);
	(void)span_cut(&s, reserved);
	if (s.bad)
		return HEARD_SHORT;
	return odd ? HEARD_ODD : read_triggers(file, triggers_at, out);
}
