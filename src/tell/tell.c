#include "tell/tell.h"

#include <string.h>

#include "base/text.h"
#include "tell/formats.h"

static const struct format *const formats[] = {
	&text_format, &jsonl_format, &csv_format, &nmap_xml_format, &html_format,
};
#define FORMAT_COUNT (sizeof formats / sizeof formats[0])

const struct format *
format_by_name(const char *name)
{
	for (size_t i = 0; i < FORMAT_COUNT; i++) {
		if (strcmp(formats[i]->name, name) == 0)
			return formats[i];
	}
	return NULL;
}

static bool
is_suffix(const char *file_name, const char *suffix)
{
	const char *dot = strrchr(file_name, '.');

	return dot && strlen(dot) == strlen(suffix) && text_begins(dot, suffix);
}

const struct format *
format_by_suffix(const char *file_name)
{
	/* Spellings that people use beside the format's own. */
	static const struct {
		const char *suffix;
		const struct format *format;
	} others[] = {
		{ ".json", &jsonl_format },
		{ ".htm", &html_format },
	};

	for (size_t i = 0; i < FORMAT_COUNT; i++) {
		if (is_suffix(file_name, formats[i]->suffix))
			return formats[i];
	}
	for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
		if (is_suffix(file_name, others[i].suffix))
			return others[i].format;
	}
	return NULL;
}

enum err
tell_next(struct view *view, const struct style *style, struct row *out, bool *more)
{
	do {
		TRY(view->next(view, out, more));
	} while (*more && out->verdict.state == STATE_ABSENT && !style->all);
	return OK;
}

const char *
tell_state(enum state state)
{
	return state_name(state == STATE_ABSENT ? STATE_UNKNOWN : state);
}

enum err
tell_flush(FILE *f)
{
	return fflush(f) != 0 || ferror(f) ? ERR_SYSTEM : OK;
}

enum err
tell_view(const struct format *format, FILE *f, struct view *view,
          const struct style *style)
{
	struct row row = { 0 };
	bool more = false;

	if (format->page)
		return format->page(f, view, style);
	TRY(format->begin(f, &view->run));
	TRY(view->rewind(view, VIEW_WORST_FIRST));
	for (;;) {
		TRY(tell_next(view, style, &row, &more));
		if (!more)
			break;
		TRY(format->row(f, &row));
	}
	return format->end(f, &view->summary);
}
