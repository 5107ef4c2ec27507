/* A task in XML: the texts that come out have an end and are UTF-8. */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "format/task_xml.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void
check(const char *text, size_t room)
{
	const char *end = text;

	if (!memchr(text, '\0', room))
		abort();
	while (*end)
		(void)text_next(&end);
	if (end >= text + room)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	static struct task_xml xml;

	(void)task_xml_read(span_of(bytes, len), &xml);
	check(xml.author, sizeof xml.author);
	check(xml.description, sizeof xml.description);
	check(xml.date, sizeof xml.date);
	check(xml.user, sizeof xml.user);
	check(xml.trigger, sizeof xml.trigger);
	check(xml.begins, sizeof xml.begins);
	if (xml.exec_count > TASK_XML_ACTIONS_MOST)
		abort();
	for (size_t i = 0; i < xml.exec_count; i++) {
		check(xml.exec[i].command, sizeof xml.exec[i].command);
		check(xml.exec[i].arguments, sizeof xml.exec[i].arguments);
	}
	return 0;
}
