#include "reach/volume.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/text.h"

enum heard
volume_because(struct volume *v, enum heard heard, const char *format, ...)
{
	char words[WHY_ROOM];
	va_list list;

	va_start(list, format);
	(void)vsnprintf(words, sizeof words, format, list);
	va_end(list);
	/* There may be a name in it, of any bytes, and it may have been cut. */
	(void)text_copy_utf8(v->why, sizeof v->why, words);
	return heard;
}

void
volume_free(struct volume *v)
{
	if (v)
		v->ops->free(v);
}
