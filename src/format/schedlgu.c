#include "format/schedlgu.h"

#include <string.h>

#include "base/text.h"

#define LINE_ROOM 512

/* The next line as UTF-8, without its end; what is longer is cut. */
static bool
next_line(struct span *rest, char line[LINE_ROOM])
{
	struct span whole = *rest;

	if (rest->left < 2)
		return false;
	while (rest->left >= 2) {
		uint16_t unit = span_le16(rest);

		if (unit == '\n' || unit == '\r' || unit == 0)
			break;
	}
	struct span text = span_at(whole, 0, whole.left - rest->left);
	(void)text_from_utf16(text, line, LINE_ROOM);
	line[strcspn(line, "\r\n")] = '\0';
	return true;
}

static const char *
past_blanks(const char *text)
{
	return text + strspn(text, " \t");
}

bool
schedlgu_is_at_job(const char *name, const char *suffix)
{
	size_t digits = strspn(name + (text_begins(name, "At") ? 2 : 0), "0123456789");

	return text_begins(name, "At") && digits > 0 && digits < 8 &&
	       text_same(name + 2 + digits, suffix);
}

/* `"At1.job" (C:\WINDOWS\rundll32.exe)`: is it such a job with this program? */
static bool
names_job(const char *line, const char *program, char job[SCHEDLGU_TEXT_ROOM])
{
	char starts[LINE_ROOM];
	const char *end = line[0] == '"' ? strchr(line + 1, '"') : NULL;

	if (!end || end - line >= SCHEDLGU_TEXT_ROOM)
		return false;
	size_t len = (size_t)(end - line) - 1;
	memcpy(job, line + 1, len);
	job[len] = '\0';
	const char *open = past_blanks(end + 1);
	if (!schedlgu_is_at_job(job, ".job") || open[0] != '(')
		return false;
	(void)text_copy(starts, sizeof starts, open + 1);
	char *close = strrchr(starts, ')');
	if (!close)
		return false;
	*close = '\0';
	const char *folder = strrchr(starts, '\\');
	return text_same(folder ? folder + 1 : starts, program);
}

static bool
is_seam(const char *line)
{
	return line[0] == '[' && strstr(line, "*****");
}

enum heard
schedlgu_read(struct span file, const char *program, struct schedlgu *out)
{
	struct span rest = file;
	char line[LINE_ROOM];
	char job[SCHEDLGU_TEXT_ROOM];
	bool wants_time = false;
	bool is_past_seam = false;
	size_t older = 0; /* entries behind the seam */

	*out = (struct schedlgu){ .count = 0 };
	if (file.bad || file.left > SCHEDLGU_BYTES_MOST)
		return HEARD_ODD;
	if (file.left >= 2 && span_le16(&rest) != 0xFEFF)
		return HEARD_ODD;
	while (next_line(&rest, line)) {
		const char *text = past_blanks(line);

		if (is_seam(text)) {
			is_past_seam = true;
			wants_time = false;
		} else if (names_job(text, program, job)) {
			wants_time = true;
			out->count++;
			older += is_past_seam;
			/* Behind the seam stands what is oldest of all. */
			if (is_past_seam ? older == 1 : out->count == 1) {
				(void)text_copy(out->job, sizeof out->job, job);
				out->oldest[0] = '\0';
			}
		} else if (wants_time && text[0]) {
			wants_time = false;
			if (!out->oldest[0])
				(void)text_copy(out->oldest, sizeof out->oldest, text);
			if (!is_past_seam || out->count == older)
				(void)text_copy(out->newest, sizeof out->newest, text);
		}
	}
	return HEARD;
}
