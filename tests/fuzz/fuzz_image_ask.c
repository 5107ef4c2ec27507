/*
 * What a decoder says that an image has taken over: nothing of it may hurt the one
 * who asked.  The first byte says what was asked.
 */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "reach/image_ask.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void
read_list(struct span s)
{
	struct file_list list = { .count = 0 };

	if (image_list_read(s, &list)) {
		for (size_t i = 0; i < list.count; i++) {
			char copy[NAME_ROOM];

			if (list.at[i].name[0] == '\0' ||
			    !text_copy_utf8(copy, sizeof copy, list.at[i].name) ||
			    strcmp(copy, list.at[i].name) != 0)
				abort();
		}
	}
	file_list_free(&list);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct span s = span_of(bytes, len);
	struct image_question question;
	struct image_parts parts;
	struct image_head head;
	struct image_file file;
	uint8_t what = span_u8(&s);

	switch (what % 5) {
	case 0: (void)image_question_read(s, &question); break;
	case 1: (void)image_head_read(&s, &head); break;
	case 2:
		if (image_parts_read(s, &parts) && parts.count > IMAGE_PARTS_MOST)
			abort();
		break;
	case 3: (void)image_file_read(s, &file); break;
	default: read_list(s); break;
	}
	return 0;
}
