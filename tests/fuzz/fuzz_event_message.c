/* The message of an event, whose number the first byte chooses: each text that comes
 * out is in its bounds, and stands in the message. */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "format/event_message.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void
put(struct event_text *t, enum event_part part, const char *text)
{
	event_text_put(t, part, NULL,
	               (struct event_value){ text, strlen(text), false });
}

/* Letters that are no UTF-8 are written in another way than they were. */
static void
check_text(struct span utf16, struct span message)
{
	char said[2048];

	if (utf16.bad || utf16.left > 1024)
		abort();
	size_t len = text_from_utf16(utf16, said, sizeof said) ? strlen(said) : 0;
	for (size_t i = 0; i < len; i++) {
		if ((unsigned char)said[i] >= 0x80)
			return;
	}
	if (len > 0 && span_find(message, said, len) == SIZE_MAX)
		abort();
}

static void
check(void *with, const struct log_event *e)
{
	const struct span *message = with;

	if (!log_event_is_wanted(e->provider, e->id))
		abort();
	for (size_t i = 0; i < LOG_TEXTS; i++)
		check_text(e->text[i], *message);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	static const char *const numbers[] = { "529",  "4624", "4625", "4648", "4740",
		                               "4768", "4771", "4776", "4698", "602" };
	static const char *const old[] = { "537", "644", "672", "675", "680" };
	struct span message = span_of(bytes, len);
	uint8_t which = span_u8(&message);
	struct log_tally tally = { 0 };

	if (message.bad)
		return 0;
	const char *number = which & 0x80 ? old[which % 5] : numbers[which % 16 % 10];
	struct event_text *t = event_text_new(check, &message);
	event_text_begin(t, 0);
	put(t, EVENT_PART_ID, number);
	put(t, EVENT_PART_TIME, "2020-03-31T06:42:10Z");
	event_message_read(t, (const char *)message.at, message.left);
	event_text_guess(t);
	(void)event_text_end(t, &tally); /* it may say too little */
	event_text_free(t);
	return 0;
}
