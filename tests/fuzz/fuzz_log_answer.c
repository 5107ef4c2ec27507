/*
 * What the child says that decodes event logs, and that one of them has taken over:
 * whatever comes of it is text that can be told.
 */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "reach/log_talk.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void
expect_text(const char *text)
{
	char copy[ATTEMPT_TEXT];

	if (!text_copy_utf8(copy, sizeof copy, text) || strcmp(copy, text) != 0)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct log_answer answer;
	struct attempt a;

	if (!log_answer_read(span_of(bytes, len), &answer))
		return 0;
	while (answer.attempts.left > 0 && log_answer_next(&answer.attempts, &a)) {
		expect_text(a.target);
		expect_text(a.account);
		expect_text(a.workstation);
		expect_text(a.address);
		expect_text(a.program);
	}
	return 0;
}
